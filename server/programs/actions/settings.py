"""A programme and its groups: set up, opened, and the states they go through (glossary section 5)."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed, web_link
from server.people.queries import organization_of
from server.programs import queries, rules
from server.programs.models import Cohort, Program
from server.programs.states import (
    JOINING,
    PHASES,
    TAKING_PART,
    Approvals,
    AskedFirst,
    ProgramState,
    ProgramType,
    phase_after,
)
from server.programs.steps import plan_cohort

LINK_LETTERS = 500


async def create_program(actor: Actor, *, key: str, name: str, type: ProgramType, **options: Any) -> Program:
    """Set up a programme. `options` are columns of Program.

    Raises:
        Refused: the actor may not edit programmes.
        Invalid: the key is taken, or a name or key is missing or too long.
    """
    require(rules.can_set_up_programs(actor), _("set up a programme"))
    key, name = _key_and_name(key, name)
    async with unit_of_work(actor) as unit:
        if await queries.programs(actor).filter(key=key).exists():
            raise Invalid({"key": _("Another programme has this key. Choose a different one.")})
        program = await Program.create(
            organization_id=actor.organization_id, key=key, name=name, type=type, **options
        )
        await unit.audit("program.create", program, type=type)
        await unit.publish("program.created", subject_id=program.id, program_id=program.id)
        return program


async def open_cohort(
    actor: Actor, program_id: UUID, *, key: str, name: str, starts_on: date, ends_on: date | None = None, **options: Any
) -> Cohort:
    """Open a run of a programme for enrolment. `options` are columns of Cohort.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Invalid: it would end before it starts, a name or key is too long, or the key is taken.
    """
    key, name = _key_and_name(key, name)
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id)
        require(actor.may(Permission.PROGRAM_SETTINGS_EDIT, program_id), _("open a group"))
        if ends_on is not None and ends_on <= starts_on:
            raise Invalid({"ends_on": _("Choose an end after the start.")})
        if await Cohort.filter(organization_id=actor.organization_id, program_id=program_id, key=key).exists():
            raise Invalid({"key": _("Another group of this programme has this key. Choose a different one.")})
        cohort = await Cohort.create(
            organization_id=actor.organization_id, program=program, key=key, name=name, starts_on=starts_on,
            ends_on=ends_on, **options,
        )
        await plan_cohort(unit, cohort)
        await unit.audit("cohort.open", cohort, starts_on=starts_on)
        await unit.publish("cohort.opened", subject_id=cohort.id, cohort_id=cohort.id, program_id=program.id)
        return cohort


async def set_last_day_to_join(actor: Actor, cohort_id: UUID, day: date | None) -> Cohort:
    """Say until which day people can join a group; None: as long as it takes people in. Whoever is invited and has not
    joined hears of it two days before (lifecycle E06). The same again changes nothing.

    Raises:
        NotFound: no such group.
        Refused: the actor does not run the programme.
        Invalid: the day has passed, or the group is over by then.
        Conflict: the group takes nobody in any more (`kind="closed"`).
    """
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_program(actor, cohort.program_id), _("change this group"))
        if cohort.enrol_by_on == day:
            return cohort
        if cohort.state not in JOINING:
            raise Conflict(rules.why_closed(cohort), kind="closed")
        if day is not None and day < clock.today((await organization_of(actor)).zone):
            raise Invalid({"enrol_by_on": _("Choose today or a later day.")})
        if day is not None and cohort.ends_on is not None and day > cohort.ends_on:
            raise Invalid({"enrol_by_on": _("Choose a day before the group ends.")})
        cohort.enrol_by_on = day
        await cohort.save(update_fields=["enrol_by_on"])
        await unit.audit("cohort.set_last_day_to_join", cohort, day=day)
        await unit.publish(
            "cohort.last_day_set", subject_id=cohort.id, cohort_id=cohort.id, program_id=cohort.program_id
        )
        return cohort


async def configure_program(
    actor: Actor, program_id: UUID, *, approvals: Approvals | None = None, asked_first: AskedFirst | None = None,
    admin_approves_matches: bool | None = None, admin_approves_admission: bool | None = None,
    mentees_may_ask: bool | None = None, mentors_may_ask: bool | None = None, pause_moves_end: bool | None = None,
    mentees_may_wish: bool | None = None, mentors_may_wish: bool | None = None, meeting_url: str | None = None,
) -> Program:
    """Say who may ask for a match or name wishes, whose yes it needs, who is asked first, what a pause does to the
    last day, and where calls take place ("" for nowhere in particular).

    None leaves a setting as it is. What waits already stays as it was asked. The same again changes nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Invalid: the link is none, or too long.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        wanted: dict[str, Any] = {
            "approvals": approvals, "asked_first": asked_first, "mentees_may_ask": mentees_may_ask,
            "mentors_may_ask": mentors_may_ask, "mentees_may_wish": mentees_may_wish,
            "mentors_may_wish": mentors_may_wish, "pause_moves_end": pause_moves_end,
            "admin_approves_matches": admin_approves_matches, "admin_approves_admission": admin_approves_admission,
            "meeting_url": None if meeting_url is None else _link(meeting_url),
        }
        changes = {name: value for name, value in wanted.items() if value not in (None, getattr(program, name))}
        if changes:
            program.update_from_dict(changes)
            await program.save(update_fields=list(changes))
            await unit.audit("program.configure", program, **{**changes, **_without_link(changes)})
            await unit.publish("program.changed", subject_id=program.id, program_id=program.id)
        return program


async def move_program(actor: Actor, program_id: UUID, state: ProgramState) -> Program:
    """Take a programme to its next state. An always-on one goes from DRAFT to RUNNING at once. Twice is harmless.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: that is not its next state, or a group of it is not closed yet (`kind="groups_open"`).
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if program.state is state:
            return program
        if phase_after(program.state, program.cadence) is not state:
            raise Conflict(_("That is not the next step of this programme."))
        if state is ProgramState.CLOSED and await queries.open_cohorts(actor, program.id).exists():
            raise Conflict(_("Close its groups first."), kind="groups_open")
        return await _move_program(unit, program, state)


async def unarchive_program(actor: Actor, program_id: UUID) -> Program:
    """Bring an archived programme back to sight: it is closed, as before. Twice is harmless.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: it was never archived.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if program.state is ProgramState.CLOSED:
            return program
        if program.state is not ProgramState.ARCHIVED:
            raise Conflict(_("This programme is not archived."))
        return await _move_program(unit, program, ProgramState.CLOSED)


async def wind_down(actor: Actor, program_id: UUID) -> Program:
    """Let a programme end in its own time, for good: nobody new joins it or a group of it, matches go on to their last
    day, and each group closes after its own. At once, without the states between. Twice is harmless.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: it has not begun, or is over.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("end this programme"))
        if program.state not in (*JOINING, ProgramState.CLOSING):
            raise Conflict(_("Only a programme that has begun, and is not over, can wind down."))
        open_ids = await queries.open_cohorts(actor, program.id).order_by("id").values_list("id", flat=True)
        for cohort_id in cast(list[UUID], open_ids):
            cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
            if cohort.state is not ProgramState.CLOSING:
                await _move_cohort(unit, cohort, ProgramState.CLOSING)
        if program.state is ProgramState.CLOSING:
            return program
        return await _move_program(unit, program, ProgramState.CLOSING)


async def move_cohort(actor: Actor, cohort_id: UUID, state: ProgramState) -> Cohort:
    """Take a group to its next state. Twice is harmless. `journey.closing.close_cohort` ends what it holds first.

    Raises:
        NotFound: no such cohort.
        Refused: the actor does not run the programme.
        Conflict: that is not its next state, or people still take part in a group to close (`kind="people_left"`).
    """
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_program(actor, cohort.program_id), _("change this group"))
        if cohort.state is state:
            return cohort
        if phase_after(cohort.state, cohort.program.cadence) is not state:
            raise Conflict(_("That is not the next step of this group."))
        return await _move_cohort(unit, cohort, state)


async def advance_cohort(actor: Actor, cohort_id: UUID, state: ProgramState) -> Cohort:
    """Bring a group forward to a state, step by step, because of what happened in it. One that is there, or further,
    stays as it is.

    Raises:
        NotFound: no such cohort.
        Refused: the actor does not run the programme.
        Conflict: people still take part in a group to close.
    """
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_program(actor, cohort.program_id), _("change this group"))
        while PHASES.index(cohort.state) < PHASES.index(state):
            following = phase_after(cohort.state, cohort.program.cadence)
            assert following is not None, "the last state is not behind any other"
            await _move_cohort(unit, cohort, following)
        return cohort


async def _move_program(unit: Unit, program: Program, state: ProgramState) -> Program:
    was, program.state = program.state, state
    await program.save(update_fields=["state"])
    await unit.audit("program.move", program, was=was, now=state)
    await unit.publish("program.moved", subject_id=program.id, program_id=program.id, state=state)
    return program


async def _move_cohort(unit: Unit, cohort: Cohort, state: ProgramState) -> Cohort:
    if state is ProgramState.CLOSED:
        there = queries.enrollments(unit.actor).filter(cohort_id=cohort.id, state__in=list(TAKING_PART))
        if await there.exists():
            raise Conflict(_("People still take part in this group."), kind="people_left")
        await unit.unschedule(cohort.id, reason="closed")
    was, cohort.state = cohort.state, state
    await cohort.save(update_fields=["state"])
    await unit.audit("cohort.move", cohort, was=was, now=state)
    await unit.publish(
        "cohort.moved", subject_id=cohort.id, cohort_id=cohort.id, program_id=cohort.program_id, state=state
    )
    return cohort


def _link(given: str) -> str:
    problems: dict[str, str] = {}
    link = web_link(problems, "meeting_url", given, at_most=LINK_LETTERS)
    check(problems)
    return link


def _without_link(changes: dict[str, Any]) -> dict[str, bool]:
    """For the trail: that there is a link, not which: it may be the key to the room."""
    return {"meeting_url": bool(changes["meeting_url"])} if "meeting_url" in changes else {}


def _key_and_name(key: str, name: str) -> tuple[str, str]:
    problems: dict[str, str] = {}
    key = typed(problems, "key", key, at_most=queries.KEY_LETTERS, needed=_("Give it a key."))
    name = typed(problems, "name", name, at_most=120, needed=_("Give it a name."))
    check(problems)
    return key, name
