"""The console's people, one person, the file that brings people in, and More."""

from playwright.async_api import FilePayload, Page

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press, undo
from server.automation.planning import plan
from server.automation.steps import STEPS
from server.automation.subjects import MATCH
from server.journey.roster.pace import count_search
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.settings import settings
from server.people.models import Person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import EnrollmentState, ProgramState, ProgramType
from tests import factories
from tests.web.console.market import market
from tests.web.console.reminded import reminded

state = Shelf("roster")
STATES = state.states
HERE, IMPORT, MORE = "/console/people", "/console/people/import", "/console/more"
HEADER = "employee_id,email,given_name,family_name,department,status,desk\n"
GOOD = HEADER + "N1,ada@example.test,Ada,Tern,Pricing,ACTIVE,4\nN2,bo@example.test,Bo,Vane,Finance,ACTIVE,5\n"
COURSES = "employee_id,course,completed_on\n4711,Negotiating with suppliers,2026-03-31\n"
BAD = GOOD + "N3,not-an-address,Cy,Holt,Finance,ACTIVE,6\n"


@state("GET console-people 200", proof="9 people")
async def people() -> View:
    return View(await _admin(), HERE, open_everything)


@state("GET console-people 200", proof="Nobody")
async def nobody_found() -> View:
    return View(await _admin(), f"{HERE}?q=nessie")


@state("GET console-people 429", proof="times a minute")
async def searched_too_often() -> View:
    admin = await _admin()
    for _ in range(settings().searches_a_minute):
        count_search(factories.actor_of(admin))
    return View(admin, f"{HERE}?q=nessie")


@state("POST console-person-planned 303", "GET console-person 200", proof="Skipped. Nobody is told.")
async def person() -> View:
    found = await market()
    match = await factories.match(found.mentors[0], found.mentees[0])
    someone, product = await found.mentees[0].person, system_actor(found.admin.organization_id)
    await factories.dead_mailbox(someone)
    await plan(product, MATCH, [one for one in STEPS.values() if one.on == ("match.activated",)], match.id, clock.now())
    await ScheduledAction.filter(rule="message.F01").update(state=ActionState.SKIPPED, reason="a time is booked")
    return View(found.admin, f"{HERE}/{someone.id}", each(press("Skip this one"), open_everything))


@state("POST console-conflict 422", proof="Nobody in your programmes has this address.")
async def conflict_with_nobody() -> View:
    who, at = await _mentor()
    said = fill("other", "nobody@example.test")
    return View(who, at, each(open_everything, said, fill("reason", "They are married."), press("Declare it")))


@state("POST console-conflict 303", "POST console-conflict-lift 303", proof="Lifted. The next run")
async def conflict_declared_and_another_lifted() -> View:
    found = await market()
    people = [await row.person for row in (found.mentors[0], found.mentees[0], found.mentees[1])]
    await factories.conflict(people[0], people[1], reason="One of them audits the other's budget. " * 3)

    async def declared(page: Page) -> None:
        await page.get_by_text("Declared. Nothing").first.wait_for()

    acts = each(
        open_everything, fill("other", people[2].email), fill("reason", "They are married."), press("Declare it"),
        declared, press("Lift it"),
    )
    return View(found.manager, f"{HERE}/{people[0].id}", acts)


@state("POST console-person-places 303", proof="Kept. The next run counts with it.")
async def places_kept() -> View:
    return View(*await _mentor(), each(open_everything, fill("places-1", "4"), press("Save")))


@state("POST console-person-places 422", proof="Choose from 1 to 20.")
async def places_refused() -> View:
    return View(*await _mentor(), each(open_everything, fill("places-1", "40"), press("Save")))


@state("POST console-person-removal 303", proof="Taken out of Rising Leads.")
async def taken_out() -> View:
    return View(*await _mentor(), each(open_everything, press("Take out of Rising Leads")))


@state("GET console-person 200", "POST console-person-mailbox 303", proof="The next mail goes there again")
async def mail_tried_again() -> View:
    who, at = await _mentor()
    await factories.dead_mailbox(await Person.get(id=at.rpartition("/")[2]))
    return View(who, at, press("It works: try again"))


@state("GET console-person 200", "POST console-person-invitation 303", proof="Invited again. They get a letter.")
async def invited_again() -> View:
    who, at = await _mentor()
    await Enrollment.filter(person_id=at.rpartition("/")[2]).update(state=EnrollmentState.DECLINED)
    return View(who, at, each(open_everything, press("Invite again")))


@state("POST console-person-part 303", proof="Invited. They get a letter.")
async def invited_to_a_group() -> View:
    who, at, choose = await _invitable()
    return View(who, at, each(open_everything, choose, press("Invite them")))


@state("POST console-person-removal-undo 303", proof="Taken back. Nobody was told.")
async def invitation_taken_back() -> View:
    who, at, choose = await _invitable()
    return View(who, at, each(open_everything, choose, press("Invite them"), undo))


@state("POST console-person-part 422", proof="Choose a group.")
async def invited_to_no_group() -> View:
    return View(*await _mentor(), each(open_everything, press("Invite them")))


@state("POST console-person-invitation 409", proof="can be invited again")
async def not_invited_again() -> View:
    who, at = await _mentor()
    own = Enrollment.filter(person_id=at.rpartition("/")[2])
    await own.update(state=EnrollmentState.DECLINED)

    async def come_back(page: Page) -> None:
        await own.update(state=EnrollmentState.ACTIVE)

    return View(who, at, each(come_back, press("Invite again")))


@state("POST console-person-removal 409", proof="This has ended already.")
async def not_taken_out() -> View:
    who, at = await _mentor()

    async def leave(page: Page) -> None:
        await Enrollment.filter(person_id=at.rpartition("/")[2]).update(state=EnrollmentState.WITHDRAWN)

    return View(who, at, each(leave, open_everything, press("Take out of Rising Leads")))


@state("GET console-people 200", proof="Nobody stands so")
async def nobody_stands_so() -> View:
    return View(await _admin(), f"{HERE}?state=HAS_LEFT&place=Lisbon")


@state("GET console-program 200", proof="As it is now:")
async def program() -> View:
    return View(*await _program(), open_everything)


@state("GET console-program-delivery 200", proof="Nothing was sent yet")
async def delivery_of_nothing() -> View:
    who, at = await _program()
    return View(who, f"{at}/delivery")


@state("GET console-program-delivery 200", proof="It helps")
async def delivery() -> View:
    who, at = await _program()
    await reminded(await Program.get(id=at.rpartition("/")[2]))
    return View(who, f"{at}/delivery")


@state("POST console-program-leave-out 303", proof="The draft says 20.")
async def some_left_out() -> View:
    who, at = await _program()
    return View(who, f"{at}/delivery", each(fill("held_out_percent", "20"), press("Keep in the draft")))


@state("POST console-program-leave-out 422", proof="Write a whole number from 0 to 50.")
async def too_many_left_out() -> View:
    who, at = await _program()
    return View(who, f"{at}/delivery", each(fill("held_out_percent", "90"), press("Keep in the draft")))


@state("POST console-program-state 303", proof="Rising Leads: Closing.")
async def program_moved() -> View:
    who, at = await _program()
    return View(who, at, press("Begin to close"))


@state("POST console-program-state 409", proof="That is not the next step of this programme.")
async def program_not_moved() -> View:
    who, at = await _program()

    async def elsewhere(page: Page) -> None:
        await Program.filter(id=at.rpartition("/")[2]).update(state=ProgramState.ARCHIVED)

    return View(who, at, each(elsewhere, press("Begin to close")))


@state("GET console-program 200", "POST console-group-state 303", proof=": Closed.")
async def group_closed() -> View:
    who, at = await _program()
    await Cohort.filter(program_id=at.rpartition("/")[2]).update(state=ProgramState.CLOSING)
    return View(who, at, each(open_everything, press("Close the group")))


@state("POST console-group-state 409", proof="That is not the next step of this group.")
async def group_not_closed() -> View:
    who, at = await _program()
    of = Cohort.filter(program_id=at.rpartition("/")[2])
    await of.update(state=ProgramState.CLOSING)

    async def elsewhere(page: Page) -> None:
        await of.update(state=ProgramState.RUNNING)

    return View(who, at, each(elsewhere, open_everything, press("Close the group")))


@state("GET console-program 404", proof="We could not find that")
async def program_of_another_organization() -> View:
    _who, at = await _program()
    return View(await _admin(), at)


@state("POST console-person-removal-undo 303", proof="Taken back. Nobody was told.")
async def put_back() -> View:
    acts = each(open_everything, press("Take out of Rising Leads"), undo)
    return View(*await _mentor(), acts)


@state("GET console-person 200", "POST console-person-grace 303", proof="hold no more: this part ends on")
async def grace_begun() -> View:
    return View(*await _mentor(), each(open_everything, press("Let it end then")))


@state("POST console-person-grace 422", proof="Choose from 1 to 90 days.")
async def grace_refused() -> View:
    return View(*await _mentor(), each(open_everything, fill("grace-days-1", "400"), press("Let it end then")))


@state("POST console-person-grace 409", proof="This has ended already.")
async def grace_of_who_left() -> View:
    who, at = await _mentor()

    async def leave(page: Page) -> None:
        await Enrollment.filter(person_id=at.rpartition("/")[2]).update(state=EnrollmentState.WITHDRAWN)

    return View(who, at, each(leave, open_everything, press("Let it end then")))


@state("POST console-person-grace-end 303", proof="Nothing ends. They take part as before.")
async def grace_ended() -> View:
    acts = each(open_everything, press("Let it end then"), press("They hold again"))
    return View(*await _mentor(), acts)


@state("POST console-person-grace-undo 303", proof="Taken back. Nobody was told.")
async def grace_undone() -> View:
    return View(*await _mentor(), each(open_everything, press("Let it end then"), undo))


@state("GET console-person 404", proof="We could not find that")
async def person_of_another_organization() -> View:
    other = await factories.person(await factories.organization())
    return View(await _admin(), f"{HERE}/{other.id}")


@state("GET console-import 200", proof="Check the file")
async def file() -> View:
    return View(await _admin(), IMPORT, open_everything)


@state("POST console-import 422", proof="Choose a file first.")
async def file_not_chosen() -> View:
    return View(await _admin(), IMPORT, press("Check the file"))


@state("POST console-import 303", "GET console-import-run 200", proof="Every row can be read")
async def preview() -> View:
    return View(await _admin(), IMPORT, each(_choose(GOOD), press("Check the file")))


@state("GET console-import-run 200", proof="Check these again")
async def preview_with_refused_rows() -> View:
    return View(await _admin(), IMPORT, each(_choose(BAD), press("Check the file")))


@state("POST console-import-rows 303", "GET console-import-run 200", proof="Check these again")
async def rows_checked_again() -> View:
    acts = each(_choose(BAD), press("Check the file"), press("Check these again"))
    return View(await _admin(), IMPORT, acts)


@state("POST console-import-application 303", "GET console-import-run 200", proof="2 people added.")
async def added() -> View:
    return View(await _admin(), IMPORT, each(_choose(GOOD), press("Check the file"), press("Add 2")))


@state("GET console-more 200", proof="Use this framework")
async def more() -> View:
    return View(await _admin(), MORE, open_everything)


@state("POST console-framework 422", proof="Choose a file first.")
async def framework_not_chosen() -> View:
    return View(await _admin(), MORE, press("Use this framework"))


@state("POST console-courses 200", proof="Left out, because nobody here has the employee number: 4711.")
async def courses_of_strangers() -> View:
    return View(await _admin(), MORE, each(_choose(COURSES, "#courses"), press("Add these courses")))


@state("GET console-wordings 200", "POST console-wording 303", proof="In force: Let my employer’s rating count")
async def wording_in_force() -> View:
    said = fill("wording-talent", "Let my employer’s rating count")
    put = press("Put this wording in force , The employer’s rating in the matching")
    return View(await _admin(), f"{MORE}/wordings", each(open_everything, said, put, open_everything))


@state("POST console-wording 422", proof="Write what people agree to.")
async def wording_without_words() -> View:
    return View(await _admin(), f"{MORE}/wordings", each(open_everything, press("Put this wording in force")))


def _choose(content: str, field: str = "#file") -> Act:
    async def act(page: Page) -> None:
        payload = FilePayload(name="group.csv", mimeType="text/csv", buffer=content.encode())
        await page.locator(field).set_input_files(payload)

    return act


async def _admin() -> Person:
    return (await market()).admin


async def _program(kind: ProgramType = ProgramType.ONE_TO_ONE) -> tuple[Person, str]:
    found = await market()
    await factories.match(found.mentors[0], found.mentees[0])
    await Program.filter(id=found.program.id).update(state=ProgramState.RUNNING, type=kind)
    return found.manager, f"/console/programs/{found.program.id}"


async def _invitable() -> tuple[Person, str, Act]:
    """Who runs the programme, somebody's page, and choosing there that they are a mentee of its group, too."""
    who, at = await _mentor()
    role = await Enrollment.get(person_id=at.rpartition("/")[2])

    async def choose(page: Page) -> None:
        await page.locator("#group").select_option(f"{role.cohort_id}:MENTEE")

    return who, at, choose


async def _mentor() -> tuple[Person, str]:
    found = await market()
    await factories.match(found.mentors[0], found.mentees[0])
    return found.manager, f"{HERE}/{found.mentors[0].person_id}"
