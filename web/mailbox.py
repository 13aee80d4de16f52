"""The demonstration's mailbox: every mail that was sent, to whom, why, and when it would not have been."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from server.journey.demo.queries import demo_organization
from server.kernel import clock
from server.kernel.ids import parse_id
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.notifications.mailbox import Caught, caught_mail, mailbox
from web.dates import count_words, day_long, set_zone, upper_first, zone
from web.render import page
from web.sign_in import is_own, own_path

READ = 200
"""How far back the mailbox looks."""
SHOWN = 15
"""Mails on one page, newest first."""
LETTER_POLICY = "; ".join(
    ("sandbox allow-popups", "default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "base-uri 'none'")
)
"""A mail brings its own styles; it may run nothing, send nothing and look like nobody else's page."""
ADDRESS = re.compile(r"https?://\S+")
SIGNATURE = re.compile(r"^--\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: one person's mails, one kind, a page from 1."""

    person_id: UUID | None
    kind: str
    page: int

    @classmethod
    def of(cls, request: Request) -> Asked:
        """As it stands in the address; anything else is the first page of everything."""
        given = request.query_params
        page = given.get("page", "1")[:6]
        most = READ // SHOWN + 1
        return cls(
            parse_id(given.get("for", "")), given.get("kind", "")[:20],
            min(int(page), most) if page.isdecimal() and int(page) else 1,
        )

    def query(self, step: int = 0) -> str:
        """The same, `step` pages on, as the query of an address."""
        given = {"for": str(self.person_id or ""), "kind": self.kind, "page": str(self.page + step)}
        kept = {name: value for name, value in given.items() if value and (name, value) != ("page", "1")}
        return f"?{urlencode(kept)}" if kept else ""

    def address(self, step: int) -> str:
        """Another page of the same."""
        return f"/demo/mailbox{self.query(step)}"


async def show(request: Request) -> Response:
    """All mails, or one person's, or one kind's; the newest is open."""
    return await _box(request, None)


async def read(request: Request) -> Response:
    """One mail, beside the others."""
    return await _box(request, await caught_mail(request.path_params["id"]))


async def letter(request: Request) -> Response:
    """The mail as a mail program shows it, boxed in so that it can do nothing."""
    await demo_organization()
    mail = await caught_mail(request.path_params["id"])
    return HTMLResponse(mail.html, headers={"Content-Security-Policy": LETTER_POLICY})


async def _box(request: Request, opened: Caught | None) -> Response:
    organization = await demo_organization()
    set_zone(organization.zone)
    asked, everybody = Asked.of(request), await mailbox(limit=READ)
    theirs = await mailbox(person_id=asked.person_id, limit=READ) if asked.person_id else everybody
    mails = [mail for mail in theirs if asked.kind in ("", mail.key)]
    shown = mails[(asked.page - 1) * SHOWN:][:SHOWN]
    opened = opened or next(iter(shown), None)
    return page(
        request, "demo/mailbox.html", organization=organization, title=_title(mails), days=_by_day(shown),
        opened=opened, paragraphs=_letter(opened) if opened else [], start=first_place(opened),
        people=_people(everybody), kinds=_kinds(everybody), asked=asked, now=clock.now(),
        before=asked.address(-1) if asked.page > 1 else "",
        after=asked.address(1) if len(mails) > asked.page * SHOWN else "",
    )


def paragraphs(text: str) -> list[list[tuple[str, str]]]:
    """The paragraphs of a mail's text, each as pieces: (words, address), the address "" unless it leads to us."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return [_pieces(block) for block in blocks if block]


def first_place(mail: Caught | None) -> str:
    """Where the mail's button leads, within this product; "" if nowhere."""
    found = (piece[1] for block in paragraphs(mail.text) for piece in block if piece[1]) if mail else iter(())
    return own_path(next(found, ""))


def _letter(mail: Caught) -> list[list[tuple[str, str]]]:
    """The paragraphs below the subject, which the page shows already; the mark of a signature is left out."""
    return [block for block in paragraphs(SIGNATURE.sub("\n", mail.text)) if block != [(mail.subject, "")]]


def _pieces(block: str) -> list[tuple[str, str]]:
    pieces, at = [], 0
    for found in ADDRESS.finditer(block):
        pieces += [(block[at:found.start()], ""), (found[0], _own(found[0]))]
        at = found.end()
    return [piece for piece in [*pieces, (block[at:], "")] if piece[0]]


def _own(address: str) -> str:
    home = settings().public_url
    path = address.removeprefix(home)
    return path if address.startswith(home + "/") and is_own(path) else ""


def _title(mails: list[Caught]) -> str:
    if not mails:
        return _("Nothing was sent yet")
    if len(mails) == READ:
        return _("The newest %(number)d messages") % {"number": READ}
    number = len(mails)
    return upper_first(ngettext("%(number)s message", "%(number)s messages", number) % {"number": count_words(number)})


def _by_day(mails: list[Caught]) -> list[tuple[str, list[Caught]]]:
    grouped = groupby(mails, key=_day_name)
    return [(day, list(found)) for day, found in grouped]


def _day_name(mail: Caught) -> str:
    days = (clock.today(zone()) - mail.caught_at.astimezone(ZoneInfo(zone())).date()).days
    return {0: _("Today"), 1: _("Yesterday")}.get(days, day_long(mail.caught_at))


def _people(mails: list[Caught]) -> list[tuple[str, str]]:
    named = {str(mail.recipient.id): mail.recipient.full_name for mail in mails}
    return sorted(named.items(), key=lambda one: one[1])


def _kinds(mails: list[Caught]) -> list[tuple[str, str]]:
    return sorted({(mail.key, mail.name) for mail in mails}, key=lambda one: one[1])


routes = [
    Route("/demo/mailbox", show, name="demo-mailbox"),
    Route("/demo/mailbox/{id:uuid}", read, name="demo-mail"),
    Route("/demo/mailbox/{id:uuid}/letter", letter, name="demo-letter"),
]
