"""The places for what a run found: drafts that make room for it, and pairs that have become impossible meanwhile."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

from server.kernel.actor import Actor
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.actions import CircleDraft, Draft
from server.matches.circles.steps import LEAST
from server.matches.states import MatchKind
from server.matchmaking.engine import RuleSet
from server.matchmaking.gather import places_left, rules_of
from server.matchmaking.queries import locked_matches
from server.matchmaking.today.queries import rules_broken
from server.programs.models import Cohort


async def replace_unlocked(actor: Actor, cohort_id: UUID, run_id: UUID, drafts: list[Draft]) -> None:
    """The pairs of a run in the place of every draft that nobody locked; who is paired as before keeps the draft. The
    caller's unit is open."""
    await matches.replace_drafts(actor, cohort_id, run_id, drafts, keep=await locked_matches(actor, cohort_id))


async def room_left(
    actor: Actor, cohort: Cohort, rules: RuleSet | None = None, *, around_drafts: bool = False
) -> int | None:
    """How many pairs a cohort may still get beside those that stay; None where the rules, those of today unless given,
    know no limit. With `around_drafts` every draft stays, otherwise the locked ones."""
    most = (rules or rules_of(cohort.program)).max_pairs
    if most is None:
        return None
    return max(0, most - await match_queries.pairs_kept(actor, cohort.id, with_drafts=around_drafts))


async def still_possible(
    actor: Actor, cohort: Cohort, drafts: list[Draft], *, around_drafts: bool = False
) -> list[Draft]:
    """Drafts for whose two people there are places now, and whom no hard rule keeps apart by now: some may have been
    matched, have left, or got the other as their manager, while it ran or since it was looked at. And no more of them
    than the limit of the cohort leaves."""
    places, kept = Counter(await places_left(actor, cohort, around_drafts=around_drafts)), []
    pairs = [(one.mentor_enrollment_id, one.mentee_enrollment_id) for one in drafts]
    broken = await rules_broken(actor, cohort, pairs)
    for draft in sorted(drafts, key=lambda one: -one.fit):
        if (draft.mentor_enrollment_id, draft.mentee_enrollment_id) in broken:
            continue
        if places[draft.mentor_enrollment_id] > 0 and places[draft.mentee_enrollment_id] > 0:
            places.subtract([draft.mentor_enrollment_id, draft.mentee_enrollment_id])
            kept.append(draft)
    return kept[: await room_left(actor, cohort, around_drafts=around_drafts)]


async def circles_still_possible(
    actor: Actor, cohort: Cohort, drafts: list[CircleDraft], *, around_drafts: bool = False
) -> list[CircleDraft]:
    """Circles without those who have no place now; none that would be too small. Without a host a manager names one."""
    found = await places_left(actor, cohort, around_drafts=around_drafts, kind=MatchKind.CIRCLE)
    places, kept = Counter(found), []
    for draft in drafts:
        members = tuple(one for one in draft.member_enrollment_ids if places[one] > 0)
        if len(members) < LEAST:
            continue
        host = draft.facilitator_enrollment_id
        still_leads = host if host and places[host] > 0 else None
        now = replace(draft, member_enrollment_ids=members, facilitator_enrollment_id=still_leads)
        places.subtract(now.people)
        kept.append(now)
    return kept
