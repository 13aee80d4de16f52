"""Each participant screen on a phone: Chromium at 4 times less processor on two slow lines, against the phone budget.

The bounds on bytes and requests are a test (tests/web/test_budget.py); times depend on the machine: they are printed.

    python -m benchmarks.phone
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from benchmarks.figures import Figure, table
from benchmarks.ground import empty_database, var_folder
from server.access.actions import open_session
from tests import plenty
from tests.live import chromium, serving
from tests.web import budget
from tests.web.budget import KB

ITEMS, ROUNDS, SLOWER = 2, 3, 4
SETTLED_MS = 100
PHONE: dict[str, Any] = {
    "viewport": {"width": 393, "height": 727}, "device_scale_factor": 2.75, "is_mobile": True, "has_touch": True,
    "service_workers": "block",  # behind a worker Chromium tells the size of a page unpacked
}


@dataclass(frozen=True)
class Line:
    """A slow line: milliseconds to the server and back, kbit/s down and up, and how soon a screen has to be there."""

    name: str
    latency_ms: float
    down: float
    up: float
    cold_s: float
    warm_s: float


LINES = (Line("150 ms", 150, 1600, 750, 1.0, 0.5), Line("Lighthouse", 562.5, 1474.56, 675, 1.3, 0.9))
"""Lighthouse's slow 4G as a simulation sees it, and as its devtools mode applies it to each request."""
TBT_MS, SWAP_MS = 50.0, 100.0

OBSERVE = """(() => {
  const seen = window.__seen = { lcp: 0, cls: 0, tbt: 0 };
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (one) => { seen.lcp = one.startTime; });
  watch("layout-shift", (one) => { if (!one.hadRecentInput) seen.cls += one.value; });
  watch("longtask", (one) => { seen.tbt += Math.max(0, one.duration - 50); });
})()"""
WEIGH = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const asked = [page, ...performance.getEntriesByType("resource")].filter((one) => one.transferSize > 0);
  const weight = (some) => some.reduce((sum, one) => sum + one.encodedBodySize, 0);
  const size = (end) => weight(asked.filter((one) => one.name.split("?")[0].endsWith(end)));
  const drawing = asked.filter((one) => one.startTime < page.loadEventStart);
  return { ...window.__seen, html: page.encodedBodySize, css: size(".css"), js: size(".js"),
    bytes: weight(drawing), requests: drawing.length, afterwards: weight(asked) - weight(drawing) };
}"""
SWAP = """() => new Promise((done) => {
  const box = document.querySelector('form[data-hx-post^="/milestone/"] input[type=checkbox]');
  const started = performance.now();
  document.body.addEventListener("htmx:afterSwap", () => requestAnimationFrame(() => setTimeout(() => {
    const answer = performance.getEntriesByType("resource").find((one) => one.name.includes("/milestone/"));
    done({ bytes: answer.encodedBodySize, own: performance.now() - started - answer.duration });
  }, 0)), { once: true });
  box.click();
})"""

Visit = dict[str, float]


async def measure(folder: Path) -> list[Figure]:
    """Fill a database, serve it, and visit every screen."""
    async with empty_database(folder):
        seen = await plenty.begin(ITEMS)
        secret, mentee = await open_session(seen.person), await open_session(seen.pair.mentee)
    with serving(folder) as url:
        async with chromium() as browser:
            found: list[Figure] = []
            for name, path in seen.addresses().items():
                found += await _screen(browser, url, secret, name, path)
            return [*found, await _swap(browser, url, mentee)]


async def _screen(browser: Browser, url: str, secret: str, name: str, path: str) -> list[Figure]:
    visits = {line.name: await _visits(browser, url + path, secret, line) for line in LINES}
    cold, warm = visits[LINES[0].name]
    every = [visit for pair in visits.values() for visit in pair]
    return [_size(name, cold, warm), *(_paint(name, line, *visits[line.name]) for line in LINES), _calm(name, every)]


async def _visits(browser: Browser, address: str, secret: str, line: Line) -> tuple[Visit, Visit]:
    """A first and a later visit, medians of some rounds."""
    colds, warms = [], []
    for _ in range(ROUNDS):
        async with await _phone(browser, address, secret) as context:
            page = await _slow(context, line)
            colds.append(await _visit(page, address))
            warms.append(await _visit(page, address))
    return _middle(colds), _middle(warms)


async def _phone(browser: Browser, address: str, secret: str) -> BrowserContext:
    context = await browser.new_context(**PHONE)
    await context.add_cookies([{"name": "ithaca", "value": secret, "url": address}])
    await context.add_init_script(OBSERVE)
    return context


async def _slow(context: BrowserContext, line: Line) -> Page:
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    speed = {"downloadThroughput": line.down * 125, "uploadThroughput": line.up * 125}     # bytes a second
    await devtools.send("Network.enable")
    await devtools.send(
        "Network.emulateNetworkConditions", {"offline": False, "latency": line.latency_ms, **speed}
    )
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


async def _visit(page: Page, address: str) -> Visit:
    await page.goto(address, wait_until="networkidle")
    await page.wait_for_timeout(SETTLED_MS)
    seen: Visit = await page.evaluate(WEIGH)
    return seen


async def _swap(browser: Browser, url: str, secret: str) -> Figure:
    """A step ticked in place: bytes, and the time that is not the network's."""
    async with await _phone(browser, url, secret) as context:
        page = await _slow(context, LINES[0])
        await page.goto(url, wait_until="networkidle")
        told: Visit = await page.evaluate(SWAP)
    reached = told["bytes"] <= budget.SWAP and told["own"] <= SWAP_MS
    shown = f"{told['bytes'] / KB:.1f} KB, {told['own']:.0f} ms over the network's time"
    return Figure("phone, a step ticked in place", shown, f"{budget.SWAP / KB:.0f} KB, {SWAP_MS:.0f} ms", reached)


def _middle(visits: Iterable[Visit]) -> Visit:
    every = list(visits)
    return {key: median(one[key] for one in every) for key in every[0]}


def _size(name: str, cold: Visit, warm: Visit) -> Figure:
    bytes_, bounds = (
        (cold["html"], warm["html"], cold["css"], cold["js"], cold["bytes"], warm["bytes"], cold["afterwards"]),
        (budget.FIRST_HTML, budget.HTML, budget.CSS, budget.JS, budget.COLD, budget.WARM, budget.AFTERWARDS),
    )
    asked, most = (cold["requests"], warm["requests"]), (budget.COLD_REQUESTS, budget.WARM_REQUESTS)
    reached = all(value <= bound for value, bound in zip((*bytes_, *asked), (*bounds, *most), strict=True))
    return Figure(f"phone {name}", _weights(bytes_, asked), _weights(bounds, most), reached)


def _weights(bytes_: Iterable[float], asked: Iterable[float]) -> str:
    first, later, css, js, cold, warm, afterwards = (f"{value / KB:.1f}" for value in bytes_)
    many, few = asked
    return (
        f"KB: HTML {first} first, {later} later, CSS {css}, JS {js}; to draw {cold} in {many:.0f}, "
        f"{warm} in {few:.0f}; then {afterwards}"
    )


def _paint(name: str, line: Line, cold: Visit, warm: Visit) -> Figure:
    first, later = cold["lcp"] / 1000, warm["lcp"] / 1000
    return Figure(
        f"phone {name}, {line.name}", f"LCP {first:.2f} s cold, {later:.2f} s warm",
        f"{line.cold_s} s, {line.warm_s} s", first <= line.cold_s and later <= line.warm_s,
    )


def _calm(name: str, visits: list[Visit]) -> Figure:
    shift, blocked = max(one["cls"] for one in visits), max(one["tbt"] for one in visits)
    shown = f"CLS {shift:.3f}, TBT {blocked:.0f} ms"
    return Figure(f"phone {name}", shown, f"CLS 0, TBT {TBT_MS:.0f} ms", shift == 0 and blocked <= TBT_MS)


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    with var_folder() as folder:
        return asyncio.run(measure(folder))


if __name__ == "__main__":
    print(table(figures()))
