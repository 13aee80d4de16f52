"""What a card of You saves: each one act, everything of it or nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from server.journey.join.actions import skill_named
from server.journey.join.queries import SKILLS_OFFERED_MAX
from server.journey.moving.actions import set_person_facts
from server.journey.together import all_of
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.stored import counts_talent
from server.people import actions as people
from server.people.queries import agreed_to, competencies, consents_of
from server.people.states import ConsentPurpose, DayPart, DepartmentWish, Look, SkillSide, Style
from server.people.ways.actions import set_ways
from server.programs.models import Enrollment
from server.programs.queries import enrollments
from server.programs.states import OPEN_ENROLLMENTS, READS_TALENT


@dataclass(frozen=True)
class ProfileForm:
    """What somebody says of themselves; each list of skills may have one more by its name. None leaves what they chose.
    """

    preferred_name: str = ""
    languages: Collection[str] = ()
    about: str = ""
    words_for_mentees: str = ""
    offered: Collection[UUID] = ()
    another_offered: str = ""
    wanted: Collection[UUID] = ()
    another_wanted: str = ""
    styles: Collection[Style] | None = None
    pref_department: DepartmentWish | None = None


async def save_profile(actor: Actor, form: ProfileForm) -> None:
    """Save what one says of oneself.

    Raises:
        Invalid: everything to mend, by field, at once.
    """
    async with unit_of_work(actor):
        await all_of(
            partial(
                people.set_person_facts, actor, preferred_name=form.preferred_name,
                languages=list(form.languages) or None,
            ),
            partial(people.set_profile, actor, about=form.about, words_for_mentees=form.words_for_mentees),
            partial(_skills, actor, SkillSide.OFFERED, form.offered, form.another_offered),
            partial(_skills, actor, SkillSide.WANTED, form.wanted, form.another_wanted),
            partial(set_ways, actor, form.styles, form.pref_department),
        )


async def save_times(actor: Actor, parts: Collection[DayPart], zone: str) -> None:
    """Save when one usually has time, and where one is.

    Raises:
        Invalid: no time at all, or an unknown zone.
    """
    async with unit_of_work(actor):
        await all_of(partial(_parts, actor, parts), partial(set_person_facts, actor, zone=zone or None))


async def save_look(actor: Actor, look: Look, language: str | None) -> None:
    """Save in which colours and in which language one reads; "" is the organisation's, None leaves it.

    Raises:
        Invalid: something that is no language tag.
    """
    async with unit_of_work(actor):
        await people.set_look(actor, look)
        await people.set_person_facts(actor, language=language)


async def stop_matching(actor: Actor, person_id: UUID) -> list[Match]:
    """Take back every suggestion about somebody whose last word about being matched is no; what runs goes on.

    Whoever said yes again meanwhile keeps them. Twice is harmless.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("stop matching for somebody"))
    async with unit_of_work(actor):
        answer = (await consents_of(actor, person_id)).get(ConsentPurpose.MATCHING)
        if answer is None or answer.given:
            return []
        rows = await enrollments(actor).filter(person_id=person_id, state__in=list(OPEN_ENROLLMENTS)).order_by("id")
        return [match for row in rows for match in await matches.withdraw_waiting(actor, row.id)]


async def drop_talent(actor: Actor, person_id: UUID) -> tuple[list[UUID], set[UUID]]:
    """Take out of the queue the drafts that counted the rating of somebody who does not agree to it (any more).

    What a manager locked, and what was asked or runs, stays: people know of it, and nothing in it tells the rating.
    Twice is harmless. Returns the enrolments that now want somebody else, and the cohorts whose lists counted it.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("leave talent data out"))
    async with unit_of_work(actor) as unit:
        if person_id in await agreed_to(actor, [person_id], ConsentPurpose.TALENT):
            return [], set()
        own = enrollments(actor).filter(person_id=person_id, program__type__in=list(READS_TALENT))
        rows = await own.filter(state__in=list(OPEN_ENROLLMENTS)).order_by("id")
        drafts = [draft for row in rows for draft in await _counted(actor, row)]
        for draft in drafts:
            await matches.discard_match(actor, draft.id, reason="no_talent")
        await unit.audit_many("draft.drop_talent", drafts)
        left = [member.enrollment_id for draft in drafts for member in match_queries.learners(draft)]
        return left, {row.cohort_id for row in rows}


async def _parts(actor: Actor, parts: Collection[DayPart]) -> None:
    if not parts:
        raise Invalid({"day_parts": _("Choose when you usually have time.")})
    await people.set_day_parts(actor, parts)


async def _skills(actor: Actor, side: SkillSide, chosen: Collection[UUID], another: str) -> None:
    field = side.value.lower()
    named = skill_named(await competencies(actor), another, f"another_{field}")
    every = list(dict.fromkeys([*chosen, *(one.id for one in named)]))
    if len(every) > SKILLS_OFFERED_MAX:
        raise Invalid({field: _("Choose at most %(most)d.") % {"most": SKILLS_OFFERED_MAX}})
    try:
        await people.set_skills(actor, side, every)
    except Invalid as refusal:
        raise Invalid({field: refusal.message}) from refusal


async def _counted(actor: Actor, row: Enrollment) -> list[Match]:
    """The drafts of an enrolment whose fit says that the rating counted, locked ones left out."""
    locked = {one.match_id for one in await match_queries.locks(actor, row.cohort_id)}
    own = match_queries.matches(actor).filter(members__enrollment_id=row.id, state=MatchState.DRAFT)
    found = await own.order_by("id").prefetch_related("members")
    return [draft for draft in found if draft.id not in locked and counts_talent(draft.explanation)]
