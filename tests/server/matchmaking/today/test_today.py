"""The hard rules asked again on today's facts: nobody is told of somebody whom a rule keeps from them by now."""

import ast
import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.journey.asking.actions import ask_for_match
from server.journey.reviewing import queries as reviewing
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches.actions import ban_pair
from server.matches.models import Match, MatchOverride
from server.matches.queries import sides
from server.matches.states import MatchState
from server.matchmaking import actions as choosing
from server.matchmaking import queries
from server.matchmaking.engine import RuleCode
from server.matchmaking.models import MatchRun, Preference, WeightsVersion
from server.matchmaking.queue.actions import preview_matching, suggest_next, use_run
from server.matchmaking.runs.actions import carry_out, run_matching
from server.matchmaking.states import PreferenceKind, RunKind
from server.matchmaking.today.actions import accept_match, approve_match, publish_match, publish_matches
from server.matchmaking.today.queries import bars_of
from server.matchmaking.today.rules import is_parted
from server.notifications.models import Message
from server.people.models import AvailabilityBlock, Person, PersonAttribute
from server.programs.models import Enrollment, Program
from tests import factories
from tests.architecture import source
from tests.queries import queries_run
from tests.web.console.market import Market, draft, drafts_of, market

WHILE_ASKED = ("managed", "manages", "team", "language", "company", "aside", "met")
CHANGES = (*WHILE_ASKED, "banned")
"""Nobody is banned from somebody while the two are asked: the request is taken back first."""


@pytest.fixture
async def found(db: object) -> Market:
    """Three drafts of three mentors and three mentees."""
    made = await market()
    for number in range(3):
        await draft(made, number, 80 + number)
    return made


def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def manages(found: Market, boss: Enrollment, below: Enrollment) -> None:
    """Two levels above, through somebody who takes no part."""
    between = await factories.person(found.organization, line_manager_id=boss.person_id)
    await Person.filter(id=below.person_id).update(line_manager_id=between.id)


async def met(found: Market, one: Enrollment, other: Enrollment) -> None:
    """The two were a pair in another programme, which is over."""
    cohort = await factories.cohort(await factories.program(found.organization))
    rows = [await factories.enrollment(cohort, await row.person, row.role) for row in (one, other)]
    past = clock.now() - timedelta(days=60)
    await factories.match(*rows, state=MatchState.COMPLETED, active_at=past - timedelta(days=90), ended_at=past)


async def happen(found: Market, change: str, mentor: Enrollment, mentee: Enrollment) -> None:
    """One thing that puts a rule between two people."""
    match change:
        case "managed":
            await manages(found, mentor, mentee)
        case "manages":
            await manages(found, mentee, mentor)
        case "team":
            boss = await factories.person(found.organization)
            await Person.filter(id__in=[mentor.person_id, mentee.person_id]).update(line_manager_id=boss.id)
        case "language":
            await Person.filter(id=mentor.person_id).update(languages=["sw"])
        case "company":
            await Person.filter(id=mentee.person_id).update(company="Quay")
        case "banned":
            await factories.ban(mentor, mentee)
        case "aside":
            await Preference.get_or_create(
                organization_id=found.organization.id, enrollment_id=mentee.id, about_enrollment_id=mentor.id,
                kind=PreferenceKind.NOT_FOR_ME,
            )
        case "met":
            await met(found, mentor, mentee)


async def breaks_a_rule(match: Match) -> bool:
    """Looked up another way: row by row, as somebody who knows the rules by heart would."""
    one, other = sides(match)
    two = [await one.person, await other.person]
    above = [{boss async for boss in _above(person)} for person in two]
    ids = {person.id for person in two}
    bans = await MatchOverride.filter(mentor_enrollment_id=one.enrollment_id, mentee_enrollment_id=other.enrollment_id)
    aside = await Preference.filter(enrollment_id=other.enrollment_id, about_enrollment_id=one.enrollment_id)
    earlier = await Match.filter(active_at__isnull=False).exclude(id=match.id).prefetch_related("members")
    return (
        two[0].id in above[1] or two[1].id in above[0]
        or (two[0].line_manager_id is not None and two[0].line_manager_id == two[1].line_manager_id)
        or set(two[0].languages).isdisjoint(two[1].languages) or two[0].company != two[1].company
        or bool(bans) or bool(aside) or any({row.person_id for row in past.members} == ids for past in earlier)
    )


async def _above(person: Person) -> AsyncGenerator[UUID, None]:
    seen = {person.id}
    boss_id = person.line_manager_id
    while boss_id and boss_id not in seen:
        yield boss_id
        seen.add(boss_id)
        boss_id = (await Person.get(id=boss_id)).line_manager_id


def some_of(changes: tuple[str, ...], most: int) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    return st.lists(st.tuples(st.sampled_from(changes), st.integers(0, 3), st.integers(0, 3)), max_size=most)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=some_of(CHANGES, 6), later=some_of(WHILE_ASKED, 3), together=st.booleans())
async def test_whatever_changed_since_the_run_no_pair_is_published_or_begins_that_breaks_a_rule(
    db: object, changes: list[tuple[str, int, int]], later: list[tuple[str, int, int]], together: bool
) -> None:
    found = await market(4, 4)
    await Person.filter(organization_id=found.organization.id).update(languages=["en"], company="Harbourline")
    found.program.rules = {"common_language": True, "company": "same"}
    await found.program.save()
    ids = [(await draft(found, number)).id for number in range(4)]
    for change, mentor, mentee in changes:
        await happen(found, change, found.mentors[mentor], found.mentees[mentee])
    if together:
        await publish_matches(manager(found), ids)
    for match_id in [] if together else ids:
        with suppress(Conflict):
            await publish_match(manager(found), match_id)
    for match in await Match.filter(id__in=ids).prefetch_related("members"):
        broken = await breaks_a_rule(match)
        assert (match.state is MatchState.DRAFT, match.held_back) == (broken, broken), (changes, match.fit)
    clock.move(timedelta(minutes=11))
    for change, mentor, mentee in later:
        await happen(found, change, found.mentors[mentor], found.mentees[mentee])
    for number, match_id in enumerate(ids):
        for row in (found.mentors[number], found.mentees[number]):
            with suppress(NotFound):
                await accept_match(factories.actor_of(row.person), match_id)
    for match in await Match.filter(id__in=ids).prefetch_related("members"):
        broken = await breaks_a_rule(match)
        assert (match.state is MatchState.ACTIVE) is not broken or match.held_back, (changes, later, match.fit)


async def test_the_queue_says_which_rule_and_since_when(found: Market) -> None:
    first = (await drafts_of(found))[0]
    await manages(found, found.mentors[0], found.mentees[0])
    await PersonAttribute.create(
        organization_id=found.organization.id, person_id=found.mentees[0].person_id, name="line_manager_id", value="x",
    )
    await met(found, found.mentors[1], found.mentees[1])
    actor = manager(found)
    queue = await queries.review_queue(actor, found.cohort.id)
    told = {bar.code: bar.since for bar in queue.barred.values()}
    parted = (clock.now() - timedelta(days=60)).date()
    assert told == {RuleCode.REPORTING_LINE: clock.now().date(), RuleCode.REPEAT: parted}
    assert first.id in {one.id for one in queue.look_closer}
    assert [match.fit for match in queue.strong] == [82]
    shown = await reviewing.pairing(actor, first.id)
    assert shown.bar is not None
    assert shown.bar.words == "The two are in one reporting line."


async def test_hours_are_asked_where_the_programme_asks_for_them(found: Market) -> None:
    await AvailabilityBlock.filter(person_id=found.mentees[0].person_id).update(weekday=6)
    drafts = await Match.filter(cohort_id=found.cohort.id).prefetch_related("members")
    assert await bars_of(manager(found), drafts) == {}
    await Program.filter(id=found.program.id).update(rules={"min_overlap_half_hours": 2})
    (bar,) = (await bars_of(manager(found), drafts)).values()
    assert bar.code is RuleCode.OVERLAP


async def test_what_is_held_back_is_told_from_what_no_longer_fits(found: Market) -> None:
    await manages(found, found.mentors[0], found.mentees[0])
    await Enrollment.filter(id=found.mentees[1].id).update(state="WITHDRAWN")
    drafts = await drafts_of(found)
    done = await publish_matches(manager(found), [one.id for one in drafts])
    assert ([one.id for one in done.approved], done.stale, list(done.held)) == (
        [drafts[2].id], [drafts[1].id], [drafts[0].id])
    held = await AuditEvent.filter(action="match.hold_back")
    assert [(one.target_id, one.detail["code"]) for one in held] == [(drafts[0].id, "REPORTING_LINE")]


async def test_one_that_is_refused_stays_held_back_and_goes_once_the_facts_are_others(found: Market) -> None:
    first = (await drafts_of(found))[0]
    await manages(found, found.mentors[0], found.mentees[0])
    with pytest.raises(Conflict, match="one reporting line"):
        await publish_match(manager(found), first.id)
    assert (await Match.get(id=first.id)).held_back
    await Person.filter(id=found.mentees[0].person_id).update(line_manager_id=None)
    assert (await publish_match(manager(found), first.id)).state is MatchState.AWAITING_BOTH


async def test_the_last_word_is_asked_too_and_tells_nobody_else_which_rule_it_is(found: Market) -> None:
    first = (await drafts_of(found))[0]
    await Match.filter(id=first.id).update(state=MatchState.AWAITING_ADMIN, published_at=clock.now())
    assert (await reviewing.pairing(manager(found), first.id)).bar is None
    await manages(found, found.mentors[0], found.mentees[0])
    for actor, refusal in (
        (manager(found), Conflict), (factories.actor_of(await found.mentors[0].person), Refused),
        (factories.actor_of(found.stranger), NotFound),
    ):
        with pytest.raises(refusal):
            await approve_match(actor, first.id)
    await Person.filter(id=found.mentees[0].person_id).update(line_manager_id=None)
    assert (await approve_match(manager(found), first.id)).state is MatchState.ACTIVE


async def test_nobody_is_suggested_chosen_or_asked_whom_a_rule_keeps_away_today(db: object) -> None:
    found = await market()
    actor = manager(found)
    await run_matching(actor, found.cohort.id)
    made = (await drafts_of(found))[0]
    await made.fetch_related("members")
    mentor, mentee = sides(made)
    offered = [one.mentor for one in await queries.alternatives(actor, made) if one.has_place]
    for one in offered:
        await happen(found, "aside", one, await mentee.enrollment)
    assert await queries.alternatives(actor, made) == []
    with pytest.raises(NotFound):
        await choosing.choose_another(actor, made.id, offered[0].id, "They asked")
    await Match.filter(id=made.id).update(state=MatchState.CANCELLED)
    await manages(found, await mentor.enrollment, await mentee.enrollment)
    for one in [await mentor.enrollment, *offered]:
        await happen(found, "met", one, await mentee.enrollment)
    assert await suggest_next(actor, mentee.enrollment_id) is None


async def test_a_request_is_refused_without_saying_which_rule_it_is(db: object) -> None:
    found = await market()
    await found.program.update_from_dict({"mentees_may_ask": True}).save()
    asks = factories.actor_of(await found.mentees[0].person)
    await happen(found, "team", found.mentors[0], found.mentees[0])
    await met(found, found.mentors[1], found.mentees[0])
    for mentor in found.mentors[:2]:
        with pytest.raises(Conflict, match="can't be matched in this programme") as refusal:
            await ask_for_match(asks, found.mentees[0].id, mentor.id)
        assert refusal.value.kind == "apart"
    assert (await ask_for_match(asks, found.mentees[0].id, found.mentors[2].id)).state is MatchState.AWAITING_MENTOR


async def test_a_preview_is_stale_once_a_line_or_a_past_is_another(db: object) -> None:
    found = await market()
    actor, mentee = manager(found), found.mentees[0]
    outsider = await factories.person(found.organization)
    await Person.filter(id=mentee.person_id).update(line_manager_id=outsider.id)
    await run_matching(actor, found.cohort.id)

    async def above() -> None:
        await Person.filter(id=outsider.id).update(line_manager_id=found.mentors[0].person_id)

    async def past() -> None:
        await met(found, found.mentors[1], mentee)

    for change in (above, past):
        preview = await carry_out(actor, (await preview_matching(actor, found.cohort.id)).id)
        await change()
        with pytest.raises(Conflict) as refusal:
            await use_run(actor, preview.id)
        assert refusal.value.kind == "stale"
        assert (await MatchRun.get(id=preview.id)).kind is RunKind.PREVIEW


async def test_as_many_statements_for_one_draft_as_for_forty(db: object) -> None:
    found = await market(8, 8)
    crowd = [await factories.match(one, other, state=MatchState.DRAFT)
             for one in found.mentors for other in found.mentees[:5]]
    drafts = await Match.filter(id__in=[one.id for one in crowd]).prefetch_related("members")
    counts = []
    for some in (drafts[:1], drafts):
        with queries_run() as run:
            await bars_of(manager(found), some)
        counts.append(len(run))
    assert counts[0] == counts[1] <= 20


async def test_who_keeps_two_apart_and_who_approves_them_never_both_win(found: Market) -> None:
    first = (await drafts_of(found))[0]
    await asyncio.gather(
        publish_match(manager(found), first.id),
        ban_pair(manager(found), found.mentors[0].id, found.mentees[0].id, reason="They asked for it"),
        return_exceptions=True,
    )
    is_open = (await Match.get(id=first.id)).state is MatchState.AWAITING_BOTH
    assert is_open is not await MatchOverride.exists(kind="BAN")


async def test_a_yes_asks_the_rules_too_and_what_is_parted_goes_back_to_the_manager(found: Market) -> None:
    drafts = await drafts_of(found)
    await publish_matches(manager(found), [one.id for one in drafts])
    clock.move(timedelta(minutes=11))
    await drain()
    mentors, mentees = ([factories.actor_of(one.person) for one in side] for side in (found.mentors, found.mentees))
    assert (await accept_match(mentors[1], drafts[1].id)).state is MatchState.AWAITING_MENTEE
    await happen(found, "met", found.mentors[0], found.mentees[0])
    await happen(found, "aside", found.mentors[1], found.mentees[1])
    for actor, match in ((mentees[0], drafts[0]), (mentees[1], drafts[1])):
        back = await accept_match(actor, match.id)
        assert (back.state, back.held_back, is_parted(back, actor)) == (MatchState.DRAFT, True, True)
        with pytest.raises(NotFound):
            await accept_match(actor, match.id)
    sent = await AuditEvent.filter(action="match.send_back").order_by("id")
    assert [row.detail["code"] for row in sent] == ["REPEAT", "BLOCKED"]
    await drain()
    told = await Message.filter(kind="M05").order_by("id")
    assert [one.recipient_id for one in told] == [found.mentors[0].person_id, found.mentors[1].person_id]
    queue = await queries.review_queue(manager(found), found.cohort.id)
    assert {bar.code for bar in queue.barred.values()} == {RuleCode.REPEAT, RuleCode.BLOCKED}
    await Preference.filter(kind=PreferenceKind.NOT_FOR_ME).delete()
    clock.move(timedelta(minutes=1))
    await publish_match(manager(found), drafts[1].id)
    clock.move(timedelta(minutes=1))
    await drain()
    assert await Message.filter(kind="M03", subject_id=drafts[1].id).count() == 4, "both are asked anew"
    assert (await accept_match(mentors[1], drafts[1].id)).state is MatchState.AWAITING_MENTEE
    assert (await accept_match(mentees[1], drafts[1].id)).state is MatchState.ACTIVE


async def test_since_when_is_told_by_the_day_that_brought_it_about(found: Market) -> None:
    [above, below, boss], days = [await factories.person(found.organization) for _ in range(3)], timedelta(days=1)
    drafts, now = await drafts_of(found), clock.now()

    async def recorded(person_id: UUID, *at: timedelta) -> None:
        for ago in at:
            await PersonAttribute.create(
                organization_id=found.organization.id, person_id=person_id, name="line_manager_id", value=str(ago),
                valid_from=now - ago,
            )

    await Match.filter(id__in=[one.id for one in drafts]).update(created_at=now - 9 * days)
    await Person.filter(id=above.id).update(line_manager_id=found.mentors[0].person_id)
    await Person.filter(id=found.mentees[0].person_id).update(line_manager_id=above.id)
    await recorded(found.mentees[0].person_id, 400 * days)
    await recorded(above.id, 400 * days, 3 * days)
    await happen(found, "aside", found.mentors[1], found.mentees[1])
    await Preference.filter(kind=PreferenceKind.NOT_FOR_ME).update(at=now - 2 * days)
    await Person.filter(id__in=[found.mentors[2].person_id, found.mentees[2].person_id]).update(
        line_manager_id=boss.id)
    await recorded(found.mentees[2].person_id, 400 * days)

    async def told() -> dict[RuleCode, date | None]:
        queue = await queries.review_queue(manager(found), found.cohort.id)
        return {bar.code: bar.since for bar in queue.barred.values()}

    assert await told() == {
        RuleCode.REPORTING_LINE: (now - 3 * days).date(), RuleCode.BLOCKED: (now - 2 * days).date(),
        RuleCode.SAME_TEAM: None,
    }, "of the third the records know no more than how it always was"
    await recorded(found.mentors[2].person_id, 30 * days, 20 * days)
    await factories.ban(found.mentors[1], found.mentees[1])
    await Preference.filter(kind=PreferenceKind.NOT_FOR_ME).delete()
    await Person.filter(id=found.mentees[0].person_id).update(line_manager_id=below.id, company="Quay")
    await Person.filter(id=found.mentors[0].person_id).update(company="Harbourline")
    await WeightsVersion.create(
        organization_id=found.organization.id, program=found.program, number=1, rules={"company": "same"}, set_by="x",
        set_at=now - 1 * days,
    )
    await Program.filter(id=found.program.id).update(rules={"company": "same"})
    assert await told() == {
        RuleCode.COMPANY: (now - 1 * days).date(), RuleCode.BANNED: now.date(),
        RuleCode.SAME_TEAM: (now - 20 * days).date(),
    }


def test_every_other_door_is_closed() -> None:
    """But for who asks the rules first, nobody publishes, gives the last word, asks or says yes."""
    unasked = {"publish_match", "publish_matches", "approve_match", "request_match", "accept_match"}
    used = set()
    for name in source.modules():
        known = source.imported(name)
        used |= {name for act in unasked if known.get(act) == f"server.matches.actions.{act}"}
        for node in ast.walk(source.tree(name)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in unasked:
                used |= {name} if known.get(node.value.id) == "server.matches.actions" else set()
    assert {name for name in used if not name.startswith("server/matches/")} == {
        "server/matchmaking/today/actions.py", "server/journey/asking/actions.py"}
