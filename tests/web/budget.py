"""What a participant's screen may weigh on a phone, and how to weigh one.

Source of the bounds: the phone budget of our performance study, docs/performance.md. It speaks of brotli: files are
weighed so, pages as gzip, in which they are sent and which is a little larger. KB are 1,024 bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2

from web.assets import LATE, asset_url

KB = 1024
HTML, FIRST_HTML, CSS, JS = 8 * KB, 14 * KB, 10 * KB, 20 * KB
COLD, WARM, SWAP, AFTERWARDS = 40 * KB, 9 * KB, 3 * KB, 16 * KB
COLD_REQUESTS, WARM_REQUESTS = 4, 1

FETCHED = re.compile(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="([^"]+)"')
KEPT = ("/static/", "/manifest.webmanifest")
"""Addresses that a browser keeps, for ever or for a day, so that a warm visit does not ask for them."""


@dataclass(frozen=True)
class Weight:
    """A screen as it travels, in bytes and requests; `cold` and `warm` are all that it takes to draw it, `js` is every
    script, also those that come once it is drawn."""

    first_html: int
    html: int
    css: int
    js: int
    cold: int
    cold_requests: int
    warm_requests: int

    def over(self) -> dict[str, tuple[int, int]]:
        """What is over its bound: (weight, bound)."""
        lines = {
            "html": (self.html, HTML), "first_html": (self.first_html, FIRST_HTML), "css": (self.css, CSS),
            "js": (self.js, JS), "cold": (self.cold, COLD), "warm": (self.html, WARM),
            "cold_requests": (self.cold_requests, COLD_REQUESTS), "warm_requests": (self.warm_requests, WARM_REQUESTS),
        }
        return {name: pair for name, pair in lines.items() if pair[0] > pair[1]}


async def weigh(fresh: httpx2.AsyncClient, known: httpx2.AsyncClient, path: str) -> Weight:
    """One screen in a browser that was never here, and in one that was."""
    first, later = await fresh.get(path), await known.get(path)
    assert (first.status_code, later.status_code) == (200, 200), path
    names = fetched(first.text)
    sizes = {name: sent(await fresh.get(name)) for name in names}
    asked_again = {name for name in fetched(later.text) if not name.startswith(KEPT)}
    scripts = sum(size for name, size in sizes.items() if name.endswith(".js"))
    return Weight(
        first_html=sent(first), html=sent(later), css=sent(await fresh.get(asset_url("participant.css"))),
        js=scripts + await _late(fresh), cold=sent(first) + sum(sizes.values()),
        cold_requests=1 + len(sizes), warm_requests=1 + len(asked_again),
    )


def fetched(html: str) -> set[str]:
    """What a browser asks for besides the page: `/favicon.ico` too, where the page names no icon."""
    named = {address for address in FETCHED.findall(html) if not address.startswith("data:")}
    return named if 'rel="icon"' in html else named | {"/favicon.ico"}


def sent(answer: httpx2.Response) -> int:
    """Bytes of a body on the wire."""
    return int(answer.headers["content-length"])


async def weigh_afterwards(fresh: httpx2.AsyncClient) -> int:
    """What a first visit fetches once its page is drawn: the styles of the next page, scripts that nothing waits for,
    the app's worker and its page.

    Not what somebody waits for, so not in the page's budget; a bound keeps it small all the same.
    """
    asked = ("/sw.js", "/offline", asset_url("participant.css"))
    return sum([sent(await fresh.get(address)) for address in asked]) + await _late(fresh)


async def _late(fresh: httpx2.AsyncClient) -> int:
    return sum([sent(await fresh.get(asset_url(name))) for name in LATE])
