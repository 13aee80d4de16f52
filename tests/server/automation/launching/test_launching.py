"""Who hears that a programme opens, and that it looks for mentors: whom it means, once, in their own morning."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from server.automation.launching import due
from server.automation.launching.planning import plan_call
from server.automation.launching.queries import reach_of
from server.automation.telling.part import MESSAGES_PART
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.jobs import drain
from server.notifications.models import Message
from server.notifications.ways.reasons import scene_and_reason
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.actions import move_program
from server.programs.audience.rules import AUDIENCE_PART
from server.programs.models import Cohort, Enrollment, Program
from server.programs.plans.actions import set_part
from server.programs.reporting.entries import REPORTS_PART
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories

TUESDAY = datetime(2026, 6, 2, 3, tzinfo=UTC)
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


@dataclass
class Opening:
    """A programme for Pricing that has a group. Noor, Ines (Tokyo) and Tamsin work there, Tamsin is invited; of the
    others there one joined, one said no, one is on leave. Rui manages Noor, and works elsewhere."""

    actor: Actor
    program: Program
    cohort: Cohort
    people: dict[str, Person]

    async def told(self, kind: str) -> list[str]:
        """The first names of whom a letter of a kind is planned for."""
        rows = await Message.filter(kind=kind).select_related("recipient")
        return sorted(one.recipient.given_name for one in rows)

    async def why_not(self, kind: str, name: str) -> str:
        """Why a letter that was planned would not go to somebody now."""
        message = await Message.get(kind=kind, recipient_id=self.people[name].id)
        return (await scene_and_reason(self.actor, message))[1]

    async def switch(self, **kinds: bool) -> None:
        """Put in force which letters go, beside words of their own."""
        said = {kind: {"on": is_on} for kind, is_on in kinds.items()}
        await set_part(self.actor, self.program.id, MESSAGES_PART, said)
        await drain()


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with clock.at(TUESDAY):
        yield


@pytest.fixture
async def opening(db: object, monkeypatch: pytest.MonkeyPatch) -> Opening:
    monkeypatch.setattr(due, "AT_ONCE", 2)
    org = await factories.organization()
    program = await factories.program(
        org, audience={"people": [{"fact": "department", "how": "IS", "value": ["Pricing"]}]}
    )
    cohort = await factories.cohort(program)
    rui = await factories.person(org, given_name="Rui", department="Operations")
    people = {"Rui": rui}
    for name, values in {
        "Noor": {"line_manager": rui}, "Ines": {"zone": "Asia/Tokyo"}, "Tamsin": {}, "Joined": {}, "Declined": {},
        "Away": {"status": PersonStatus.LEAVE},
    }.items():
        people[name] = await factories.person(org, given_name=name, department="Pricing", **values)
    for name, state in {
        "Tamsin": EnrollmentState.INVITED, "Joined": EnrollmentState.ACTIVE, "Declined": EnrollmentState.DECLINED,
    }.items():
        await factories.enrollment(cohort, people[name], MENTEE, state=state)
    return Opening(system_actor(org.id), program, cohort, people)


async def until(moment: datetime) -> None:
    clock.move(moment - clock.now())
    await drain()


async def test_whom_it_means_hears_once_in_their_own_morning_and_later_versions_tell_nobody(opening: Opening) -> None:
    await opening.switch(L01=True, L02=True, L03=True)
    assert await opening.told("L01") == ["Ines", "Noor", "Tamsin"]
    at = {one.recipient_id: one.due_at for one in await Message.filter(kind="L01")}
    assert at[opening.people["Noor"].id] == TUESDAY.replace(hour=8), "nine in Lisbon"
    assert at[opening.people["Ines"].id] < TUESDAY + timedelta(minutes=1), "it was nine in Tokyo before"
    assert (await opening.told("L02"), await opening.told("L03")) == ([], [])
    await opening.switch(L01=True, L02=True, L03=True, F01=False)
    await until(TUESDAY + timedelta(days=1))
    assert await opening.told("L03") == ["Rui"]
    await factories.enrollment(opening.cohort, opening.people["Noor"], MENTEE)
    await until(TUESDAY + timedelta(days=2))
    assert await opening.told("L02") == ["Ines", "Tamsin"]
    await until(TUESDAY + timedelta(days=30))
    assert await Message.filter(kind__in=["L01", "L02", "L03"]).count() == 6
    reach = await reach_of(opening.actor, opening.program, opening.program.audience)
    assert (reach.people, reach.managers, reach.gone, reach.is_open) == (2, 1, {"L01", "L02", "L03"}, True)


async def test_nobody_hears_unless_the_programme_wants_it_and_people_can_join(opening: Opening) -> None:
    await Program.filter(id=opening.program.id).update(state=ProgramState.DRAFT)
    await opening.switch(F01=False)
    await opening.switch(L01=True)
    assert not await ScheduledAction.filter(rule="launch.L01").exists()
    await move_program(opening.actor, opening.program.id, ProgramState.ENROLLING)
    await drain()
    assert await opening.told("L01") == ["Ines", "Noor", "Tamsin"]


async def test_what_is_asked_again_when_a_letter_leaves(opening: Opening) -> None:
    await opening.switch(L01=True, L03=True)
    await until(TUESDAY + timedelta(days=1))
    assert [await opening.why_not(*one) for one in (("L01", "Noor"), ("L03", "Rui"))] == ["", ""]
    await factories.enrollment(opening.cohort, opening.people["Noor"], MENTEE, state=EnrollmentState.WITHDRAWN)
    assert await opening.why_not("L01", "Noor") == "answered"
    await Person.filter(id=opening.people["Noor"].id).update(department="Operations")
    assert await opening.why_not("L03", "Rui") == "no longer so"
    await Cohort.filter(id=opening.cohort.id).update(state=ProgramState.CLOSING)
    assert await opening.why_not("L01", "Ines") == "closed again"
    await Program.filter(id=opening.program.id).update(messages={})
    assert await opening.why_not("L01", "Ines") == "switched off in this programme"


async def test_switched_off_half_way_it_stops_and_on_again_it_goes_on(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(due, "plan_next", stopped)
    with pytest.raises(ExceptionGroup):
        await opening.switch(L01=True)
    first = await opening.told("L01")
    assert len(first) == 2
    monkeypatch.undo()
    await opening.switch(L01=False)
    assert {row.state for row in await ScheduledAction.filter(rule="launch.L01")} == {ActionState.CANCELLED}
    await opening.switch(L01=True)
    await until(TUESDAY + timedelta(minutes=5))
    assert await opening.told("L01") == ["Ines", "Noor", "Tamsin"], "the first two were not told twice"


async def test_days_move_while_it_waits_and_what_reached_nobody_goes_once_it_means_somebody(opening: Opening) -> None:
    actor, program_id, meant = opening.actor, opening.program.id, opening.program.audience
    nobody = {"people": [{"fact": "department", "how": "IS", "value": ["Nowhere"]}]}
    await set_part(actor, program_id, AUDIENCE_PART, AUDIENCE_PART.told(nobody))
    await opening.switch(L01=True, L02=True)
    assert (await ScheduledAction.get(rule="launch.L01")).reason == due.NOBODY
    await until(TUESDAY + timedelta(hours=1))
    await set_part(actor, program_id, AUDIENCE_PART, AUDIENCE_PART.told(meant))
    await set_part(actor, program_id, MESSAGES_PART, {"L01": {"on": True}, "L02": {"on": True, "moments": [4]}})
    await drain()
    assert await opening.told("L01") == ["Ines", "Noor", "Tamsin"]
    await until(TUESDAY + timedelta(days=3))
    assert await opening.told("L02") == []
    await until(TUESDAY + timedelta(days=4))
    assert await opening.told("L02") == ["Ines", "Noor", "Tamsin"]


async def test_who_could_mentor_is_called_the_day_after_places_were_short(opening: Opening) -> None:
    rules = [{"fact": "department", "how": "IS", "value": ["Operations"]}]
    await Program.filter(id=opening.program.id).update(audience={**opening.program.audience, "mentors": rules})
    last_year = TUESDAY.date().replace(year=2025)
    before = await factories.cohort(opening.program, state=ProgramState.CLOSED, starts_on=last_year)
    mentored = await factories.person(opening.program.organization, given_name="Ada")
    await factories.enrollment(before, mentored, MENTOR, state=EnrollmentState.COMPLETED)
    await opening.switch(E17=True)
    await set_part(opening.actor, opening.program.id, REPORTS_PART, REPORTS_PART.told({"weekly": None}))
    await drain()
    await until(TUESDAY + timedelta(days=1))
    assert await opening.told("E17") == []
    await until(TUESDAY + timedelta(days=2))
    assert await opening.told("E17") == ["Ada", "Rui"]
    assert await opening.why_not("E17", "Rui") == ""
    await until(TUESDAY + timedelta(days=20))
    assert await Message.filter(kind="E17").count() == 2
    await Enrollment.filter(cohort_id=opening.cohort.id).update(state=EnrollmentState.COMPLETED)
    assert await opening.why_not("E17", "Rui") == "back in range"


async def test_a_call_and_letters_that_wait_follow_when_their_day_moves(opening: Opening) -> None:
    actor, program = opening.actor, opening.program
    rules = [{"fact": "department", "how": "IS", "value": ["Operations"]}]
    await Program.filter(id=program.id).update(audience={**program.audience, "mentors": rules})

    async def days(**moments: int) -> dict[str, datetime]:
        said = {kind: {"on": True, "moments": [moment]} for kind, moment in moments.items()}
        await set_part(actor, program.id, MESSAGES_PART, said)
        await drain()
        waiting = await Message.filter(recipient_id=opening.people["Noor"].id).order_by("kind")
        return {one.kind: one.due_at for one in waiting}

    eight = TUESDAY.replace(hour=8)    # nine in Lisbon
    assert await days(L01=0, E17=9) == {"L01": eight}
    assert await days(L01=3, E17=9) == {"L01": eight + timedelta(days=3)}
    async with unit_of_work(actor):
        await plan_call(actor, await Program.get(id=program.id), opening.cohort)
    call = await ScheduledAction.get(rule="launch.E17")
    await days(L01=1, E17=2)
    await call.refresh_from_db()
    assert call.due_at == TUESDAY.replace(hour=19) + timedelta(days=1), "as the second day begins in Kiritimati"
    await until(TUESDAY + timedelta(days=2))
    assert await days(L01=1, E17=2) == {"L01": eight + timedelta(days=1)}
    assert await days(L01=0, E17=2) == {"L01": clock.now()}, "its day has passed: at the next hour that is right"
