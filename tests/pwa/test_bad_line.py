"""Forms on a bad line, in Chromium: what waits goes out once, in its last wording, whatever became of its answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from server.goals import actions as goals
from server.goals.models import Milestone
from server.goals.states import MilestoneState
from server.messaging.models import ThreadMessage
from server.sessions.actions import book_session
from server.sessions.models import AgendaItem, Session
from server.sessions.times import slots_for_match
from tests import factories
from tests.badline import BadLine
from tests.factories import Pair
from tests.pwa.conftest import WITHIN_MS
from tests.pwa.test_later import LINE, NO_NETWORK, ON_THE_DEVICE, WAITS, signed_in

FIRST, SECOND = "Who decides, and by when?", "What the team hears first"
ONLINE = "dispatchEvent(new Event('online'))"
AGED = """async (by) => {
  const opening = indexedDB.open("ithaca");
  const base = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  const kept = base.transaction("kept", "readwrite").objectStore("kept");
  const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  for (const place of await asked(kept.getAllKeys())) {
    const one = await asked(kept.get(place));
    await asked(kept.put({ ...one, at: one.at - by }, place));
  }
  base.close();
}"""


async def _session(pair: Pair) -> Session:
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    return await book_session(pair.mentee_actor, pair.match.id, slot.starts_at)


async def _steps(pair: Pair, *titles: str) -> list[Milestone]:
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review", measure="two reviews led",
        due_on=factories.in_days(120),
    )
    return [await goals.add_milestone(pair.mentee_actor, goal.id, title) for title in titles]


async def _sent(page: Page, words: str) -> None:
    await page.locator("#body").fill(words)
    await page.get_by_role("button", name="Send").click()


async def _waits(page: Page, count: int = 1, words: str = WAITS) -> None:
    await expect(page.locator("[data-kept]").filter(has_text=words)).to_have_count(count, timeout=WITHIN_MS)


async def _back(page: Page, line: BadLine) -> None:
    """The line is good again, and the browser says so."""
    line.turn("good")
    await page.evaluate(ONLINE)
    await _nothing_left(page)


async def _nothing_left(page: Page) -> None:
    await expect(page.locator("[data-kept]")).to_have_count(0, timeout=WITHIN_MS)
    await expect(page.locator("html[data-later]")).to_be_attached(timeout=WITHIN_MS)
    await page.wait_for_function(f"({ON_THE_DEVICE})().then((held) => held.count === 0)", timeout=WITHIN_MS)


async def test_topics_wait_each_by_itself_and_are_added_once_in_their_order(
    page: Page, line: tuple[str, BadLine]
) -> None:
    (near, wire), pair = line, await factories.active_match()
    session = await _session(pair)
    await signed_in(page, near, pair.mentee, f"/session/{session.id}")
    await page.get_by_text("Add or change topics").click()
    wire.turn("cut")
    for number, topic in enumerate((FIRST, SECOND), 1):
        await page.locator("#new_topic").fill(topic)
        await page.get_by_role("button", name="Add the topic").click()
        await _waits(page, number)
        await expect(page.locator("#new_topic")).to_have_value("")
    await _waits(page, 1, f"“{FIRST}” {WAITS}")
    held = await page.evaluate(ON_THE_DEVICE)
    assert held["count"] == 2
    assert "decides" not in held["words"]
    await page.get_by_role("button", name="Down").first.click()
    await _waits(page, 1, NO_NETWORK)
    await page.get_by_role("button", name="Remove").first.click()
    await _waits(page, 3)
    before = [one.topic for one in await AgendaItem.filter(session_id=session.id).order_by("position")]
    await _back(page, wire)
    after = [one.topic for one in await AgendaItem.filter(session_id=session.id).order_by("position")]
    assert after == [*before[1:], FIRST, SECOND]


async def test_a_topic_whose_answer_got_lost_is_added_once_and_an_unsaved_promise_stays(
    page: Page, line: tuple[str, BadLine]
) -> None:
    (near, wire), pair = line, await factories.active_match()
    session = await _session(pair)
    await signed_in(page, near, pair.mentee, f"/session/{session.id}")
    await page.get_by_text("Add or change topics").click()
    await page.locator("#promise").fill("Ask Mei")
    wire.turn("deaf")
    await page.locator("#new_topic").fill(FIRST)
    await page.get_by_role("button", name="Add the topic").click()
    await _waits(page)
    assert await AgendaItem.filter(session_id=session.id).count() == 4
    wire.turn("good")
    async with page.expect_navigation(wait_until="load"):
        await page.evaluate(ONLINE)
    await expect(page.locator("#promise")).to_have_value("Ask Mei", timeout=WITHIN_MS)
    topics = await AgendaItem.filter(session_id=session.id).order_by("position")
    assert [one.topic for one in topics][3:] == [FIRST]


async def test_ticks_and_a_new_step_of_the_journey_wait_and_count_once(page: Page, line: tuple[str, BadLine]) -> None:
    (near, wire), pair = line, await factories.active_match()
    await _steps(pair, "Watch two reviews", "Lead one")
    await signed_in(page, near, pair.mentee, "/")
    wire.turn("cut")
    boxes = page.locator(".tick-form input[type=checkbox]")
    for number in (0, 1, 1):     # the second one was a slip, and is taken back
        await boxes.nth(number).click()
        await _waits(page, min(number, 1) + 1)
    await page.get_by_text("Add a step").click()
    await page.get_by_label("What is the step?").fill("Ask for a verdict")
    await page.get_by_role("button", name="Add the step").click()
    await _waits(page, 3)
    await page.get_by_label("What is the step?").fill("Ask Mei for a verdict")
    await page.get_by_role("button", name="Add the step").click()
    await expect(page.locator("form[data-sending]")).to_have_count(0, timeout=WITHIN_MS)
    await _waits(page, 3)
    await _back(page, wire)
    steps = await Milestone.all().order_by("position")
    assert [step.title for step in steps] == ["Watch two reviews", "Lead one", "Ask Mei for a verdict"]
    assert [step.state is MilestoneState.DONE for step in steps] == [True, False, False]


async def test_a_word_that_arrived_and_was_changed_before_its_answer_came_has_its_last_wording(
    page: Page, line: tuple[str, BadLine]
) -> None:
    (near, wire), pair = line, await factories.active_match()
    await signed_in(page, near, pair.mentee, f"/messages/{pair.match.id}")
    wire.turn("deaf")
    await _sent(page, "Ask Mei.")
    await _waits(page)
    assert [one.body for one in await ThreadMessage.all()] == ["Ask Mei."]
    wire.turn("cut")
    await page.locator("#body").fill(LINE)
    await _waits(page, 1, "Not sent yet.")
    await page.get_by_role("button", name="Send").click()
    await _waits(page)
    await _back(page, wire)
    await expect(page.locator(".thread")).to_contain_text(LINE)
    assert [one.body for one in await ThreadMessage.all()] == [LINE]


async def test_what_is_sent_while_an_older_wording_is_on_its_way_is_the_one_that_stays(
    page: Page, line: tuple[str, BadLine]
) -> None:
    (near, wire), pair = line, await factories.active_match()
    await signed_in(page, near, pair.mentee, f"/messages/{pair.match.id}")
    wire.turn("cut")
    await _sent(page, "Ask Mei.")
    await _waits(page)
    wire.turn("good")
    await page.evaluate(f"""async (words) => {{
      {ONLINE};
      document.getElementById("body").value = words;
      document.querySelector("#compose button").click();
    }}""", LINE)
    await expect(page.locator(".thread")).to_contain_text(LINE, timeout=WITHIN_MS)
    await _nothing_left(page)
    assert [one.body for one in await ThreadMessage.all()] == [LINE]


async def test_a_time_does_not_wait_for_it_may_be_taken(page: Page, line: tuple[str, BadLine]) -> None:
    (near, wire), pair = line, await factories.active_match()
    await signed_in(page, near, pair.mentee, f"/match/{pair.match.id}/session")
    wire.turn("cut")
    chosen = page.locator("input[name=slot]").nth(1)
    await chosen.check(force=True)
    await page.locator("button.main-action").click()
    await _waits(page, 1, NO_NETWORK)
    await expect(chosen).to_be_checked()
    assert (await page.evaluate(ON_THE_DEVICE))["count"] == 0
    value = await chosen.get_attribute("value")
    wire.turn("good")
    await page.locator("button.main-action").click()
    await expect(page.locator("#toasts")).to_contain_text("Booked for", timeout=WITHIN_MS)
    assert [one.starts_at.isoformat() for one in await Session.all()] == [value]


async def test_on_a_thin_line_that_breaks_a_word_is_sent_once(page: Page, line: tuple[str, BadLine]) -> None:
    (near, wire), pair = line, await factories.active_match()
    await signed_in(page, near, pair.mentee, f"/messages/{pair.match.id}")
    tools = await page.context.new_cdp_session(page)
    thin = {"offline": False, "latency": 600, "downloadThroughput": 6_000, "uploadThroughput": 2_000}
    await tools.send("Network.enable")
    await tools.send("Network.emulateNetworkConditions", thin)
    wire.turn("deaf")
    await _sent(page, LINE)
    await page.get_by_role("button", name="Send").click()
    await _waits(page)
    await tools.send("Network.emulateNetworkConditions", {**thin, "offline": True})
    await tools.send("Network.emulateNetworkConditions", thin)
    assert wire.lost
    wire.turn("good")
    await page.evaluate(ONLINE)
    await expect(page.locator(".thread")).to_contain_text(LINE, timeout=WITHIN_MS)
    assert [one.body for one in await ThreadMessage.all()] == [LINE]


@pytest.mark.parametrize(("age", "sent"), [(timedelta(days=7, minutes=1), []), (timedelta(days=6, hours=23), [LINE])])
async def test_what_is_older_than_seven_days_is_forgotten_unread(
    page: Page, line: tuple[str, BadLine], age: timedelta, sent: list[str]
) -> None:
    (near, wire), pair = line, await factories.active_match()
    here = f"/messages/{pair.match.id}"
    await signed_in(page, near, pair.mentee, here)
    wire.turn("cut")
    await _sent(page, LINE)
    await _waits(page)
    await page.evaluate(AGED, age / timedelta(milliseconds=1))
    wire.turn("good")
    await page.reload()
    for words in sent:
        await expect(page.locator(".thread")).to_contain_text(words, timeout=WITHIN_MS)
    await _nothing_left(page)
    assert [one.body for one in await ThreadMessage.all()] == sent
