"""What is asked of a page: axe's rules, our own checks, and a walk with the keyboard. Answers are faults in words."""

import json
import tomllib
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

HERE = Path(__file__).parent
CHECKS = (HERE / "checks.js").read_text()
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice")
"""A, AA, 2.2, axe's AAA rules (contrast 7:1, links with one name lead to one place, no refresh), best practice."""
OFF_BY_DEFAULT = (
    "target-size", "color-contrast-enhanced", "identical-links-same-purpose", "meta-refresh-no-exceptions",
)
BY_SIGHT = (
    "color-contrast", "color-contrast-enhanced", "target-size", "link-in-text-block", "scrollable-region-focusable",
)
"""What another size or other colours can break; names, roles and structure are the same there. The lower rule of
contrast is needed beside the higher one: it alone says what it leaves open, over a gradient for example."""
RUN = "axe.run(document, %s).then(({violations, incomplete}) => ({violations, incomplete}))"
OPTIONS = {
    "runOnly": {"type": "tag", "values": list(LEVELS)}, "resultTypes": ["violations", "incomplete"],
    "rules": {rule: {"enabled": True} for rule in OFF_BY_DEFAULT},
}
SIGHT_OPTIONS = {"runOnly": {"type": "rule", "values": list(BY_SIGHT)}, "resultTypes": ["violations", "incomplete"]}
MEASURED = "contrast, measured by ourselves"
MOST_STOPS, A_FEW = 800, 6
"""Of a walk with Tab, and what is pressed more when there are more stops than controls: a date has three."""
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
"""Text spacing as WCAG 1.4.12 has it."""


@dataclass(frozen=True)
class Finding:
    """One fault: the rule, where, and what is wrong. `unsure`: axe could not tell, and somebody must look."""

    rule: str
    where: str
    words: str
    unsure: bool = False

    def __str__(self) -> str:
        return f"{self.rule}{' (to be looked at)' if self.unsure else ''}: {self.where} {self.words}".strip()


async def axe(page: Page, state: str, settled: Counter[str], *, by_sight: bool = False) -> list[Finding]:
    """What axe finds, by all its rules or by sight, and what it could not decide unless reviewed.toml says why.

    What was decided here instead is counted in `settled`, so that nothing is dropped without a trace.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    answer = await page.evaluate(RUN % json.dumps(SIGHT_OPTIONS if by_sight else OPTIONS))
    found, unsure = _findings(answer["violations"]), _findings(answer["incomplete"], unsure=True)
    contrasts = [one for one in unsure if one.rule.startswith("color-contrast")]
    found += await _measured(page, contrasts)
    settled[MEASURED] += len(contrasts)
    for one in unsure:
        if one not in contrasts and (entry := _review_of(one, state)):
            settled[named(entry)] += 1
        elif one not in contrasts:
            found.append(one)
    return found


async def own(page: Page, *names: str) -> list[Finding]:
    """Our own checks of the page as it stands, by their names in checks.js."""
    await _bring_checks(page)
    return [Finding(name, "", words) for name, words in await page.evaluate("names => __checks.all(names)", names)]


async def walk(page: Page) -> list[Finding]:
    """Tab through the whole page: each stop has a ring, is in sight and in order; none is missed."""
    await _bring_checks(page)
    pressed, coming = 0, await page.evaluate("__checks.begin()") + 1
    faults: list[str] | None = None
    while faults is None and pressed < MOST_STOPS:
        for _stop in range(coming):
            await page.keyboard.press("Tab")
        pressed, coming = pressed + coming, A_FEW
        faults = await page.evaluate("pressed => __checks.ended(pressed)", pressed)
    await page.evaluate("__checks.loosen()")     # or the skip link, in focus, lies over the page in the next mode
    return [Finding("keyboard", "", words) for words in (["the walk has no end"] if faults is None else faults)]


async def in_sight(page: Page) -> list[str]:
    """What hides the focus where it stands now, or leaves it without a ring; nothing while it stands nowhere."""
    await _bring_checks(page)
    faults: list[str] = await page.evaluate("__checks.inSight()")
    return faults


async def widen_spacing(page: Page, wide: bool) -> None:
    """Set text as widely as readers may, or as before. A style sheet of the document, which no policy refuses."""
    await page.evaluate(
        "([css, on]) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(on ? css : '');"
        " document.adoptedStyleSheets = [sheet]; }", [SPACING, wide],
    )


async def _measured(page: Page, left_open: list[Finding]) -> list[Finding]:
    """Contrast that axe leaves open, over a gradient or below a bar: measured by ourselves."""
    if not left_open:
        return []
    await _bring_checks(page)
    measured = await page.evaluate("places => __checks.contrasts(places)", [one.where for one in left_open])
    return [Finding(one.rule, one.where, words) for one, words in zip(left_open, measured, strict=True) if words]


async def _bring_checks(page: Page) -> None:
    if not await page.evaluate("'__checks' in window"):
        await page.evaluate(CHECKS)


def _findings(results: list[dict[str, Any]], *, unsure: bool = False) -> list[Finding]:
    return [
        Finding(result["id"], " ".join(map(str, node["target"])), _why(node), unsure)
        for result in results for node in result["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    messages = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return "; ".join(messages)[:300]


def named(entry: dict[str, str]) -> str:
    """What a review is called in the report."""
    return f"{entry['rule']} at {entry['where']} in {entry['state']}"


def _review_of(one: Finding, state: str) -> dict[str, str] | None:
    return next((
        entry for entry in reviewed()
        if one.rule == entry["rule"] and fnmatch(one.where, entry["where"]) and fnmatch(state, entry["state"])
    ), None)


@cache
def reviewed() -> list[dict[str, str]]:
    """What axe cannot decide and a person has looked at: rule, where, state (patterns), reason."""
    return list(tomllib.loads((HERE / "reviewed.toml").read_text()).get("reviewed", []))
