"""`make journey`: two real people meet, in Chromium at 390 px against the running server.

480 real records (in `make test` a quarter of them) are imported, matched and approved; then a mentee and a mentor go
through enrolment, match notice, first booking, goal, session note and mid-programme check-in: once by pointer, once
with scripts off, once by keyboard alone; the last two close goals besides. Screens are counted: at most five a person,
and nobody leaves the product.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Error, Locator, Page, ViewportSize, expect

from tests.arrival import WITHIN_S, answered, drawn
from tests.conftest import environment
from tests.journeys.hands import Hand, Keyboard, Pointer
from tests.journeys.real_people import PROGRAM, DataAbsent, people_file
from tests.journeys.scene import Scene, migrated, prepare
from tests.live import chromium, serving

SHOTS = Path("var/journey")
SCREENS_AT_MOST = 5
WITHIN_MS = 120_000
WAYS: tuple[tuple[str, Hand, bool], ...] = (
    ("pointer", Pointer(), True), ("without-scripts", Pointer(), False), ("keyboard", Keyboard(), True),
)
"""Each pair's hand, and whether its scripts are on."""
CLOSINGS = {
    "without-scripts": ("I reached it", "Well sailed."), "keyboard": ("Keep it for later", "Kept for later."),
}
"""What becomes of the first goal of those who have no pointer or no scripts, and what the page says then."""
PHONE = ViewportSize(width=390, height=844)
SCREENS = {
    "join": "Join", "waiting": "Join", "match": "Match", "": "Journey", "session": "Session", "checkin": "Check-in",
}
"""The first part of an address -> the screen it is a state of. Waiting is a state of Join (design.md 2.1)."""


async def picture(page: Page, name: str) -> None:
    """For eyes, not for the test: Chromium cannot always take one on a busy machine, and the journey goes on."""
    with suppress(Error):
        await page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


@dataclass
class Walk:
    """One person's way through the product: the screens dealt with, in order, and every address outside it."""

    page: Page
    name: str
    home: str
    hand: Hand
    scripts: bool
    screens: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    async def see(self, shot: str) -> None:
        """Note where the person is, and take a picture."""
        at = urlsplit(self.page.url)
        if f"{at.scheme}://{at.netloc}" != self.home:
            self.outside.append(self.page.url)
        first = at.path.strip("/").partition("/")[0]
        assert first in SCREENS, f"{self.page.url} is no screen of the journey"
        if SCREENS[first] not in self.screens:
            self.screens.append(SCREENS[first])
        await picture(self.page, f"{self.name}-{shot}")

    async def send(self, control: Locator) -> None:
        """Press what has an answer, and wait for it."""
        async with answered(control):
            await self.hand.press(control)

    async def press(self, name: str) -> None:
        """Press a button and wait for what follows."""
        await self.send(self.page.get_by_role("button", name=name).first)

    async def follow(self, name: str) -> None:
        """Follow a link."""
        await self.send(self.page.get_by_role("link", name=name).first)

    async def tick(self, selector: str) -> None:
        """Choose the first of some answers."""
        await self.hand.tick(self.page.locator(selector).first)

    async def write(self, label: str, words: str) -> None:
        """Fill in a field."""
        await self.hand.write(self.page.get_by_label(label), words)

    async def go(self, path: str) -> None:
        """Start anew at an address: the app was opened again."""
        await self.page.goto(self.home + path)
        await drawn(self.page)


@pytest.fixture(scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[str, Scene], None]:
    """The real people in a fresh database, served."""
    try:
        people_file()
    except DataAbsent as absent:
        pytest.skip(str(absent))
    SHOTS.mkdir(parents=True, exist_ok=True)
    var = tmp_path_factory.mktemp("journey")
    with environment(ITHACA_VAR_DIR=str(var), ITHACA_DEMO="1"):
        scene = await prepare(migrated(var))
        with serving(var, ITHACA_DEMO="1") as url:
            yield url, scene


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser, None]:
    async with chromium() as found:
        yield found


@dataclass
class Pair:
    """Two people who meet, and the manager who approves it, all with the same hand."""

    way: str
    mentee: Walk
    mentor: Walk
    manager: Walk
    name: str

    @property
    def both(self) -> tuple[Walk, Walk]:
        return self.mentee, self.mentor


async def pair_of(browser: Browser, url: str, scene: Scene, number: int) -> Pair:
    """The pair that goes one way, each of the three on a phone of their own."""
    way, hand, scripts = WAYS[number]
    (name, mentee), (_name, mentor) = scene.mentees[number], scene.mentors[number]

    async def walk(who: str, secret: str) -> Walk:
        return Walk(await phone(browser, url, secret, scripts=scripts), f"{way}-{who}", url, hand, scripts)

    return Pair(
        way, await walk("mentee", mentee), await walk("mentor", mentor), await walk("manager", scene.manager), name
    )


async def phone(browser: Browser, url: str, secret: str, *, scripts: bool) -> Page:
    context = await browser.new_context(
        viewport=PHONE, java_script_enabled=scripts, reduced_motion="reduce", locale="en-GB"
    )
    await context.add_cookies([{"name": "ithaca", "value": secret, "url": url}])
    context.set_default_timeout(WITHIN_MS)
    return await context.new_page()


async def test_real_people_meet_by_pointer_without_scripts_and_by_keyboard(
    live: tuple[str, Scene], browser: Browser
) -> None:
    """All pairs live through the same days, one after another on each of them."""
    (url, scene), started = live, time.perf_counter()
    pairs = [await pair_of(browser, url, scene, number) for number in range(len(WAYS))]
    for pair in pairs:
        await enrol(pair.mentee, pair.mentor)
        await approve(pair.manager, scene.group, pair.name)
    await days_pass(pairs[0].manager, 1)
    met = [await decide(pair.mentee, pair.mentor) for pair in pairs]
    for pair in pairs:
        await set_a_step(pair.mentee)
    await days_pass(pairs[0].manager, 13)
    for walk in (walk for pair in pairs for walk in pair.both):
        await write_and_rebook(walk)
    await days_pass(pairs[0].manager, 3)
    for walk in (walk for pair in pairs for walk in pair.both):
        await check_in(walk)
    for pair in pairs[1:]:
        await close_goals(pair.mentee, *CLOSINGS[pair.way])
    for pair, partner in zip(pairs, met, strict=True):
        report(scene, pair, partner, time.perf_counter() - started)
    for walk in (walk for pair in pairs for walk in pair.both):
        assert len(walk.screens) <= SCREENS_AT_MOST, (walk.name, walk.screens)
        assert walk.outside == [], walk.name
    assert scene.figures["violations"] == 0
    assert float(str(scene.figures["share"])) >= 0.9999


async def enrol(mentee: Walk, mentor: Walk) -> None:
    """Screen 1, Join: goal and consent; the mentor's skills come from the file."""
    await mentee.go(f"/join/{PROGRAM}")
    await mentee.see("1-join")
    await refused(mentee, "Join Real people")
    await mentee.write("I want to", "build a small web service with tests")
    await mentee.write("I’ll know it worked when", "two colleagues use it every week")
    await mentee.hand.choose(mentee.page.locator("select[name=competency_id]"), 1)
    await mentee.tick("input[name=by]")
    await mentee.tick("input[name=day_parts]")
    await mentee.tick("input[name=agreed]")
    await mentee.press("Join Real people")
    await mentee.see("1-waiting")
    await mentor.go(f"/join/{PROGRAM}")
    await mentor.see("1-join")
    if not await mentor.page.locator("input[name=skills]:checked").count():
        await mentor.tick("input[name=skills]")
    await mentor.tick("input[name=places]")
    await mentor.tick("input[name=day_parts]")
    await mentor.tick("input[name=agreed]")
    await mentor.press("Join as a mentor")
    await mentor.see("1-joined")


async def refused(walk: Walk, button: str) -> None:
    """A form sent too early: what is to mend has the focus, and each line of it leads to its field."""
    await walk.press(button)
    await walk.hand.stands_on(walk.page.locator("#error-summary"))
    line = walk.page.locator("#error-summary a").first
    field = (await line.get_attribute("href") or "").removeprefix("#")
    await walk.hand.press(line)
    await walk.hand.stands_on(walk.page.locator(f"[id='{field}']"))


async def approve(manager: Walk, group: str, mentee: str) -> None:
    """The manager runs the matching and approves the one draft."""
    await manager.go(f"/console/matches?group={group}")
    again, first = (manager.page.get_by_role("button", name=name) for name in ("Match again", "Run the matching"))
    await manager.send(again.or_(first))
    await matched(manager)
    await picture(manager.page, f"{manager.name}-queue")
    await manager.follow(mentee)
    await picture(manager.page, f"{manager.name}-pair")
    await manager.send(manager.page.get_by_role("button", name="Approve", exact=True))


async def matched(manager: Walk) -> None:
    """The run is over: with scripts the page says so by itself, without them the manager looks again."""
    look = manager.page.get_by_role("link", name="Look again")
    while not manager.scripts and await look.count():
        await manager.follow("Look again")
    await expect(look).to_have_count(0, timeout=1000 * WITHIN_S)
    await drawn(manager.page)


async def days_pass(manager: Walk, days: int) -> None:
    """The demonstration's clock: a day at a time falls due what falls due."""
    await manager.go("/demo")
    for name, count in (("Next week", days // 7), ("Next day", days % 7)):
        for _press in range(count):
            await manager.press(name)


async def decide(mentee: Walk, mentor: Walk) -> str:
    """Screen 2, Match: the mentee accepts and chooses, the mentor agrees in one act."""
    await mentee.go("/")
    await mentee.see("2-notice")
    await mentee.follow("See the match")
    await mentee.see("2-match")
    partner = await mentee.page.get_by_role("heading", level=2).first.inner_text()
    await mentee.send(mentee.page.locator("button.main-action"))
    await mentee.see("2-waiting")
    await mentor.go("/")
    await mentor.see("2-notice")
    await mentor.follow("See the match")
    await mentor.see("2-match")
    await mentor.send(mentor.page.locator("button.main-action"))
    await mentor.see("3-today")
    assert urlsplit(mentor.page.url).path == "/", "a booked match leads home"
    return partner


async def set_a_step(mentee: Walk) -> None:
    """Screen 3, Journey: the goal is there; a first step is added, stands in the list, and is ticked off."""
    await mentee.go("/")
    await mentee.page.get_by_text("Build a small web service with tests").first.wait_for()
    await mentee.hand.press(mentee.page.get_by_text("Add a step"))
    await mentee.write("What is the step?", "Write the first test")
    await mentee.press("Add the step")
    await mentee.page.get_by_text("Write the first test").first.wait_for()
    await tick_off(mentee, "Write the first test")
    await mentee.see("3-journey")


async def tick_off(walk: Walk, step: str) -> None:
    """With scripts a tick is saved at once and the focus stays on it; without, a button beside it saves."""
    box, save = walk.page.get_by_role("checkbox", name=step), walk.page.get_by_role("button", name=f"Save {step}")
    if walk.scripts:
        async with answered(box):
            await walk.hand.tick(box)
        await walk.hand.stands_on(box)
    else:
        await walk.hand.tick(box)
        await walk.send(save)
    await expect(box).to_be_checked()


async def write_and_rebook(walk: Walk) -> None:
    """Screen 4, Session: a note, and the next one booked by whoever is first, in one act."""
    await walk.go("/")
    await walk.follow("Write your notes")
    await walk.write("What became clearer?", "Small steps first.")
    await walk.see("4-session")
    await walk.send(walk.page.locator("button[name=do][value=save]"))
    await walk.see("4-saved")
    await walk.page.get_by_role("link", name="genda").first.wait_for()


async def check_in(walk: Walk) -> None:
    """Screen 5, Check-in: two scales and Send."""
    await walk.go("/")
    await walk.follow("Check in")
    await walk.see("5-check-in")
    await walk.tick("input[name=usefulness][value='4']")
    await walk.tick("input[name=goal_distance][value='3']")
    await walk.press("Send")
    await walk.page.get_by_text("Thank you").first.wait_for()
    await walk.see("5-sent")


async def close_goals(mentee: Walk, outcome: str, said: str) -> None:
    """Screen 3 again: what became of the goal is said in one press; a wish is begun after it, and let go."""
    await mentee.go("/")
    await mentee.press(outcome)
    await mentee.page.get_by_text(said).first.wait_for()
    await mentee.follow("Say your goal")
    await mentee.write("I want to", "show my work to another team")
    await mentee.press("Save this goal")
    await mentee.hand.press(mentee.page.get_by_text("More about this goal"))
    await mentee.press("Let it go")
    await mentee.page.get_by_text("You can always want something else.").first.wait_for()
    await mentee.see("6-goals")


def report(scene: Scene, pair: Pair, partner: str, seconds: float) -> None:
    """The table that `make journey` prints."""
    figures, walks = scene.figures, pair.both
    rows = [
        ("way", pair.way), ("people imported", figures["people"]), ("rows refused", figures["refused"]),
        ("matched in the first round", figures["matched"]),
        ("value / dense exact assignment", f"{float(str(figures['share'])):.6f}"),
        ("rule violations", figures["violations"]), ("import, seconds", f"{float(str(figures['import seconds'])):.1f}"),
        ("matching, seconds", f"{float(str(figures['match seconds'])):.1f}"), ("met", partner),
        *((f"screens of the {walk.name.rpartition('-')[2]}", f"{len(walk.screens)}: {', '.join(walk.screens)}")
          for walk in walks),
        ("context switches", sum(len(walk.outside) for walk in walks)), ("all journeys, seconds", f"{seconds:.1f}"),
    ]
    width = max(len(str(name)) for name, _value in rows)
    table = "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
    print(f"\n{table}")
    (SHOTS / f"{pair.way}.txt").write_text(table + "\n")
