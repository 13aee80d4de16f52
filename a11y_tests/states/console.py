"""The console: Today and the matches to review, empty, full, refused and wrong."""

from datetime import timedelta

from playwright.async_api import Page, expect

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press, undo
from a11y_tests.states.people import LONG_NAME, LONG_WORDS
from server.journey.leaving.actions import remove_from_program
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchState
from server.matches.steps import UNDO_ONE
from server.matchmaking.runs.actions import run_matching
from server.people.models import Person, PersonAttribute
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import Help, InvitationState, SurveyKind
from tests import factories
from tests.factories import Pair
from tests.web.console.market import Market, draft, drafts_of, manager_of, market

state = Shelf("console")
STATES = state.states
HERE, MATCHES = "/console", "/console/matches"


@state("GET console 404", proof="We could not find that")
async def not_yours() -> View:
    return View((await factories.active_match()).mentee, HERE)


@state("GET console 200", proof="There is no programme yet")
async def today_without_programmes() -> View:
    return View(await manager_of(await factories.organization(), None), HERE)


@state("GET console 200", proof="Nothing needs you today")
async def today_calm() -> View:
    pair = await factories.active_match()
    return View(await manager_of(pair.organization, pair.program), HERE)


@state("GET console 200", proof="wants another mentor")
async def today() -> View:
    pair = await _needs()
    refused = [Match(organization_id=pair.organization.id, program_id=pair.program.id, cohort_id=pair.cohort.id,
                     state=MatchState.DECLINED) for _ in range(20)]
    await Match.bulk_create(refused)
    return View(await manager_of(pair.organization, None), HERE, open_everything)


@state("GET console-compare 200", proof="too few")
async def side_by_side() -> View:
    """One department with figures and a long name, one too small for any."""
    found = await market(9, 9)
    for number, (mentor, mentee) in enumerate(zip(found.mentors, found.mentees, strict=True)):
        await factories.match(mentor, mentee, active_at=clock.now() - timedelta(days=30))
        department = LONG_WORDS[:100] if number else "Docks"
        await Person.filter(id=mentee.person_id).update(department=department)
    return View(found.manager, "/console/compare?by=DEPARTMENT")


@state("GET console 200", proof="no day of return is known")
async def today_with_pauses() -> View:
    """One pair rests until a day, one as long as its mentor is away, one lost its mentor, one came back."""
    pair = await factories.active_match(state=MatchState.PAUSED, paused_until=factories.in_days(12))
    for first, second, state, values in (
        ("Ottoline", "Tamsin", EnrollmentState.PAUSED, {"state": MatchState.PAUSED}),
        ("Juno", "Wilder", EnrollmentState.DEPROVISIONED, {"state": MatchState.CONCLUDED, "ended_at": clock.now()}),
    ):
        mentor = await factories.person(pair.organization, given_name=first, family_name="Crane")
        mentee = await factories.person(pair.organization, given_name=second, family_name="Pell")
        await factories.match(
            await factories.enrollment(pair.cohort, mentor, ParticipantRole.MENTOR, state=state),
            await factories.enrollment(pair.cohort, mentee, ParticipantRole.MENTEE), **values,
        )
    back = await factories.match(
        await factories.enrollment(pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTOR),
        await factories.enrollment(pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTEE),
        state=MatchState.DRAFT, held_back=True,
    )
    await AuditEvent.create(
        organization_id=pair.organization.id, actor_kind="PERSON", actor_id=str(pair.mentee.id), target_id=back.id,
        action="match.send_back", target_kind="Match",
    )
    return View(await manager_of(pair.organization, None), HERE)


@state("POST console-answer 303", proof="Noted. You have seen to it.")
async def today_seen_to() -> View:
    pair = await _needs()
    return View(await manager_of(pair.organization, None), HERE, press("Seen to"))


@state("POST console-admission 303", proof="Admitted.")
async def today_admitted() -> View:
    pair = await _needs()
    return View(await manager_of(pair.organization, None), HERE, press("Admit"))


@state("POST console-admission-refusal 303", proof="Turned down. They are told kindly.")
async def today_turned_down() -> View:
    pair = await _needs()
    acts = each(open_everything, fill("turn-down-1-reason", "The group is full."), press("Turn down"))
    return View(await manager_of(pair.organization, None), HERE, acts)


@state("POST console-admission-refusal 422", proof="Shorten this by 1 character.")
async def today_turned_down_at_length() -> View:
    pair = await _needs()

    async def at_length(page: Page) -> None:
        field = page.locator("#turn-down-1-reason")
        await field.evaluate("one => one.removeAttribute('maxlength')")
        await field.fill("m" * 501)

    return View(await manager_of(pair.organization, None), HERE, each(open_everything, at_length, press("Turn down")))


@state("POST console-admission-undo 303", proof="Taken back. Nobody was told.")
async def today_admission_undone() -> View:
    pair = await _needs()
    return View(await manager_of(pair.organization, None), HERE, each(press("Admit"), undo))


@state("POST console-admission-undo 409", proof="One of the two is away")
async def today_admission_not_undone() -> View:
    """Taken out before the page was drawn anew, and the partner went on a break."""
    pair = await _needs()

    async def meanwhile(page: Page) -> None:
        own = pair.manager_actor
        await remove_from_program(own, pair.mentee_enrollment.id, undo_within=UNDO_ONE)
        await Enrollment.filter(id=pair.mentor_enrollment.id).update(state=EnrollmentState.PAUSED)
        undo = f"/console/admissions/{pair.mentee_enrollment.id}/undo"
        await page.locator("#toast-undo").evaluate("(one, at) => one.form.setAttribute('action', at)", undo)

    return View(await manager_of(pair.organization, None), HERE, each(press("Admit"), meanwhile, undo))


@state("POST console-answer-undo 303", proof="It waits for you again.")
async def today_seen_to_undone() -> View:
    pair = await _needs()
    return View(await manager_of(pair.organization, None), HERE, each(press("Seen to"), undo))


@state("POST console-admission 409", proof="There is no application to admit.")
async def today_refused() -> View:
    pair = await _needs()

    async def leave(page: Page) -> None:
        await Enrollment.filter(person_id=pair.stranger.id).update(state=EnrollmentState.WITHDRAWN)

    return View(await manager_of(pair.organization, None), HERE, each(leave, press("Admit")))


@state("GET console-matches 200", proof="There is no group yet")
async def matches_without_a_group() -> View:
    return View(await manager_of(await factories.organization(), None), MATCHES)


@state("GET console-matches 200", proof="Run the matching")
async def matches_before_a_run() -> View:
    return View((await market()).manager, MATCHES)


async def run_and_wait(page: Page) -> None:
    """Ask for a run, and look on until the job is done."""
    await page.get_by_role("button", name="Run the matching").click()
    await page.get_by_role("heading", name="The matching is under way").wait_for()
    await drain()
    await page.get_by_text("pairs found.").first.wait_for()


@state("POST console-matching-run 303", "GET console-run-progress 204", proof="pairs found.")
async def matches_after_a_run() -> View:
    return View((await market()).manager, MATCHES, run_and_wait)


@state("POST console-matching-run 422", proof="Choose a number from 0 to 2147483647.")
async def a_seed_that_is_none() -> View:
    return View((await market()).manager, MATCHES, each(open_everything, fill("seed", "-1"), press("Match with this")))


@state("GET console-matches 200", proof="Choose another mentor for")
async def pair_with_its_reasons() -> View:
    found = await _run()
    await factories.cohort(found.program, name="Autumn group")
    return View(found.manager, f"{MATCHES}?pair={(await drafts_of(found))[0].id}", open_everything)


@state("GET console-matches 200", proof="A rule of the programme keeps these two apart today:")
async def pair_that_a_rule_keeps_apart() -> View:
    """The mentor became the mentee's manager since the run; another pair was held back by hand."""
    found = await market()
    drafts = [await draft(found, number) for number in range(3)]
    await Person.filter(id=found.mentees[0].person_id).update(line_manager_id=found.mentors[0].person_id)
    await PersonAttribute.create(
        organization_id=found.organization.id, person_id=found.mentees[0].person_id, name="line_manager_id", value="",
    )
    await Match.filter(id=drafts[1].id).update(held_back=True)
    return View(found.manager, f"{MATCHES}?pair={drafts[0].id}", open_everything)


@state("GET console-matches 200", proof="1 short")
async def matches_with_too_few_mentors() -> View:
    found = await market(mentors=1, mentees=4, capacity=1)
    await run_matching(system_actor(found.organization.id), found.cohort.id)
    return View(found.manager, MATCHES)


@state("GET console-matches 200", proof="Oluwaseyitanfunmi")
async def matches_with_long_names() -> View:
    found = await market()
    for row in found.mentees:
        await row.person.filter(id=row.person_id).update(**LONG_NAME)
    await run_matching(system_actor(found.organization.id), found.cohort.id)
    return View(found.manager, MATCHES)


@state("POST console-approvals 303", "GET console-matches 200", proof="approvals can be taken back until")
async def approved_together() -> View:
    return View((await _strong()).manager, MATCHES, press("Approve the 2 strong ones"))


@state("POST console-approvals-undo 303", proof="wait for your word again")
async def approvals_undone() -> View:
    acts = each(press("Approve the 2 strong ones"), press("Undo the approvals"))
    return View((await _strong()).manager, MATCHES, acts)


@state("POST console-approval 303", proof="Undo")
async def one_approved() -> View:
    return View(*(await _one()), press("Approve"))


@state("POST console-approval-undo 303", proof="for your word again")
async def one_undone() -> View:
    return View(*(await _one()), each(press_id("approve"), undo))


@state("POST console-approval 409", proof="no longer takes part")
async def one_refused() -> View:
    found = await _strong()
    match = (await drafts_of(found))[0]
    await Enrollment.filter(id=found.mentees[0].id).update(state=EnrollmentState.WITHDRAWN)
    return View(found.manager, f"{MATCHES}?pair={match.id}", press_id("approve"))


@state("POST console-lock 303", proof="Locked. It stays in every later run.")
async def locked() -> View:
    return View(*(await _one()), press_id("lock"))


@state("POST console-lock 303", proof="Unlocked. A later run may replace it.")
async def unlocked() -> View:
    return View(*(await _one()), each(press_id("lock"), press_id("lock")))


@state("GET console-matches 200", "POST console-lock 303", proof="Locked. It stays in every later run.")
async def walked_and_locked_by_keys() -> View:
    """J to the second pair, K back, J again; L locks it. In a field the letters are letters."""
    found = await _strong()
    first, second, _third = sorted(await drafts_of(found), key=lambda one: -(one.fit or 0))

    async def walk(page: Page) -> None:
        for key, match in (("j", second), ("k", first), ("j", second)):
            await page.keyboard.press(key)
            await page.wait_for_url(f"**pair={match.id}")
            await page.wait_for_load_state("load")
        await page.keyboard.press("?")
        await expect(page.locator("#keys > summary")).to_be_focused()
        await page.keyboard.press("l")

    return View(found.manager, MATCHES, walk)


@state("POST console-keys 303", proof="The keys of this page are off.")
async def keys_turned_off() -> View:
    """Off means off: the letter that would lock does nothing."""
    who, path = await _one()

    async def off(page: Page) -> None:
        await page.keyboard.press("?")
        await page.locator("#keys-switch").click()
        await page.locator("[data-toast]").get_by_text("The keys are off.").wait_for()
        await page.keyboard.press("l")
        await open_everything(page)
        await expect(page.locator("#lock")).to_have_count(1)

    return View(who, path, off)


@state("POST console-hold 303", proof="Let in again")
async def held_back() -> View:
    return View(*(await _one()), press_id("hold"))


@state("POST console-another-mentor 422", proof="to fix")
async def another_mentor_with_errors() -> View:
    found = await _run()
    at = f"{MATCHES}?pair={(await drafts_of(found))[0].id}"
    return View(found.manager, at, each(open_everything, press("this mentor")))


@state("POST console-another-mentor 303", proof="Changed. Every other pair stays as it is.")
async def another_mentor() -> View:
    found = await _run()
    at = f"{MATCHES}?pair={(await drafts_of(found))[0].id}"

    async def choose(page: Page) -> None:
        await page.locator("#mentor-1").check(force=True)

    return View(found.manager, at, each(open_everything, choose, fill("reason", LONG_WORDS), press("this mentor")))


@state("POST console-withdrawal 303", proof="Taken back. Both are told kindly.")
async def taken_back() -> View:
    found = await market()
    match = await factories.match(
        found.mentors[0], found.mentees[0], state=MatchState.AWAITING_ADMIN,
        published_at=clock.now() - timedelta(days=1),
    )
    await MatchMember.filter(match_id=match.id).update(approval=Approval.ACCEPTED, answered_at=clock.now())
    return View(found.manager, f"{MATCHES}?pair={match.id}", press_id("take-back"))


def press_id(id: str) -> Act:
    """Press the button with this id."""

    async def act(page: Page) -> None:
        await page.locator(f"#{id}").click()

    return act


async def _strong() -> Market:
    """Two strong drafts and one that needs a look."""
    found = await market()
    for number, fit in enumerate((91, 88, 66)):
        await draft(found, number, fit)
    return found


async def _one() -> tuple[Person, str]:
    found = await _strong()
    return found.manager, f"{MATCHES}?pair={(await drafts_of(found))[2].id}"


async def _run() -> Market:
    found = await market()
    await run_matching(system_actor(found.organization.id), found.cohort.id)
    return found


async def _needs() -> Pair:
    """A pair whose mentee asks for another mentor, an applicant, a draft, a second programme."""
    pair = await factories.active_match()
    asked = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, state=InvitationState.ANSWERED, opens_at=clock.now(),
        closes_at=clock.now() + timedelta(days=14),
    )
    await SurveyAnswer.create(
        organization_id=pair.organization.id, invitation=asked, usefulness=2, goal_distance=4,
        help_wanted=[Help.ANOTHER_MENTOR.value], words="We never find a time.",
    )
    await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTEE, state=EnrollmentState.PENDING_APPROVAL, active_at=None
    )
    other = await factories.person(pair.organization, **LONG_NAME)
    await factories.match(
        await factories.enrollment(pair.cohort, other, ParticipantRole.MENTOR),
        await factories.enrollment(pair.cohort, pair.line_manager, ParticipantRole.MENTEE),
        active_at=clock.now() - timedelta(days=90),
    )
    await factories.program(pair.organization, name="Reverse", key="reverse")
    return pair
