"""Joining a programme: one act, one transaction, everything stored or nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from server.goals.actions import save_goal
from server.goals.levels.setup import levels_of
from server.goals.states import GoalPrivacy
from server.goals.wording import Wording
from server.journey.join import queries
from server.journey.join.queries import JoinPage
from server.journey.join.states import Standing
from server.journey.moving.actions import set_person_facts
from server.journey.together import Act, all_of
from server.kernel.actor import Actor
from server.kernel.db import Json, once, unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.people import actions as people
from server.people.models import Competency
from server.people.states import ConsentPurpose, DayPart, DepartmentWish, SkillSide, Style
from server.people.ways.actions import set_ways
from server.programs import actions as programs
from server.programs.models import Enrollment
from server.programs.queries import visible_enrollment
from server.programs.rules import why_closed
from server.programs.states import EnrollmentState, ParticipantRole


@dataclass(frozen=True)
class JoinForm:
    """What somebody says when they join. None leaves a fact of the record system as it is, and what they chose before.

    A mentee says `goal`; a mentor `skills`, one more by its name, `words_for_mentees` and `places`; a peer `goal` and
    `skills`.
    """

    role: ParticipantRole
    day_parts: Collection[DayPart] = ()
    agreed: Collection[ConsentPurpose] = ()
    preferred_name: str | None = None
    zone: str | None = None
    languages: list[str] | None = None
    goal: Wording = field(default_factory=lambda: Wording(""))
    goal_privacy: GoalPrivacy | None = None
    skills: Collection[UUID] = ()
    another_skill: str = ""
    words_for_mentees: str = ""
    places: int | None = None
    styles: Collection[Style] | None = None
    pref_department: DepartmentWish | None = None


@dataclass(frozen=True)
class Joined:
    """What became of it: the enrolment and its state."""

    enrollment_id: UUID
    state: EnrollmentState


async def join_program(actor: Actor, program_key: str, form: JoinForm, *, key: str = "") -> Joined:
    """Take part: facts put right, times, goal or skills, consents and the enrolment itself, in one unit.

    Whoever joined already is left as they are; the same `key` again does nothing.

    Raises:
        NotFound: no such programme here.
        Invalid: everything to mend, by field, at once.
        Conflict: no group takes people in (`kind="closed"`), the invitation has ended (`kind="ended"`), or the
            programme is for others (`kind="not_meant"`).
    """

    async def act() -> Json:
        enrollment = await _join(actor, program_key, form)
        return {"enrollment_id": enrollment.id, "state": enrollment.state}

    done = await once(actor, key, act)
    return Joined(UUID(str(done["enrollment_id"])), EnrollmentState(done["state"]))


async def decline_invitation(actor: Actor, program_key: str) -> Enrollment:
    """Say no to the invitation to a programme. Twice is harmless.

    Raises:
        NotFound: no such programme here, or no invitation to it.
        Conflict: the person takes part already.
    """
    async with unit_of_work(actor):
        place = await queries.place_of(actor, program_key)
        if place.enrollment is None:
            raise NotFound
        return await programs.decline_invitation(actor, place.enrollment.id)


async def _join(actor: Actor, program_key: str, form: JoinForm) -> Enrollment:
    page = await queries.join_page(actor, program_key, form.role)
    if page.place.standing is Standing.JOINED and page.place.enrollment:
        return page.place.enrollment
    enrollment = await _begun(actor, page)
    said = _as_mentor(actor, page, form) if page.is_mentor else _as_mentee(actor, page, form, enrollment)
    if page.is_peer:
        said.append(partial(_skills, actor, page, form))
    submitting = partial(programs.submit, actor, enrollment.id, capacity=form.places if page.is_mentor else None)
    consenting = partial(_consent, actor, page, form)
    await all_of(*said, consenting, submitting, *_about_oneself(actor, form))  # the roster is locked before matches
    return await visible_enrollment(actor, enrollment.id)


async def _begun(actor: Actor, page: JoinPage) -> Enrollment:
    _check_standing(page)
    if page.place.enrollment:
        return await programs.begin(actor, page.place.enrollment.id)
    return await programs.self_join(actor, page.place.program.key, page.place.role)


def _check_standing(page: JoinPage) -> None:
    if page.place.standing is Standing.CLOSED:
        raise Conflict(why_closed(page.place.cohort), kind="closed")
    if page.place.standing is Standing.NOT_MEANT:
        raise Conflict(_("This programme is for others: %s.") % "; ".join(page.kept_out), kind="not_meant")
    if page.place.standing is not Standing.OPEN:
        raise Conflict(_("This invitation has ended. Ask the programme for a new one."), kind="ended")


def _about_oneself(actor: Actor, form: JoinForm) -> list[Act]:
    about: list[Act] = [
        partial(_day_parts, actor, form.day_parts),
        partial(set_person_facts, actor, preferred_name=form.preferred_name, zone=form.zone, languages=form.languages),
    ]
    if form.styles is not None or form.pref_department is not None:
        about.append(partial(set_ways, actor, form.styles, form.pref_department))
    return about


def _as_mentee(actor: Actor, page: JoinPage, form: JoinForm, enrollment: Enrollment) -> list[Act]:
    goal = form.goal
    level = form.goal_privacy or levels_of(page.place.program.goal_privacy).usual
    is_told = goal.competency_id and level is not GoalPrivacy.PRIVATE
    wanted = [goal.competency_id] if goal.competency_id and is_told else []
    return [
        partial(
            save_goal, actor, enrollment.id, want=goal.want, measure=goal.measure, competency_id=goal.competency_id,
            due_on=goal.due_on, privacy=form.goal_privacy,
        ),
        partial(people.set_skills, actor, SkillSide.WANTED, [*wanted, *(one.id for one in page.wanted)]),
    ]


def _as_mentor(actor: Actor, page: JoinPage, form: JoinForm) -> list[Act]:
    return [
        partial(_skills, actor, page, form),
        partial(people.set_profile, actor, words_for_mentees=form.words_for_mentees),
    ]


async def _day_parts(actor: Actor, parts: Collection[DayPart]) -> None:
    if not parts:
        raise Invalid({"day_parts": _("Choose when you usually have time.")})
    await people.set_day_parts(actor, parts)


async def _skills(actor: Actor, page: JoinPage, form: JoinForm) -> None:
    chosen = list(form.skills) + [one.id for one in skill_named(page.competencies, form.another_skill, "another_skill")]
    most = queries.SKILLS_OFFERED_MAX
    if not chosen:
        raise Invalid({"skills": _("Choose at least one thing you can help with.")})
    if len(set(chosen)) > most:
        raise Invalid({"skills": _("Choose at most %(most)d.") % {"most": most}})
    await people.set_skills(actor, SkillSide.OFFERED, chosen)


def skill_named(known: Iterable[Competency], name: str, field: str) -> list[Competency]:
    """The skill of this name, or of an alias of it; none for an empty name. `field` is where it was typed.

    Raises:
        Invalid: there is a name, and no such skill.
    """
    wished = " ".join(name.split()).casefold()
    found = [one for one in known if wished in (label.casefold() for label in (one.name, *one.aliases))]
    if wished and not found:
        raise Invalid({field: _("Choose a skill from the list.")})
    return found[:1] if wished else []


async def _consent(actor: Actor, page: JoinPage, form: JoinForm) -> None:
    """Every answer is stored, a no as well; a required yes is asked for, with its reason."""
    if any(text.required and text.purpose not in form.agreed for text in page.asked):
        raise Invalid({"consents": _("Tick the box that is needed to take part.")})
    await people.record_consents(actor, {text.purpose: text.purpose in form.agreed for text in page.asked})
