"""Messages: a word between sessions. One thread for each pair; nobody else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel import clock
from server.kernel.dates import place_of
from server.kernel.db import once
from server.kernel.errors import Conflict, Invalid, Refused
from server.kernel.text import gettext as _
from server.matches.company import Circle, company_of
from server.messaging import actions, queries, rules
from server.messaging.queries import ThreadSummary
from web.dates import clock_time, count_words, day_long, day_short, weekday_short, when_words, zone
from web.forms import Errors, form_key, one_id, read_form, text, typed_in
from web.items import Line
from web.render import go_to, in_words_of, page, speak_of
from web.stopped import way_on

if TYPE_CHECKING:
    from server.matches.company import Company
    from server.matches.models import Match
    from server.messaging.models import ReadMark, ThreadMessage

LETTERS = 5000
SHOWN_LETTERS = 60
NEAR_DAYS, SAME_WEEK_DAYS = 1, 6
LATEST = "#latest"
"""A thread opens at its last word, which stands at the end of the page."""


async def threads(request: Request) -> Response:
    """The list of threads; with a single one, that thread."""
    found = await queries.threads_of(request.state.actor)
    if len(found) == 1:
        return go_to(request, f"/messages/{found[0].match.id}{LATEST}")
    return page(request, "messages/list.html", lines=_lines(request, found))


async def thread(request: Request) -> Response:
    """One thread, and sending into it."""
    actor, match_id, errors, typed = request.state.actor, request.path_params["id"], Errors(), ""
    if request.method == "POST":
        form = await read_form(request)
        typed = text(form, "body", LETTERS, errors, required=_("Write something first."), lines=True)
        if not errors:
            try:
                await _send(request, match_id, typed, form)
                return go_to(request, f"/messages/{match_id}{LATEST}")
            except Invalid as refusal:
                errors.take(refusal)
            except (Conflict, Refused) as refusal:
                errors.add("body", refusal.message)
    shown = await queries.thread_page(actor, match_id, one_id(request.query_params, "before"))
    speak_of(shown.here.match.program)
    match = shown.here.match
    company, can_write = company_of(match, actor.person_id), rules.may_write(match, actor.person_id)
    return page(
        request, "messages/thread.html", match=match, partner=company, errors=errors if can_write else Errors(),
        status=(422 if can_write else 409) if errors else 200,
        lines=_lines(request, shown.lines, match_id), days=_days(request, shown.words),
        earlier=shown.words[0].id if shown.has_earlier else None, is_latest=shown.is_latest,
        words=typed or ("" if shown.words else _first_words(company)), unread=shown.here.unread,
        head=_head(company, match), names={one.person_id: one.person.first_name for one in match.members},
        many=isinstance(company, Circle), seen=partial(_seen, actor.person_id, shown.marks), can_write=can_write,
        way=way_on(match, request.state.person), is_open=rules.is_open(match),
        typed=[] if can_write else typed_in(request),
    )


async def mark_read(request: Request) -> Response:
    """Everything in this thread has been seen."""
    await actions.mark_read(request.state.actor, request.path_params["id"])
    if _is_quiet(request):
        return Response(status_code=204)
    return go_to(request, f"/messages/{request.path_params['id']}{LATEST}")


def _first_words(company: Company) -> str:
    """A first line to change and send."""
    if isinstance(company, Circle):
        return _("Hello everybody, I look forward to our first meeting.")
    return _("Hello %(name)s, I look forward to our talk.") % {"name": company.first_name}


def _head(company: Company, match: Match) -> tuple[str, str]:
    """With whom, and who reads it."""
    if isinstance(company, Circle):
        names = ", ".join(one.first_name for one in company.people)
        readers = _("You and %(names)s read this, and whoever joins later. Nobody else does.") % {"names": names}
        return _("%(program)s, your circle") % {"program": match.program.name}, readers
    there = {"time": clock_time(clock.now(), company.zone), "place": place_of(company.zone)}
    return company.full_name, _("%(time)s in %(place)s. Only you two can read this.") % there


def _seen(viewer_id: UUID, marks: Mapping[UUID, ReadMark], message: ThreadMessage) -> str:
    """What is said beside one's own word once others have read it."""
    if message.author_id != viewer_id:
        return ""
    others = [mark for person_id, mark in marks.items() if person_id != viewer_id]
    readers = sum(mark.read_at >= message.sent_at for mark in others)
    if readers == len(others) or not readers:
        return _(", read") if readers else ""
    return _(", read by %(count)s") % {"count": count_words(readers)}


async def _send(request: Request, match_id: UUID, body: str, form: FormData) -> None:
    """Once, however often the form comes. Where its answer got lost and it was changed, the last wording holds;
    what was read by then stays, and the change is a word of its own.
    """
    actor = request.state.actor

    async def act() -> dict[str, object]:
        sent = await actions.send_message(actor, match_id, body)
        return {"message_id": sent.id}

    first = await once(actor, form_key(form), act)
    if not await actions.reword_message(actor, UUID(first["message_id"]), body):
        await once(actor, form_key(form, body), act)


def _is_quiet(request: Request) -> bool:
    """Whether the page itself reported the reading, and wants nothing back."""
    return request.headers.get("HX-Request") == "true"


def _lines(request: Request, found: list[ThreadSummary], current: UUID | None = None) -> list[Line]:
    return [in_words_of(one.match.program, partial(_line, request, one, current)) for one in found]


def _line(request: Request, one: ThreadSummary, current: UUID | None) -> Line:
    company = company_of(one.match, request.state.actor.person_id)
    name = _head(company, one.match)[0]
    short = name if isinstance(company, Circle) else company.first_name
    detail, end = _("No words yet"), ""
    if one.last:
        detail = one.last.body[:SHOWN_LETTERS]
        end = _short(one.last)
    if one.unread:
        end = _("%(count)s new") % {"count": one.unread}
    return Line(
        f"/messages/{one.match.id}{LATEST}", name, short, detail, end,
        current=one.match.id == current,
    )


def _short(message: ThreadMessage) -> str:
    """The hour today, the weekday within a week, the date before that."""
    days = (clock.today(zone()) - message.sent_at.astimezone(ZoneInfo(zone())).date()).days
    if days < NEAR_DAYS:
        return clock_time(message.sent_at)
    return weekday_short(message.sent_at) if days <= SAME_WEEK_DAYS else day_short(message.sent_at)


def _days(request: Request, messages: list[ThreadMessage]) -> list[tuple[str, list[ThreadMessage]]]:
    """Messages under the day on which they were sent, in the reader's zone."""
    zone = ZoneInfo(request.state.person.zone)

    def day_of(message: ThreadMessage) -> date:
        return message.sent_at.astimezone(zone).date()

    return [(_day_words(day), list(group)) for day, group in groupby(messages, key=day_of)]


def _day_words(day: date) -> str:
    days = (clock.today(zone()) - day).days
    return when_words(day).capitalize() if 0 <= days <= NEAR_DAYS else day_long(day)


routes = [
    Route("/messages", threads, name="messages"),
    Route("/messages/{id:uuid}", thread, methods=["GET", "POST"], name="thread"),
    Route("/messages/{id:uuid}/read", mark_read, methods=["POST"], name="thread-read"),
]
