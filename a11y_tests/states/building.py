"""The builder: what is in force, a draft, what cannot be, and somebody who was faster."""

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, check, each, fill, open_everything, press
from a11y_tests.states.people import LONG_WORDS
from server.automation.building.actions import change_part, send_to_review
from server.automation.building.queries import plan_of
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.states import MatchState
from server.people.models import Person
from server.programs.actions import configure_program
from server.programs.models import Program
from server.programs.plans.files import written
from server.programs.resources.actions import keep_file
from tests import factories
from tests.arrival import drawn
from tests.papers import PDF
from tests.trained import asks_for, step
from tests.web.console.market import Market, market

state = Shelf("building")
STATES = state.states


@state("GET console-build-dates 200", proof="2 people, once you put it in force.")
async def in_force() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "dates"))


@state(
    "GET console-build-training 200", "POST console-build-training-keep 422",
    proof="Write a whole number from 1 to 60.",
)
async def training_that_cannot_be() -> View:
    found = await market(1, 1)
    await asks_for(found.program, step("first", title=LONG_WORDS[:80]), step("second", required=False))
    typed = each(fill("training[2].minutes", "soon"), press("Use this training"))
    return View(found.manager, page_of(found, "training"), typed)


@state("GET console-program-new 200", "POST console-program-begin 303", proof="Nobody is invited yet.")
async def begun_from_a_template() -> View:
    act = each(check("[name=template][value=peer]"), fill("name", "Side by side"), press("Set it up"))
    return View((await market(1, 1)).admin, "/console/programs/new", act)


@state("POST console-program-begin 422", proof="Give it a name.")
async def begun_without_a_name() -> View:
    return View((await market(1, 1)).admin, "/console/programs/new", press("Set it up"))


@state("POST console-build-dates-keep 303", proof="Kept in the draft. Nobody notices it yet.")
async def kept() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "dates"), each(fill("sessions_per_month", "3"), press("Use these dates")))


@state("POST console-build-dates-keep 422", proof="Write a whole number from 1 to 31.")
async def cannot_be() -> View:
    found = await market(1, 1)
    typed = fill("sessions_per_month", "99")
    return View(found.manager, page_of(found, "dates"), each(typed, press("Use these dates")))


@state("POST console-build-dates-keep 409", proof="Somebody changed this draft meanwhile.")
async def somebody_was_faster() -> View:
    found = await market(1, 1)

    async def meanwhile(_page: Page) -> None:
        await changed(found, places_max=7)

    typed = fill("sessions_per_month", "3")
    return View(found.manager, page_of(found, "dates"), each(typed, meanwhile, press("Use these dates")))


@state("GET console-build-launch 200", proof="Send to review")
async def draft() -> View:
    found = await market(1, 1)
    await changed(found, places_max=7, pause_moves_end=True)
    return View(found.manager, page_of(found, "launch"), open_everything)


@state("GET console-build-launch 200", proof="Take them over")
async def overtaken() -> View:
    """In review, and what is in force was set elsewhere meanwhile."""
    found = await market(1, 1)
    actor = await in_review(found)
    await configure_program(actor, found.program.id, mentees_may_ask=True)
    return View(found.manager, page_of(found, "launch"))


@state("POST console-build-act 303", proof="In force. It counts from now on.")
async def live_beside_its_versions() -> View:
    found = await market(1, 1)
    await in_review(found)
    return View(found.manager, page_of(found, "launch"), press("Put it in force"))


@state("POST console-build-letters 303", proof="This tells 3 people. Each gets it once")
async def announced() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "launch"), each(check("#L01"), press("Use these letters")))


@state("POST console-build-letters 409", proof="What you typed is still here.")
async def announced_too_late() -> View:
    found = await market(1, 1)

    async def meanwhile(_page: Page) -> None:
        await changed(found, places_max=6)

    return View(found.manager, page_of(found, "launch"), each(check("#L02"), meanwhile, press("Use these letters")))


@state("POST console-build-act 409", proof="Somebody changed this draft meanwhile.")
async def changed_since_it_was_looked_at() -> View:
    found = await market(1, 1)
    await in_review(found)

    async def meanwhile(_page: Page) -> None:
        await changed(found, places_max=6)

    return View(found.manager, page_of(found, "launch"), each(meanwhile, press("Put it in force")))


@state("POST console-build-look 200", proof="What this file changes")
async def a_file_looked_at() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "launch"), with_file(found))


@state("POST console-build-bring 303", proof="It is the draft now.")
async def a_file_brought() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "launch"), each(with_file(found), press("Make it the draft")))


@state("POST console-build-copy 422", proof="Another programme has this key.")
async def a_key_that_is_taken() -> View:
    found = await market(1, 1)
    typed = each(open_everything, fill("name", "The copy"), fill("key", found.program.key))
    return View(found.admin, page_of(found, "launch"), each(typed, press("Copy it")))


@state("GET console-build-matching 200", proof="Use this matching")
async def matching() -> View:
    found = await market(3, 4)
    await changed(found, circles="WAITING")
    return View(found.manager, page_of(found, "matching"), open_everything)


@state("POST console-build-matching-preview 200", proof="Goal goes from 28 to 60.")
async def another_weight_tried() -> View:
    found = await market(3, 4)

    async def grow(page: Page) -> None:
        await page.locator("[id='weight-GOALS']").fill("60")
        await page.locator("[id='weight-GOALS']").press("Tab")
        await drawn(page, "window.__swaps.length > 0")

    return View(found.manager, page_of(found, "matching"), grow)


@state("POST console-build-matching-keep 422", proof="One thing to fix")
async def a_rule_that_cannot_be() -> View:
    found = await market(3, 4)
    typed = fill("repeat_months", "500")
    return View(found.manager, page_of(found, "matching"), each(typed, press("Use this matching")))


@state("GET console-build-resources 200", proof="What people have at hand")
async def resources() -> View:
    found = await market(1, 1)
    kept = await keep_file(factories.manager_of(found.manager, found.program), found.program.id, PDF)
    file = {"title": LONG_WORDS[:80], "file": kept.digest, "name": f"{'a' * 96}.pdf"}
    await changed(found, note_prompts=["What became clearer?"], resources={"files": [file]}, goal_examples=[
        {"want": "lead a review", "measure": "two are led", "competency": ""}])
    return View(found.manager, page_of(found, "resources"))


@state("POST console-build-files 422", proof="This is none of the kinds that people can open safely")
async def a_file_that_may_run() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "resources"), with_drawing)


@state("POST console-build-resources-keep 422", proof="Write something here.")
async def half_an_example() -> View:
    found = await market(1, 1)
    typed = fill("goal_examples[1].want", "lead a review")
    return View(found.manager, page_of(found, "resources"), each(typed, press("Use these resources")))


@state("GET console-build-words 200", proof="What you call people and things")
async def words_of_ones_own() -> View:
    found = await market(1, 1)
    await changed(found, terminology={"en": {"mentor": {"one": "adviser", "many": "advisers"}}})
    return View(found.manager, page_of(found, "words"))


@state("POST console-build-words-keep 422", proof="is said of something else already")
async def one_word_for_two() -> View:
    found = await market(1, 1)
    typed = each(fill("terminology.en.mentor.one", "mentee"), fill("terminology.en.mentor.many", "mentees"))
    return View(found.manager, page_of(found, "words"), each(typed, press("Use these words and this look")))


async def with_drawing(page: Page) -> None:
    """Choose a drawing, which may hold a script, and use it."""
    drawing = {"name": "guide.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
    await page.locator("[id='new.file']").set_input_files(drawing)
    await press("Use these files")(page)


def with_file(found: Market) -> Act:
    """Choose a file that sets one thing otherwise, and look at it."""
    async def act(page: Page) -> None:
        plan = await plan_of(factories.manager_of(found.manager, found.program), found.program.id)
        content = written({**plan.content, "places_max": 8}).encode()
        await page.locator("[id='file']").set_input_files(
            {"name": "programme.toml", "mimeType": "application/toml", "buffer": content})
        await press("Look at what it changes")(page)

    return act


async def in_review(found: Market) -> Actor:
    """A draft that was sent to review."""
    actor = factories.manager_of(found.manager, found.program)
    await changed(found, places_max=7)
    await send_to_review(actor, found.program.id, seen=(await plan_of(actor, found.program.id)).seen)
    return actor


async def changed(found: Market, **given: object) -> None:
    """Settings kept in the draft by the manager, from another window."""
    actor = factories.manager_of(found.manager, found.program)
    await change_part(actor, found.program.id, given, seen=(await plan_of(actor, found.program.id)).seen)


def page_of(found: Market, part: str) -> str:
    """The page of a part."""
    return f"/console/programs/{found.program.id}/build/{part}"


@state("GET console-build-messages 200", proof="Within the limits")
async def what_people_hear() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "messages"))


@state("POST console-build-messages-keep 303", proof="Kept in the draft. Nobody notices it yet.")
async def own_words_kept() -> View:
    found = await with_a_pair()
    typed = each(fill("subject", "A time with {other}?"), fill("body", "Half an hour is enough, {name}."))
    return View(found.manager, f"{page_of(found, 'messages')}?message=F01", each(typed, press("Keep this message")))


@state("POST console-build-messages-keep 422", proof="There is no {colour} here.")
async def an_unknown_name() -> View:
    found = await with_a_pair()
    typed = each(fill("subject", "Hello"), fill("body", "{colour} it is."), fill("moment-1", "900"))
    return View(found.manager, f"{page_of(found, 'messages')}?message=F01", each(typed, press("Keep this message")))


@state("GET console-build-messages 200", proof="Until you choose again, it comes from Ithaca as usual.")
async def narrowed_and_signed_by_somebody_who_left() -> View:
    found = await with_a_pair()
    said = {"only_if": "MET", "channel": "PUSH_FIRST", "sender": "1042"}
    await Program.filter(id=found.program.id).update(messages={"Z01": said})
    return View(found.manager, f"{page_of(found, 'messages')}?message=Z01")


@state("POST console-build-messages-keep 422", proof="Nobody with the number")
async def signed_by_somebody_who_just_left() -> View:
    found = await with_a_pair()
    number = found.manager.employee_id

    async def chosen(page: Page) -> None:
        await page.locator("#sender").select_option(number)
        await Person.filter(id=found.manager.id).update(employee_id="another")
        await press("Keep this message")(page)

    return View(found.manager, f"{page_of(found, 'messages')}?message=Z01", chosen)


@state("POST console-build-messages-test 303", proof="A test is on its way to your mailbox.")
async def a_test_asked_for() -> View:
    found = await with_a_pair()
    return View(found.manager, f"{page_of(found, 'messages')}?message=G01", press("Send me a test"))


@state("GET console-build-messages 200", proof="Only while they have not met yet.")
async def a_message_of_its_own() -> View:
    found = await with_its_own()
    return View(found.manager, page_of(found, "messages"))


@state("GET console-build-own 200", proof="Half an hour is enough.")
async def a_message_of_its_own_shown() -> View:
    found = await with_its_own()
    return View(found.manager, page_of(found, "messages/own/say-hello"))


@state("POST console-build-own-keep 422", proof="That something did not happen takes a day at least.")
async def a_message_that_could_never_go() -> View:
    found = await with_its_own()
    typed = each(fill("days", "0"), fill("subject", LONG_WORDS), fill("body", "{colour}"))
    return View(found.manager, page_of(found, "messages/own/say-hello"), each(typed, press("Keep this message")))


@state("POST console-build-own-keep 303", proof="Kept in the draft. Nobody notices it yet.")
async def a_message_of_its_own_kept() -> View:
    found = await with_its_own()
    return View(found.manager, page_of(found, "messages/own/say-hello"),
                each(fill("days", "4"), press("Keep this message")))


@state("POST console-build-own-test 303", proof="A test is on its way to your mailbox.")
async def a_message_of_its_own_tried() -> View:
    found = await with_its_own()
    return View(found.manager, page_of(found, "messages/own/say-hello"), press("Send me a test"))


async def with_its_own() -> Market:
    """A programme with a pair and one message of its own."""
    found = await with_a_pair()
    words = {"en": {"subject": "A time with {other}?", "body": "Half an hour is enough."}}
    own = {"name": "Before they meet", "when": "NOT_MET", "days": 6, "to": "BOTH", "only_if": None, "words": words}
    await Program.filter(id=found.program.id).update(messages={"OWN": {"say-hello": own}})
    return found


async def with_a_pair() -> Market:
    """Two people who are matched, as whom messages are shown."""
    found = await market(1, 1)
    await factories.match(found.mentors[0], found.mentees[0], state=MatchState.ACTIVE, active_at=clock.now())
    return found
