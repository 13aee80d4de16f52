"""Every exchange of a part of a page: what templates can ask for, and what a state has really exchanged.

Found in the templates themselves: elements that ask (`data-hx-get`, ...), parts that come along out of band
(`data-hx-swap-oob`), and blocks that are answered alone. A new one is a gap until a state makes it and is looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from typing import Any

from playwright.async_api import Page

from web.render import ENV, TEMPLATES

VERBS = ("get", "post", "put", "patch", "delete")
JINJA = re.compile(r"{#.*?#}|{%.*?%}", re.DOTALL)
VALUE, ANYTHING = re.compile(r"{{.*?}}", re.DOTALL), "\x00"
NOTE = """(() => {
  window.__swaps = [];
  const asked = (at) => Object.fromEntries([...at.attributes].filter(one => one.name.startsWith('data-hx-'))
    .map(one => [one.name.slice(8), one.value]));
  addEventListener('htmx:afterSettle', ({ detail }) => window.__swaps.push(asked(detail.requestConfig.elt)));
  addEventListener('htmx:afterRequest', ({ detail: { elt, successful } }) => {
    if (successful && asked(elt).swap === 'none') window.__swaps.push(asked(elt));
  });
  addEventListener('htmx:oobAfterSwap', ({ detail }) => window.__swaps.push({ oob: detail.target.id }));
})()"""
"""Kept by the document itself: an exchange of a page that was left is not looked at any more."""


@dataclass(frozen=True)
class Swap:
    """One exchange that a template can cause: its file, and what its element says, holes for what is filled in."""

    template: str
    says: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        said = dict(self.says)
        verb = next((verb for verb in VERBS if verb in said), "")
        way = f"{verb} {said.get('target', 'itself')}" if verb else f"out of band #{said['oob']}"
        return f"{self.template} {way} {said.get('swap', '')}".strip().replace(ANYTHING, "…")

    def is_made_by(self, made: dict[str, str]) -> bool:
        """Whether an element that says `made` may come from this template's."""
        said = dict(self.says)
        return said.keys() == made.keys() and all(_fits(said[key], made[key]) for key in said)


@cache
def askable() -> tuple[Swap, ...]:
    """Every element of every template that causes an exchange."""
    return tuple(
        swap for path in sorted(TEMPLATES.rglob("*.html"))
        for swap in swaps_in(path.relative_to(TEMPLATES).as_posix(), path.read_text())
    )


@cache
def blocks() -> frozenset[str]:
    """Every block that can be answered alone, as "journey/home.html block journey": no layout has a place for it."""
    files = {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in TEMPLATES.rglob("*.html")}
    layouts = {name for source in files.values() for name in re.findall(r'{% extends "([^"]+)"', source)}
    frame = {block for name in layouts for block in ENV.get_template(name).blocks}
    return frozenset(
        f"{name} block {block}" for name in files for block in ENV.get_template(name).blocks.keys() - frame
    )


def every() -> set[str]:
    """All of them by name."""
    return {swap.name for swap in askable()} | blocks()


async def seen_on(page: Page, templates: set[str], fragments: set[str]) -> tuple[set[str], list[str]]:
    """(names of what this very document has exchanged, what it exchanged and no template has)."""
    made: list[dict[str, str]] = await page.evaluate("window.__swaps || []")
    shown = [swap for swap in askable() if swap.template in templates]
    known = [(one, {swap.name for swap in shown if swap.is_made_by(one)}) for one in made]
    names = {name for _one, found in known for name in found}
    return names | (fragments if made else set()), [str(one) for one, found in known if not found]


def swaps_in(template: str, source: str) -> Iterator[Swap]:
    """The elements of a template's source that cause an exchange."""
    reader = _Reader()
    reader.feed(VALUE.sub(ANYTHING, JINJA.sub("", source)))
    for said in reader.found:
        yield Swap(template, tuple(sorted(said.items())))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        said = {name.removeprefix("data-hx-"): value or "" for name, value in attrs if name.startswith("data-hx-")}
        if "swap-oob" in said:
            self.found.append({"oob": dict(attrs).get("id") or ""})
        elif said:
            self.found.append(said)


def _fits(said: str, made: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, said.split(ANYTHING))), made, re.DOTALL) is not None
