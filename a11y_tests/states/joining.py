"""Join and Waiting: as a mentee and as a mentor, empty, wrong, closed, and in line."""

from collections.abc import Mapping
from types import MappingProxyType

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, check, each, fill, kept_here, offline, open_everything, press
from a11y_tests.states.people import LONG_NAME, LONG_WORDS
from server.access.actions import grant_role
from server.access.states import Role
from server.journey.leaving.actions import take_break
from server.kernel.actor import system_actor
from server.people import actions as people
from server.people.models import Person
from server.people.states import ConsentPurpose, SkillSide
from server.programs.models import Cohort, Enrollment, Program, WaitlistEntry
from server.programs.openings.actions import ask_for_opening
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState, ProgramType
from tests import factories
from tests.trained import asks_for, step, takes
from tests.web.console.market import market

state = Shelf("joining")
STATES = state.states
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
HERE, WAITING = "/join/rising-leads", "/waiting/rising-leads"
SKILLS = ("Leading stakeholders", "Data and pricing", "Managing people", "Giving feedback", "Public speaking")


@state("GET join 200", proof="Your goal")
async def mentee() -> View:
    return View((await _invited(MENTEE))[0], HERE)


@state("GET join 200", proof="Your goal")
async def mentee_everything_open() -> View:
    return View((await _invited(MENTEE, names=LONG_NAME))[0], HERE, open_everything)


@state("POST join-words 200", proof=" of 5")
async def mentee_words_light_up() -> View:
    return View((await _invited(MENTEE))[0], HERE, each(
        fill("want", "lead a product review"), fill("measure", "two reviews ended with a decision"),
        type_on("measure"),
    ))


@state("POST join-now 422", proof="things to fix")
async def mentee_with_errors() -> View:
    return View((await _invited(MENTEE))[0], HERE, each(fill("want", ""), press("Join Rising Leads")))


@state("GET join 200", proof="Will be sent when you’re back.")
async def mentee_without_a_network() -> View:
    return View((await _invited(MENTEE))[0], HERE, each(
        kept_here, fill("want", "lead a product review"), offline, press("Join Rising Leads"),
    ))


@state("POST join-now 200", proof="run a supplier talk alone")
async def mentee_with_an_example() -> View:
    async def act(page: Page) -> None:
        await open_everything(page)
        await page.locator("button[name=example]").first.click()

    return View((await _invited(MENTEE))[0], HERE, act)


@state("GET join 200", proof="What you can help with")
async def peer() -> View:
    someone, row, _cohort = await _invited(ParticipantRole.PEER)
    await Program.filter(id=row.program_id).update(type=ProgramType.PEER)
    return View(someone, HERE)


@state("GET join 200", proof="hours a month")
async def mentor() -> View:
    return View((await _invited(MENTOR))[0], HERE)


@state("POST join-now 422", proof="to fix")
async def mentor_with_errors() -> View:
    return View((await _invited(MENTOR))[0], HERE, press("Join as a mentor"))


@state("POST decline-invitation 303", "GET join 200", proof="You are not in Rising Leads")
async def declined() -> View:
    return View((await _invited(MENTEE))[0], HERE, press("No, thank you"))


@state("GET join 200", proof="Your invitation has run out")
async def run_out() -> View:
    someone, row, _cohort = await _invited(MENTEE)
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.EXPIRED)
    return View(someone, HERE)


@state("GET join 200", proof="This group is full")
async def full() -> View:
    someone, _row, cohort = await _invited(MENTEE)
    await Cohort.filter(id=cohort.id).update(state=ProgramState.CLOSING, next_opens_on=factories.in_days(40))
    return View(someone, HERE)


@state("POST join-opening 303", "GET join 200", proof="We write to you when it opens.")
async def full_and_told_later() -> View:
    someone, _row, cohort = await _invited(MENTEE)
    await Cohort.filter(id=cohort.id).update(state=ProgramState.CLOSING, next_opens_on=factories.in_days(40))
    return View(someone, HERE, press("Tell me"))


@state("POST join-opening-end 303", "GET join 200", proof="We will not write about it.")
async def full_and_not_told() -> View:
    someone, _row, cohort = await _invited(MENTEE)
    await Cohort.filter(id=cohort.id).update(state=ProgramState.CLOSING)
    await ask_for_opening(factories.actor_of(someone), "rising-leads")
    return View(someone, HERE, press("Don’t tell me"))


@state("POST join-now 409", proof="Copy it before you go on.")
async def full_while_writing() -> View:
    someone, _row, cohort = await _invited(MENTEE)

    async def fills_up(page: Page) -> None:
        await Cohort.filter(id=cohort.id).update(state=ProgramState.CLOSING, next_opens_on=factories.in_days(40))

    acts = each(fill("want", "lead a product review"), fills_up, press("Join Rising Leads"))
    return View(someone, HERE, acts)


@state("GET join 404", proof="We could not find that")
async def not_found() -> View:
    return View((await _invited(MENTEE))[0], "/join/elsewhere")


@state("GET waiting 200", proof="What happens next")
async def joined() -> View:
    return View((await _invited(MENTEE))[0], HERE, each(
        fill("want", "lead a product review"), fill("measure", "two reviews"), check("#by-2"), check("#day_parts-1"),
        check("input[name=agreed]"), press("Join Rising Leads"),
    ))


@state("GET waiting 200", proof="hear by")
async def waiting_mentee() -> View:
    someone, row, _cohort = await _invited(MENTEE, hear_by=4)
    return View(await _active(someone, row), WAITING, open_everything)


@state("POST training-finish 303", "GET home 200", proof="Nothing waits for it.")
async def training_with_one_step_done() -> View:
    found = await market(1, 1)
    long = {"title": LONG_WORDS[:80], "text": f"Ask first.\n\n{LONG_WORDS}", "link": "https://learn.example"}
    await asks_for(found.program, step(), step("second", required=False, **long), step("third", title="A third one"))
    return View(found.mentees[0].person, "/", each(press("Done"), open_everything))


@state("GET waiting 200", proof="Your training comes first")
async def waiting_for_training() -> View:
    found = await market(1, 1)
    await asks_for(found.program, step(), step("second", link="https://learn.example"))
    await takes(found.mentees[0])
    return View(found.mentees[0].person, f"/waiting/{found.program.key}", open_everything)


@state("GET waiting 200", proof="hear by")
async def waiting_mentor() -> View:
    someone, row, _cohort = await _invited(MENTOR, hear_by=4)
    return View(await _active(someone, row), WAITING)


@state("GET waiting 200", proof="It takes longer than we said")
async def waiting_too_long() -> View:
    someone, row, _cohort = await _invited(MENTEE, hear_by=-2)
    return View(await _active(someone, row), WAITING)


@state("GET waiting 200", proof="You are first in line")
async def waiting_in_line() -> View:
    someone, row, cohort = await _invited(MENTEE)
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.WAITLISTED)
    await WaitlistEntry.create(organization_id=someone.organization_id, enrollment=row, cohort_id=cohort.id)
    return View(someone, WAITING)


@state("GET waiting 200", proof="We have your application")
async def waiting_for_admission() -> View:
    someone, row, _cohort = await _invited(MENTEE)
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.PENDING_APPROVAL)
    return View(someone, WAITING)


@state("GET home 200", proof="We have your application")
async def first_page_before_admission() -> View:
    someone, row, _cohort = await _invited(MENTEE)
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.PENDING_APPROVAL)
    return View(someone, "/")


@state("GET home 200", proof="Thank you. We’re looking for your mentee")
async def first_page_of_a_waiting_mentor() -> View:
    someone, row, _cohort = await _invited(MENTOR)
    return View(await _active(someone, row), "/")


@state("GET home 200", proof="You come back by yourself on")
async def first_page_on_a_break() -> View:
    return View(await _resting(), "/")


@state("GET waiting 200", proof="You can come back")
async def waiting_on_a_break() -> View:
    return View(await _resting(), WAITING, open_everything)


async def _resting() -> Person:
    someone, row, _cohort = await _invited(MENTEE)
    await _active(someone, row)
    await take_break(factories.actor_of(someone), row.id, factories.in_days(30))
    return someone


def type_on(field: str) -> Act:
    """Type one more letter, as a person does, so that the page hears it."""

    async def act(page: Page) -> None:
        await page.locator(f"#{field}").press_sequentially(".")

    return act


async def _invited(
    role: ParticipantRole, *, hear_by: int | None = None, names: Mapping[str, str] = MappingProxyType({})
) -> tuple[Person, Enrollment, Cohort]:
    organization = await factories.organization()
    examples = [
        {"want": "run a supplier talk alone", "measure": "two talks ended with a signed offer"},
        {"want": LONG_WORDS, "measure": "two reviews ended with a decision"},
    ]
    program = await factories.program(organization, key="rising-leads", goal_examples=examples)
    cohort = await factories.cohort(program, hear_by_on=None if hear_by is None else factories.in_days(hear_by))
    await _consents(program)
    skills = [await factories.competency(organization, name) for name in SKILLS]
    boss = await factories.person(organization, given_name="Rui", family_name="Penhallow")
    await grant_role(system_actor(organization.id), boss.id, Role.PROGRAM_MANAGER, program.id)
    someone = await factories.person(organization, **{
        "title": "Product analyst", "department": "Pricing", "location": "Lisbon", "languages": ["pt", "en"], **names,
    })
    row = await factories.enrollment(
        cohort, someone, role, state=EnrollmentState.INVITED, submitted_at=None, active_at=None
    )
    side = SkillSide.OFFERED if role is MENTOR else SkillSide.WANTED
    await people.set_skills(factories.actor_of(someone), side, [skills[0].id])
    return someone, row, cohort


async def _consents(program: Program) -> None:
    system = system_actor(program.organization_id)
    await people.publish_consent_text(
        system, ConsentPurpose.MATCHING, "Use my profile and goal to find a mentor", "Stop any time in You.",
        required=True,
    )
    await people.publish_consent_text(system, ConsentPurpose.RESULTS, "Count my answers", "Never with your name.")


async def _active(someone: Person, row: Enrollment) -> Person:
    await factories.working_week(someone)
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.ACTIVE)
    return someone
