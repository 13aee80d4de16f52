"""Who joins by themselves: hired, promoted, moved, back, a course finished; asked anew when the day has come."""

from datetime import timedelta

import pytest

from server.automation.hiring.walking import Act, Supposed, walk
from server.journey.importing import actions
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.matches.actions import publish_match
from server.matches.states import MatchState
from server.notifications.models import Message
from server.people.courses.actions import import_courses
from server.people.models import Organization, Person
from server.programs.actions import keep_eligible, lose_eligibility, submit
from server.programs.actions import settings as program_settings
from server.programs.audience.rules import AUDIENCE_PART
from server.programs.models import Cohort, Enrollment, Program
from server.programs.plans.actions import set_part
from server.programs.queries import grace_ends_at
from server.programs.states import Approvals, EnrollmentState, ParticipantRole, ProgramState
from server.programs.triggers.entries import TRIGGERS_PART
from tests import factories
from tests.server.automation.conftest import MONDAY
from tests.server.notifications.mail_server import mail_server

pytestmark = pytest.mark.usefixtures("monday")
HEADER = (
    "employee_id,email,given_name,family_name,hire_date,seniority,location,status,manager_employee_id,time_zone\n"
)
ROOT = "9,ida@example.test,Ida,Fjord,2020-01-01,8,Porto,active,,Europe/Lisbon"
NEW = "1,noor@example.test,Noor,Saltmarsh,2026-06-01,3,Porto,active,9,Europe/Lisbon"
DAY, NONE = timedelta(days=1), timedelta()
HIRED = {"when": "HIRED", "role": "MENTEE"}


@pytest.fixture
async def product(db: object) -> Actor:
    return system_actor((await factories.organization()).id)


async def ruled(product: Actor, *enrol: dict[str, object], groups: object = (), **values: object) -> Program:
    """A programme with a group that is open, and rules."""
    program = await factories.program(await Organization.get(id=product.organization_id), **values)
    await factories.cohort(program, key="newest")
    await set_part(product, program.id, TRIGGERS_PART, {"enrol": list(enrol), "groups": list(groups)})
    return program


async def arrive(product: Actor, *lines: str) -> None:
    run = await actions.preview_import(product, "people.csv", (HEADER + "\n".join(lines)).encode())
    await actions.apply_import(product, run.id)
    await drain()


async def days(number: float) -> None:
    clock.move(timedelta(days=number))
    await drain()


async def joined(*programs: Program) -> list[tuple[str, ParticipantRole]]:
    found = Enrollment.filter(program_id__in=[one.id for one in programs])
    return [(one.person.given_name, one.role) for one in await found.order_by("id").select_related("person")]


async def rows() -> list[tuple[ActionState, str]]:
    found = await ScheduledAction.filter(rule="joining.invite").order_by("due_at", "id")
    return [(one.state, one.reason) for one in found]


async def test_who_is_hired_today_is_invited_today_once_and_long_known_people_never(product: Actor) -> None:
    program = await ruled(product, HIRED)
    later = await ruled(product, {**HIRED, "days": 30})
    await arrive(product, ROOT, NEW)
    assert await joined(program) == [("Noor", ParticipantRole.MENTEE)]
    assert await Message.filter(kind__in=["E01", "E02", "E13"]).values_list("kind", flat=True) == ["E13"]
    [entry] = await AuditEvent.filter(action="enrollment.invite")
    assert (entry.actor_kind, entry.detail["because"]) == ("system", "HIRED")
    await arrive(product, ROOT, NEW.replace("Saltmarsh", "Brook"))
    await days(29)
    assert (await joined(program), await joined(later)) == ([("Noor", ParticipantRole.MENTEE)], [])
    await days(1)
    assert await joined(later) == [("Noor", ParticipantRole.MENTEE)]
    assert await rows() == [(ActionState.DONE, "")] * 2


async def test_another_day_of_hiring_is_another_plan_and_who_leaves_before_it_is_left_alone(product: Actor) -> None:
    program = await ruled(product, {**HIRED, "days": 2})
    await arrive(product, ROOT, NEW)
    await arrive(product, NEW.replace("2026-06-01", "2026-06-03"))
    await days(2)
    assert (await joined(program), await rows()) == (
        [], [(ActionState.SKIPPED, "no longer so"), (ActionState.PLANNED, "")],
    )
    await arrive(product, NEW.replace("2026-06-01", "2026-06-03").replace("active", "ended"))
    await days(2)
    assert (await joined(program), (await rows())[1]) == ([], (ActionState.SKIPPED, "has left"))


async def test_rules_are_asked_as_they_are_when_the_day_has_come(product: Actor) -> None:
    changed, gone, closed = [await ruled(product, {**HIRED, "days": 2}) for _ in range(3)]
    await arrive(product, ROOT, NEW)
    await set_part(product, changed.id, TRIGGERS_PART, {"enrol": [{**HIRED, "days": 4}]})
    await set_part(product, gone.id, TRIGGERS_PART, {})
    await Program.filter(id=closed.id).update(state=ProgramState.CLOSED)
    await days(2)
    assert await joined(changed, gone, closed) == []
    assert {"the rule is gone", "the programme takes nobody in"} < {reason for _state, reason in await rows()}
    await days(2)
    assert await joined(changed, gone, closed) == [("Noor", ParticipantRole.MENTEE)]


async def test_a_group_that_opens_later_and_somebody_who_comes_back_are_waited_for(product: Actor) -> None:
    no_group, away = await ruled(product, HIRED), await ruled(product, {**HIRED, "days": 2})
    await Cohort.filter(program_id=no_group.id).update(state=ProgramState.CLOSED)
    await arrive(product, ROOT, NEW)
    await arrive(product, NEW.replace("active", "leave"))
    await days(2)
    assert await joined(no_group, away) == []
    assert sorted(await rows()) == [(ActionState.PLANNED, "on leave")] * 2
    await arrive(product, NEW)
    await days(1)
    assert await joined(no_group, away) == [("Noor", ParticipantRole.MENTEE)]
    await program_settings.open_cohort(product, no_group.id, key="next", name="Next", starts_on=clock.today("UTC"))
    await days(1)
    assert len(await joined(no_group, away)) == 2


async def test_rules_that_are_new_or_come_into_force_plan_for_whose_day_is_ahead(product: Actor) -> None:
    program = await ruled(product, {**HIRED, "days": 30}, state=ProgramState.DRAFT)
    await arrive(product, ROOT, NEW, NEW.replace("1,noor", "2,ada").replace("06-01", "05-01"))
    assert await rows() == []
    await program_settings.move_program(product, program.id, ProgramState.ENROLLING)
    await drain()
    assert await rows() == [(ActionState.PLANNED, "")]


async def test_each_happening_invites_in_its_role_and_what_the_first_file_says_is_no_news(product: Actor) -> None:
    mentee, mentor = {"role": "MENTEE"}, {"role": "MENTOR", "places": 2}
    promoted = await ruled(product, {"when": "PROMOTED", "days": 1, **mentee})
    manager = await ruled(product, {"when": "MANAGER", **mentor})
    moved = await ruled(product, {"when": "MOVED", **mentee})
    returned = await ruled(product, {"when": "RETURNED", **mentee})
    course = await ruled(product, {"when": "COURSE", "course": "N1", **mentee})
    programs = promoted, manager, moved, returned, course
    old = NEW.replace("2026-06-01", "2021-01-01")
    await arrive(product, ROOT, old)
    await days(3)
    assert await joined(*programs) == []
    await arrive(product, old.replace(",3,", ",5,"), "2,ada@example.test,Ada,Moor,2026-06-04,2,Porto,active,1,")
    assert sorted(await joined(promoted, manager, moved)) == [
        ("Noor", ParticipantRole.MENTEE), ("Noor", ParticipantRole.MENTOR),
    ]
    assert (await Enrollment.get(program_id=manager.id)).capacity == 2
    await arrive(product, old.replace(",3,", ",5,").replace("active", "leave"))
    await days(1)
    await arrive(product, old.replace(",3,", ",5,"))
    await days(1)
    assert len(await joined(promoted)) == 1
    assert len(await joined(returned)) == 1
    today = clock.today("UTC")
    done = f"employee_id,course,completed_on,course_id\n1,Negotiation,{today},N1\n9,Negotiation,2026-01-01,N1\n"
    for _ in range(2):
        await import_courses(product, done.encode(), "done.csv")
        await drain()
    assert await joined(course) == [("Noor", ParticipantRole.MENTEE)]
    assert await OutboxEvent.filter(kind="person.completed_courses").count() == 2
    assert sorted(await Message.filter(kind__startswith="E1").values_list("kind", flat=True)) == ["E14", "E14", "E15"]


async def test_who_takes_part_or_did_is_not_asked_again_and_a_group_is_chosen_by_attributes(product: Actor) -> None:
    groups = [{"group": "porto", "where": "location", "is": ["PORTO"]}]
    by_place = await ruled(product, HIRED, groups=groups)
    there, before = await ruled(product, {**HIRED, "days": 1}), await ruled(product, {**HIRED, "days": 1})
    elsewhere = await ruled(product, {**HIRED, "days": 1})
    faro = {"fact": "location", "how": "IS", "value": ["Faro"]}
    audience = {"people_fit": "ALL", "people": [faro], "mentors_fit": "ALL", "mentors": []}
    await set_part(product, elsewhere.id, AUDIENCE_PART, audience)
    await factories.cohort(by_place, key="porto", starts_on=clock.now().date() - timedelta(days=100))
    await arrive(product, ROOT, NEW)
    noor = await Person.get(employee_id="1")
    for program, role, state in (
        (there, ParticipantRole.MENTOR, EnrollmentState.ACTIVE),
        (before, ParticipantRole.MENTEE, EnrollmentState.DECLINED),
    ):
        await factories.enrollment(await Cohort.get(program_id=program.id), noor, role, state=state)
    await days(1)
    assert {reason for _state, reason in await rows()} == {
        "", "takes part already", "was invited before", "not meant",
    }
    assert (await Enrollment.get(program_id=by_place.id).select_related("cohort")).cohort.key == "porto"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_no_longer_belongs_since_a_record_changed_has_a_grace_and_may_come_back(product: Actor) -> None:
    program = await ruled(product, HIRED)
    place, days_here = {"fact": "location", "how": "IS", "value": ["Porto"]}, {"fact": "tenure_days", "how": "UNDER"}
    rules = {"people": [place, {**days_here, "value": 3}], "mentors": [], "people_fit": "ALL", "mentors_fit": "ALL"}
    await set_part(product, program.id, AUDIENCE_PART, rules)
    before = (await Program.get(id=program.id)).triggers
    await set_part(product, program.id, TRIGGERS_PART, {**before, "grace_days": 14})
    await arrive(product, ROOT, NEW)
    [mine] = await Enrollment.filter(program_id=program.id)
    await days(5)
    await arrive(product, NEW.replace(",3,", ",4,"))
    assert await grace_ends_at(product, mine.id) is None, "nobody falls out because time goes by"
    for times in range(2):
        await arrive(product, NEW.replace("Porto", f"Faro{times}"))
        assert await grace_ends_at(product, mine.id) == MONDAY + timedelta(days=19)
    await arrive(product, NEW)
    assert await grace_ends_at(product, mine.id) is None
    await arrive(product, NEW.replace("Porto", "Faro"))
    await keep_eligible(product, mine.id)
    manager = factories.manager_of(await factories.person(await product_of(product)), program)
    await lose_eligibility(manager, mine.id)
    await arrive(product, NEW)
    assert await grace_ends_at(product, mine.id), "a manager's word stays"
    await days(15)
    assert (await Enrollment.get(id=mine.id)).state is EnrollmentState.REMOVED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_walk_through_a_hire_is_what_then_happens(product: Actor) -> None:
    """Hired today, day 30, and the manager becomes a mentor: each line of the page, lived by the real jobs."""
    first = await ruled(product, HIRED, name="Arriving", approvals=Approvals.NONE)
    second = await ruled(product, {**HIRED, "days": 30}, name="Second month")
    third = await ruled(product, {"when": "MANAGER", "role": "MENTOR"}, name="First mentors")
    await arrive(product, ROOT)
    await days(7)
    ida = await Person.get(employee_id="9")
    mentor = await factories.enrollment(
        await Cohort.get(program_id=first.id), await factories.person(await product_of(product)), ParticipantRole.MENTOR
    )
    imagined = Person(
        organization_id=product.organization_id, given_name="Noor", hire_date=clock.today("UTC"), seniority=3,
        location="Porto", zone="Europe/Lisbon",
    )
    lines = await walk(product, imagined, ida, Supposed(joins_after=1, matched_after=1), days=33)
    stored = await ScheduledAction.all().count(), await Enrollment.all().count()
    foretold = {
        (one.kind, one.person.given_name, one.at.date()) for one in lines if one.act is Act.MESSAGE and not one.needless
    }
    invitations = [one for one in lines if one.act is Act.INVITED and one.entry]
    assert [(one.program, one.person.given_name) for one in invitations] == [
        (first, "Noor"), (third, "Ida"), (second, "Noor"),
    ]
    async with mail_server():
        began = clock.today("UTC")
        await arrive(product, NEW.replace("2026-06-01", began.isoformat()))
        assert (await ScheduledAction.filter(rule="joining.invite").count(), stored[1]) == (3, 1)
        for day in range(1, 34):
            await days(1)
            for one in await Enrollment.filter(state=EnrollmentState.INVITED, invited_at__lte=clock.now() - DAY):
                await submit(product, one.id)
            if day == 2:
                mine = await Enrollment.get(program_id=first.id, role=ParticipantRole.MENTEE)
                pair = await factories.match(mentor, mine, state=MatchState.DRAFT)
                await publish_match(product, pair.id, undo_within=NONE)
            await drain()
    noor = await Person.get(employee_id="1")
    told = await Message.filter(recipient_id__in=[ida.id, noor.id]).select_related("recipient")
    letters = {one.id: one for one in told}
    lived = {
        (one.kind, one.recipient.given_name, sent.date()) for one in told
        if (sent := letters.get(one.digest_id or one.id, one).sent_at)
    }
    assert {"E13", "E14", "E09", "M08", "F01", "F02", "F03", "G01", "I01"} < {kind for kind, *_rest in foretold}
    assert lived == foretold
    assert {(one.at.date(), one.program and one.program.id) for one in invitations} == {
        (one.invited_at.date(), one.program_id) for one in await Enrollment.filter(person_id__in=[ida.id, noor.id])
    }


async def product_of(product: Actor) -> Organization:
    return await Organization.get(id=product.organization_id)
