"""Written without a network, in Chromium: kept encrypted on this device, sent once when there is one, or given back."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, Route, expect

from server.access.actions import end_sessions, open_session
from server.access.models import UserSession
from server.kernel import clock
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging.models import ThreadMessage
from server.people.models import Person
from server.sessions.actions import book_session
from server.sessions.models import SessionNote
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair
from tests.pwa.conftest import WITHIN_MS

LINE = "Ask Mei what she fears about the change."
WAITS, KEPT = "Will be sent when you’re back.", "Kept on this device. Not sent yet."
REFUSED, NO_NETWORK = "Not sent yet. Try again.", "No connection. Try again when you’re back."
SIGNED_OUT, ON_ITS_WAY = "You are signed out. It goes out once you are back in.", "On its way"
ON_THE_DEVICE = """async () => {
  const opening = indexedDB.open("ithaca");
  const base = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  if (!base.objectStoreNames.length) { base.close(); indexedDB.deleteDatabase("ithaca"); return { count: 0 }; }
  const all = (name) => new Promise((done) => {
    base.transaction(name).objectStore(name).getAll().onsuccess = (event) => done(event.target.result);
  });
  const [kept, keys] = [await all("kept"), await all("keys")];
  const words = kept.map((one) => new TextDecoder("latin1").decode(one.words)).join() + JSON.stringify(kept);
  return { count: kept.length, words, readable: keys.some((key) => key.extractable) };
}"""


async def signed_in(page: Page, site: str, person: Person, path: str) -> None:
    await page.context.add_cookies([{"name": "ithaca", "value": await open_session(person), "url": site}])
    await opened(page, site + path)


async def opened(page: Page, address: str) -> None:
    """A page with its late script in charge."""
    await page.goto(address)
    await expect(page.locator("html[data-later]")).to_be_attached(timeout=WITHIN_MS)


async def told(page: Page, words: str) -> None:
    await expect(page.locator("[data-kept]")).to_contain_text(words, timeout=WITHIN_MS)


async def sent_offline(page: Page, words: str) -> None:
    await page.context.set_offline(True)
    await page.locator("#body").fill(words)
    await page.get_by_role("button", name="Send").click()
    await told(page, WAITS)


async def test_a_word_waits_unreadable_and_goes_out_once_as_it_was_last(page: Page, site: str) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    await sent_offline(page, "a first try")
    await sent_offline(page, LINE)
    held = await page.evaluate(ON_THE_DEVICE)
    assert (held["count"], held["readable"]) == (1, False)
    assert "fears" not in held["words"]
    assert not await ThreadMessage.exists()
    await page.context.set_offline(False)
    await expect(page.locator(".thread")).to_contain_text(LINE, timeout=WITHIN_MS)
    await expect(page.locator("html[data-later]")).to_be_attached(timeout=WITHIN_MS)
    assert [one.body for one in await ThreadMessage.all()] == [LINE]
    assert (await page.evaluate(ON_THE_DEVICE))["count"] == 0


async def test_what_cannot_be_taken_any_more_is_given_back_with_its_words(page: Page, site: str) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    await sent_offline(page, LINE)
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    await page.context.set_offline(False)
    await told(page, REFUSED)
    await expect(page.locator("#body")).to_have_value(LINE)
    assert not await ThreadMessage.exists()


async def test_a_draft_is_there_again_after_the_page_was_lost(page: Page, site: str) -> None:
    pair = await factories.active_match()
    here = f"{site}/messages/{pair.match.id}"
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    await page.context.set_offline(True)
    await page.locator("#body").fill(LINE)
    await told(page, KEPT)
    await page.close()
    page = await page.context.new_page()
    await page.context.set_offline(False)
    await opened(page, here)
    await expect(page.locator("#body")).to_have_value(LINE)
    assert not await ThreadMessage.exists()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".thread")).to_contain_text(LINE, timeout=WITHIN_MS)
    await opened(page, here)
    await expect(page.locator("[data-kept]")).to_have_count(0)


async def test_nobody_else_sends_what_somebody_wrote_here(page: Page, site: str) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    await sent_offline(page, LINE)
    await page.close()     # a page that was only left may still hear that the network is back
    page = await page.context.new_page()
    await page.context.set_offline(False)
    await signed_in(page, site, pair.mentor, f"/messages/{pair.match.id}")
    assert (await page.evaluate(ON_THE_DEVICE))["count"] == 0
    await expect(page.locator("[data-kept]")).to_have_count(0)
    assert not await ThreadMessage.exists()


async def test_an_answer_that_got_lost_leaves_one_word(page: Page, site: str) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    lost: list[int] = []

    async def drop(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)     # the server has it; the answer never arrives
        lost.append(answer.status)
        await route.abort()

    await page.route("**/messages/*", drop, times=1)
    await page.locator("#body").fill(LINE)
    await page.get_by_role("button", name="Send").click()
    await told(page, WAITS)
    assert lost == [204]
    assert await ThreadMessage.all().count() == 1
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator(".thread")).to_contain_text(LINE, timeout=WITHIN_MS)
    await opened(page, page.url)
    assert [one.body for one in await ThreadMessage.all()] == [LINE]


async def test_a_slow_line_is_said_and_a_second_press_sends_nothing(page: Page, site: str) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    asked, held = list[str](), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "POST":
            asked.append(route.request.post_data or "")
            await held.wait()
        await route.continue_()

    await page.route("**/messages/*", hold)
    await page.locator("#body").fill(LINE)
    for _press in range(3):
        await page.get_by_role("button", name="Send").click()
    await told(page, ON_ITS_WAY)
    assert await page.locator("#compose").get_attribute("aria-busy") == "true"
    held.set()
    await expect(page.locator(".thread")).to_contain_text(LINE, timeout=WITHIN_MS)
    assert len(asked) == 1
    assert [one.body for one in await ThreadMessage.all()] == [LINE]


async def test_who_was_signed_out_meanwhile_signs_in_and_it_goes_out(page: Page, site: str) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    await sent_offline(page, LINE)
    await UserSession.filter(person_id=pair.mentee.id).update(expires_at=clock.now())
    await page.context.set_offline(False)
    await told(page, SIGNED_OUT)
    here = f"/sign-in?next=%2Fmessages%2F{pair.match.id}"
    await expect(page.locator("[data-kept]").get_by_role("link", name="Sign in")).to_have_attribute("href", here)
    await expect(page.locator("#body")).to_have_value(LINE)
    assert not await ThreadMessage.exists()
    await page.context.add_cookies([{"name": "ithaca", "value": await open_session(pair.mentee), "url": site}])
    await page.reload()
    await expect(page.locator(".thread")).to_contain_text(LINE, timeout=WITHIN_MS)
    assert [one.body for one in await ThreadMessage.all()] == [LINE]


async def test_a_device_that_was_signed_out_from_elsewhere_keeps_nothing_and_gives_it_back(
    page: Page, site: str
) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    await sent_offline(page, LINE)
    await end_sessions(pair.mentee_actor, pair.mentee.id)
    await page.context.set_offline(False)
    await expect(page.get_by_text("You are signed out, so nothing was saved.")).to_be_visible(timeout=WITHIN_MS)
    values = await page.locator("#typed textarea").evaluate_all("all => all.map(one => one.value)")
    assert LINE in values
    await opened(page, page.url)
    assert (await page.evaluate(ON_THE_DEVICE))["count"] == 0
    assert not await ThreadMessage.exists()


async def test_who_signs_in_in_another_window_sends_nothing_that_was_written_in_this_one(page: Page, site: str) -> None:
    pair = await factories.active_match()
    await signed_in(page, site, pair.mentee, f"/messages/{pair.match.id}")
    other = await page.context.new_page()
    await signed_in(other, site, pair.mentor, "/")
    await page.locator("#body").fill(LINE)
    async with page.expect_navigation(wait_until="load"):
        await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#body")).not_to_have_value(LINE)
    assert not await ThreadMessage.exists()


async def test_a_yes_given_without_a_network_is_counted_when_there_is_one(page: Page, site: str) -> None:
    pair: Pair = await factories.active_match(state=MatchState.AWAITING_BOTH, active_at=None)
    await signed_in(page, site, pair.mentee, f"/match/{pair.match.id}")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Yes,").click()
    await told(page, WAITS)
    await page.context.set_offline(False)
    await expect(page.get_by_role("heading", name="Idris has your request")).to_be_visible(timeout=WITHIN_MS)
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_MENTOR


async def test_a_note_that_could_not_be_saved_keeps_its_words_and_is_saved_with_the_network(
    page: Page, site: str
) -> None:
    pair = await factories.active_match()
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    session = await book_session(pair.mentee_actor, pair.match.id, slot.starts_at)
    await signed_in(page, site, pair.mentee, f"/session/{session.id}")
    await page.context.set_offline(True)
    await page.locator("#note-0").fill(LINE)
    again = page.get_by_role("button", name="Not saved yet. Try again")
    await expect(again).to_be_visible(timeout=WITHIN_MS)
    await told(page, KEPT)
    await expect(page.locator("#note-0")).to_have_value(LINE)
    await page.context.set_offline(False)
    await expect(page.locator("#saved")).to_contain_text("Saved ", timeout=WITHIN_MS)
    await expect(page.get_by_role("status")).to_contain_text("Saved ", timeout=WITHIN_MS)
    await expect(page.locator("[data-kept]")).to_have_count(0, timeout=WITHIN_MS)
    assert [note.body for note in await SessionNote.filter(prompt=0)] == [LINE]
    assert (await page.evaluate(ON_THE_DEVICE))["count"] == 0
