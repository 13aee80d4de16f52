"""`make journey`: two real people meet, in Chromium at 390 px against the running server.

480 real records are imported, matched and approved; then a mentee and a mentor go through enrolment, match notice,
first booking, goal, session note and mid-programme check-in: once by pointer, once with scripts off. Screens are
counted: at most five a person, and nobody leaves the product.
"""

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.conftest import environment
from tests.journeys.real_people import PROGRAM, DataAbsent, people_file
from tests.journeys.scene import Scene, migrated, prepare
from tests.live import chromium, serving

SHOTS = Path("var/journey")
SCREENS_AT_MOST = 5
PHONE = {"width": 390, "height": 844}
SCREENS = {
    "join": "Join", "waiting": "Join", "match": "Match", "": "Journey", "session": "Session", "checkin": "Check-in",
}
"""The first part of an address -> the screen it is a state of. Waiting is a state of Join (design.md 2.1)."""


@dataclass
class Walk:
    """One person's way through the product: the screens dealt with, in order, and every address outside it."""

    page: Page
    name: str
    home: str
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
        await self.page.screenshot(path=str(SHOTS / f"{self.name}-{shot}.png"), full_page=True)

    async def press(self, name: str) -> None:
        """Press a button and wait for what follows."""
        await self.page.get_by_role("button", name=name).first.click()
        await self.page.wait_for_load_state("networkidle")

    async def follow(self, name: str) -> None:
        """Follow a link."""
        await self.page.get_by_role("link", name=name).first.click()
        await self.page.wait_for_load_state("networkidle")

    async def go(self, path: str) -> None:
        """Start anew at an address: the app was opened again."""
        await self.page.goto(self.home + path)


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


async def signed_in(browser: Browser, url: str, secret: str, *, scripts: bool) -> BrowserContext:
    context = await browser.new_context(
        viewport=PHONE, java_script_enabled=scripts, reduced_motion="reduce", locale="en-GB"
    )
    await context.add_cookies([{"name": "ithaca", "value": secret, "url": url}])
    context.set_default_timeout(20_000)
    return context


@pytest.mark.parametrize(("way", "number"), [("pointer", 0), ("without-scripts", 1)])
async def test_two_real_people_meet(live: tuple[str, Scene], browser: Browser, way: str, number: int) -> None:
    url, scene = live
    started, scripts = time.perf_counter(), way == "pointer"
    contexts = [
        await signed_in(browser, url, secret, scripts=scripts)
        for secret in (scene.mentees[number][1], scene.mentors[number][1], scene.manager)
    ]
    pages = [await context.new_page() for context in contexts]
    mentee, mentor = (Walk(page, f"{way}-{who}", url) for page, who in zip(pages, ("mentee", "mentor"), strict=False))
    await enrol(mentee, mentor)
    await approve(pages[2], url, scene, scene.mentees[number][0], way)
    await days_pass(pages[2], url, 1)
    partner = await decide(mentee, mentor, pages[0], url)
    await set_a_step(mentee)
    await days_pass(pages[2], url, 13)
    for walk in (mentee, mentor):
        await write_and_rebook(walk)
    await days_pass(pages[2], url, 3)
    for walk in (mentee, mentor):
        await check_in(walk)
    for context in contexts:
        await context.close()
    report(scene, way, (mentee, mentor), partner, time.perf_counter() - started)
    for walk in (mentee, mentor):
        assert len(walk.screens) <= SCREENS_AT_MOST, walk.screens
        assert walk.outside == []
    assert scene.figures["violations"] == 0
    assert float(str(scene.figures["share"])) >= 0.9999


async def enrol(mentee: Walk, mentor: Walk) -> None:
    """Screen 1, Join: goal and consent; the mentor's skills come from the file."""
    await mentee.go(f"/join/{PROGRAM}")
    await mentee.see("1-join")
    await mentee.page.get_by_label("I want to").fill("build a small web service with tests")
    await mentee.page.get_by_label("I’ll know it worked when").fill("two colleagues use it every week")
    await mentee.page.locator("select[name=competency_id]").select_option(index=1)
    await mentee.page.locator("input[name=by]").first.check()
    await mentee.page.locator("input[name=day_parts]").first.check()
    await mentee.page.locator("input[name=agreed]").first.check()
    await mentee.press("Join Real people")
    await mentee.see("1-waiting")
    await mentor.go(f"/join/{PROGRAM}")
    await mentor.see("1-join")
    chosen = mentor.page.locator("input[name=skills]")
    if not await mentor.page.locator("input[name=skills]:checked").count():
        await chosen.first.check()
    await mentor.page.locator("input[name=places]").first.check()
    await mentor.page.locator("input[name=day_parts]").first.check()
    await mentor.page.locator("input[name=agreed]").first.check()
    await mentor.press("Join as a mentor")
    await mentor.see("1-joined")


async def approve(page: Page, url: str, scene: Scene, mentee: str, way: str) -> None:
    """The manager runs the matching and approves the one draft."""
    await page.goto(f"{url}/console/matches?group={scene.group}")
    again, first = (page.get_by_role("button", name=name) for name in ("Match again", "Run the matching"))
    await again.or_(first).click()
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=str(SHOTS / f"{way}-manager-queue.png"), full_page=True)
    await page.get_by_role("link", name=mentee).first.click()
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=str(SHOTS / f"{way}-manager-pair.png"), full_page=True)
    await page.get_by_role("button", name="Approve", exact=True).click()
    await page.wait_for_load_state("networkidle")


async def days_pass(page: Page, url: str, days: int) -> None:
    """The demonstration's clock: a day at a time falls due what falls due."""
    await page.goto(f"{url}/demo")
    for name, count in (("Next week", days // 7), ("Next day", days % 7)):
        for _press in range(count):
            await page.get_by_role("button", name=name).click(timeout=120_000)
            await page.wait_for_load_state("networkidle", timeout=120_000)


async def decide(mentee: Walk, mentor: Walk, page: Page, url: str) -> str:
    """Screen 2, Match: the mentee accepts and chooses, the mentor agrees in one act."""
    await mentee.go("/")
    await mentee.see("2-notice")
    await mentee.follow("See the match")
    await mentee.see("2-match")
    partner = await page.get_by_role("heading", level=2).first.inner_text()
    await mentee.page.locator("button.main-action").click()
    await mentee.page.wait_for_load_state("networkidle")
    await mentee.see("2-waiting")
    await mentor.go("/")
    await mentor.see("2-notice")
    await mentor.follow("See the match")
    await mentor.see("2-match")
    await mentor.page.locator("button.main-action").click()
    await mentor.page.wait_for_load_state("networkidle")
    await mentor.see("3-today")
    assert urlsplit(mentor.page.url).path == "/", "a booked match leads home"
    return partner


async def set_a_step(mentee: Walk) -> None:
    """Screen 3, Journey: the goal is there; a first step is added and stands in the list."""
    await mentee.go("/")
    await mentee.page.get_by_text("Build a small web service with tests").first.wait_for()
    await mentee.page.get_by_text("Add a step").click()
    await mentee.page.get_by_label("What is the step?").fill("Write the first test")
    await mentee.press("Add the step")
    await mentee.page.get_by_text("Write the first test").first.wait_for()
    await mentee.see("3-journey")


async def write_and_rebook(walk: Walk) -> None:
    """Screen 4, Session: a note, and the next one booked by whoever is first, in one act."""
    await walk.go("/")
    await walk.follow("Write your notes")
    await walk.page.get_by_label("What became clearer?").fill("Small steps first.")
    await walk.see("4-session")
    await walk.page.locator("button[name=do][value=save]").click()
    await walk.page.wait_for_load_state("networkidle")
    await walk.see("4-saved")
    await walk.page.get_by_role("link", name="genda").first.wait_for()


async def check_in(walk: Walk) -> None:
    """Screen 5, Check-in: two scales and Send."""
    await walk.go("/")
    await walk.follow("Check in")
    await walk.see("5-check-in")
    await walk.page.locator("input[name=usefulness][value='4']").check(force=True)
    await walk.page.locator("input[name=goal_distance][value='3']").check(force=True)
    await walk.press("Send")
    await walk.page.get_by_text("Thank you").first.wait_for()
    await walk.see("5-sent")


def report(scene: Scene, way: str, walks: tuple[Walk, Walk], partner: str, seconds: float) -> None:
    """The table that `make journey` prints."""
    figures = scene.figures
    rows = [
        ("way", way), ("people imported", figures["people"]), ("rows refused", figures["refused"]),
        ("matched in the first round", figures["matched"]),
        ("value / dense exact assignment", f"{float(str(figures['share'])):.6f}"),
        ("rule violations", figures["violations"]), ("import, seconds", f"{float(str(figures['import seconds'])):.1f}"),
        ("matching, seconds", f"{float(str(figures['match seconds'])):.1f}"), ("met", partner),
        *((f"screens of the {walk.name.rpartition('-')[2]}", f"{len(walk.screens)}: {', '.join(walk.screens)}")
          for walk in walks),
        ("context switches", sum(len(walk.outside) for walk in walks)), ("journey, seconds", f"{seconds:.1f}"),
    ]
    width = max(len(str(name)) for name, _value in rows)
    table = "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
    print(f"\n{table}")
    (SHOTS / f"{way}.txt").write_text(table + "\n")
