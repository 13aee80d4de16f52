"""What a participant's screen may weigh on a phone, and how to weigh one.

Source of the bounds: the phone budget of our performance study, docs/performance.md. It speaks of brotli; we send
gzip, which is a little larger, and keep to the same figures. KB are 1,024 bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2

from web.assets import asset_url, manifest

KB = 1024
HTML, FIRST_HTML, CSS, JS = 8 * KB, 14 * KB, 10 * KB, 20 * KB
COLD, WARM, SWAP, WORKER = 40 * KB, 9 * KB, 3 * KB, 14 * KB
COLD_REQUESTS, WARM_REQUESTS = 4, 1

FETCHED = re.compile(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="([^"]+)"')
KEPT = ("/static/", "/manifest.webmanifest")
"""Addresses that a browser keeps, for ever or for a day, so that a warm visit does not ask for them."""


@dataclass(frozen=True)
class Weight:
    """A screen as it travels, in bytes and requests; `cold` and `warm` are all of a first and a later visit."""

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
    return Weight(
        first_html=sent(first), html=sent(later), css=len(manifest().assets["participant.css"].packed),
        js=sum(size for name, size in sizes.items() if name.endswith(".js")),
        cold=sent(first) + sum(sizes.values()),
        cold_requests=1 + len(sizes), warm_requests=1 + len(asked_again),
    )


def fetched(html: str) -> set[str]:
    """What a browser asks for besides the page: `/favicon.ico` too, where the page names no icon."""
    named = {address for address in FETCHED.findall(html) if not address.startswith("data:")}
    return named if 'rel="icon"' in html else named | {"/favicon.ico"}


def sent(answer: httpx2.Response) -> int:
    """Bytes of a body on the wire."""
    return int(answer.headers["content-length"])


async def weigh_worker(fresh: httpx2.AsyncClient) -> int:
    """What the app's worker fetches on a first visit, once the page is drawn: itself, its page, and the styles.

    Not of the page, so not in its budget; the scripts that it keeps too are in the browser already.
    """
    asked = ("/sw.js", "/offline", asset_url("participant.css"))
    return sum([sent(await fresh.get(address)) for address in asked])
