"""You: times, profile, consents, devices and looks; and what is wrong with any."""

from dataclasses import asdict, replace
from datetime import timedelta

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press
from server.access.actions import open_session
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from server.notifications.models import Message
from server.people import actions as people
from server.people.models import Person
from server.people.states import ConsentPurpose
from server.programs.models import Program
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair
from tests.server.journey.tapping.test_tapping import offer
from tests.server.notifications.push_service import PushService

state = Shelf("you")
STATES = state.states
HERE = "/you"


@state("GET you 200", proof="What reaches you")
async def mentee() -> View:
    return View(await _somebody(), HERE)


@state("GET you 200", proof="Yes to “Use my profile”")
async def everything_open() -> View:
    who = await _somebody()
    await factories.dead_mailbox(who)
    return View(who, HERE, open_everything)


@state("GET you 200", "POST you-mailbox 303", proof="The next mail goes there again")
async def mail_tried_again() -> View:
    who = await _somebody()
    await factories.dead_mailbox(who)
    return View(who, HERE, press("It works: try again"))


@state("GET you-told 200", proof="Nothing yet")
async def told_nothing() -> View:
    return View(await _somebody(), f"{HERE}/told")


@state("GET you-told 200", "POST you-told-read 204", proof="Idris Brightwater, new")
async def told_this_and_that() -> View:
    return View((await _told()).mentee, f"{HERE}/told")


@state("GET you-told-one 303", "GET you-told 200", proof="What that was about is no longer there.")
async def told_of_what_is_gone() -> View:
    pair = await _told()
    return View(pair.mentee, f"{HERE}/told/{(await Message.filter(kind='S01').get()).id}")


@state("GET you-profile 200", proof="About you")
async def profile_to_edit() -> View:
    return View(await _somebody(), f"{HERE}/profile", open_everything)


@state("POST you-profile 303", "GET you 200", proof="I like maps.")
async def profile_saved() -> View:
    return View(await _somebody(), f"{HERE}/profile", each(fill("about", "I like maps."), press("Save profile")))


@state("POST you-profile 422", proof="One thing to fix")
async def profile_with_an_error() -> View:
    acts = each(fill("another_wanted", "Juggling"), press("Save profile"))
    return View(await _somebody(), f"{HERE}/profile", acts)


@state("POST you-times 422", proof="to fix")
async def times_with_an_error() -> View:
    return View(await _somebody(), HERE, each(fill("zone", "Atlantis"), press("Save times")))


@state("POST you-times 200", proof="On your clock it is now")
async def zone_changed() -> View:
    return View(await _booked(), HERE, each(fill("zone", "Africa/Nairobi"), _some_time, press("Save times")))


@state("POST you-times 303", "POST you-zone 303", "GET you 200", proof="Your clock is as before.")
async def zone_changed_and_back_without_scripts() -> View:
    async def sent(page: Page) -> None:
        async with page.expect_navigation():
            await page.evaluate("document.querySelector('#times form').submit()")

    return View(await _booked(), HERE, each(fill("zone", "Africa/Nairobi"), _some_time, sent, press("Undo")))


async def _some_time(page: Page) -> None:
    await page.locator("#day_parts-1").check(force=True)


@state("POST you-times 422", proof="to fix")
async def times_with_an_error_without_scripts() -> View:
    async def sent(page: Page) -> None:
        async with page.expect_navigation():
            await page.evaluate("document.querySelector('#times form').submit()")

    return View(await _somebody(), HERE, each(fill("zone", "Atlantis"), sent))


@state("POST you-messages 200", proof="Saved")
async def messages_saved() -> View:
    return View(await _somebody(), HERE, press("Save messages"))


@state("POST you-consent 200", proof="Needed to take part.")
async def consent_at_stake() -> View:
    return View(await _somebody(), HERE, _turn("matching"))


@state("POST you-consent 200", proof="Switched off: Use my profile")
async def consent_taken_back() -> View:
    return View(await _somebody(), HERE, each(_turn("matching"), press("Yes, take it back")))


@state("POST you-consent 200", proof="Switched on: Count my answers")
async def consent_given() -> View:
    return View(await _somebody(), HERE, _turn("results"))


@state("POST you-consent 200", proof="Before it counts")
async def consent_at_stake_without_scripts() -> View:
    async def act(page: Page) -> None:
        await page.evaluate("document.querySelector('#s-you-consents-matching').form.submit()")

    async def turned_first(page: Page) -> None:
        await page.evaluate("document.querySelector('#s-you-consents-matching').checked = false")

    return View(await _somebody(), HERE, each(turned_first, act))


def _turn(purpose: str) -> Act:
    """Turn a switch, as a tap on its row does."""

    async def act(page: Page) -> None:
        await page.locator(f"#s-you-consents-{purpose}").click(force=True)

    return act


@state("POST you-look 204", "GET you 200", proof="Saved")
async def look_saved() -> View:
    return View(await _somebody(), HERE, press("Save language and look"))


@state("POST you-look 422", proof="One thing to fix")
async def language_with_an_error() -> View:
    odd = "document.querySelector('#language').insertAdjacentHTML('beforeend', '<option selected>no tag</option>')"

    async def act(page: Page) -> None:
        await page.evaluate(odd)
        await page.get_by_role("button", name="Save language and look").click()

    return View(await _somebody(), HERE, act)


@state("POST you-look 422", proof="One thing to fix")
async def language_with_an_error_without_scripts() -> View:
    odd = "document.querySelector('#language').insertAdjacentHTML('beforeend', '<option selected>no tag</option>')"

    async def act(page: Page) -> None:
        await page.evaluate(odd)
        async with page.expect_navigation():
            await page.evaluate("document.querySelector('#look form').submit()")

    return View(await _somebody(), HERE, act)


@state("POST you-device-sign-out 303", "GET you 200", proof="Signed out there")
async def device_signed_out() -> View:
    someone = await _somebody()
    await open_session(someone, "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)")

    async def act(page: Page) -> None:
        await page.locator("form[action$='/sign-out'] button").first.click()

    return View(someone, HERE, act)


async def _told() -> Pair:
    """A pair whose mentee was told of the match, of a request long answered, and of a session that is no more."""
    pair = await factories.active_match()
    for kind, gone in (("M08", False), ("F01", False), ("S01", True)):
        about = {"match_id": str(pair.match.id), **({"session_id": str(new_id())} if gone else {})}
        await factories.told(pair.mentee, kind, **about)
    return pair


async def _somebody() -> Person:
    """Noor, who agreed to what is needed."""
    pair = await factories.active_match()
    system = system_actor(pair.organization.id)
    await people.publish_consent_text(
        system, ConsentPurpose.MATCHING, "Use my profile", "Needed to take part.", required=True
    )
    await people.publish_consent_text(system, ConsentPurpose.RESULTS, "Count my answers", "Never with your name.")
    await people.record_consents(pair.mentee_actor, {ConsentPurpose.MATCHING: True})
    return pair.mentee


@state("GET you 200", proof="Tell me on this device")
async def asked_to_be_told() -> View:
    return View(await _booked(), HERE, _in_a_browser(ASKING), alone=True)


@state("GET you 200", proof="This browser cannot")
async def asked_where_it_cannot_be() -> View:
    return View(await _booked(), HERE, _in_a_browser("delete window.PushManager"), alone=True)


@state("POST you-push 422", proof="One thing to fix")
async def asked_without_an_address() -> View:
    return View(await _booked(), HERE, _ask("https://push.example/one"))


@state("POST you-push 303", "GET you 200", proof="This device tells you at once")
async def told_on_this_device() -> View:
    return View(await _booked(), HERE, _ask("https://fcm.googleapis.com/fcm/send/one"))


@state("POST you-push-stop 303", "GET you 200", proof="This device tells you no more")
async def told_no_more() -> View:
    return View(await _booked(), HERE, each(_ask("https://fcm.googleapis.com/fcm/send/one"), press("Stop")), alone=True)


ASKING = "Object.defineProperty(Notification, 'permission', { value: 'default' })"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1"


@state("GET home 200", proof="Know at once when something changes?")
async def offered_after_a_booking() -> View:
    return View(await _booked(), "/", _in_a_browser(ASKING), alone=True)


@state("GET match 200", proof="Know at once when Idris answers?")
async def offered_while_somebody_is_to_answer() -> View:
    pair = (await offer()).pair
    return View(pair.mentee, f"/match/{pair.match.id}", _in_a_browser(ASKING), alone=True)


@state("POST you-push-refusal 303", "GET home 200", proof="You find it under You.")
async def offer_refused() -> View:
    return View(await _booked(), "/", each(_in_a_browser(ASKING), press("Not now")), alone=True)


@state("GET home 200", proof="Show me how")
async def offered_to_an_iphone() -> View:
    return View(await _booked(), "/", _on_an_iphone("/"), alone=True)


@state("GET install 200", proof="It looks different here")
async def install() -> View:
    return View(await _booked(), "/", each(_on_an_iphone("/install"), open_everything), alone=True)


@state("POST install-refusal 303", "GET home 200", proof="You find the page under You.")
async def install_refused() -> View:
    return View(await _booked(), "/", each(_on_an_iphone("/install"), press("Not now")), alone=True)


@state("GET install 200", proof="Back")
async def install_looked_up() -> View:
    return View(await _somebody(), "/install")


def _on_an_iphone(path: str) -> Act:
    """Go to a page as Safari on an iPhone, as far as the server knows."""

    async def act(page: Page) -> None:
        await page.set_extra_http_headers({"User-Agent": SAFARI})
        await page.goto(f"{page.url.partition('://')[0]}://{page.url.split('/')[2]}{path}")

    return act


def _in_a_browser(of_a_kind: str) -> Act:
    """Look with a browser that this script makes one of its kind."""

    async def act(page: Page) -> None:
        await page.add_init_script(of_a_kind)
        await page.reload()

    return act


def _ask(endpoint: str) -> Act:
    """Send what the script sends once the browser has given an address; no push service is reached from a test."""

    async def act(page: Page) -> None:
        given = asdict(replace(PushService().address(), endpoint=endpoint))
        async with page.expect_navigation():
            await page.evaluate("""async (given) => {
              const form = document.querySelector("[data-push]");
              const point = await (await fetch("/push")).text();
              Object.entries({ ...given, point }).forEach(([name, value]) => {
                form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
              });
              form.submit();
            }""", given)

    return act


async def _booked() -> Person:
    pair = await factories.active_match()
    starts = clock.now() + timedelta(days=2)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=starts,
        ends_at=starts + timedelta(minutes=45), state=SessionState.SCHEDULED,
    )
    return pair.mentee


@state("GET team 200", proof="1 of your people takes part")
async def own_people() -> View:
    """Who manages people sees how they stand, and with whom nowhere."""
    pair = await factories.active_match()
    await Program.filter(id=pair.program.id).update(reports={"line_managers": True})
    return View(pair.line_manager, "/team")


@state("GET team 200", proof="None of your people takes part")
async def nobody_of_mine() -> View:
    """Who manages nobody that takes part finds a drawing and a word."""
    return View((await factories.active_match()).line_manager, "/team")
