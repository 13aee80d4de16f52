"""A link of a mail that answers by one tap: a page that says what will happen, with one button.

Mail scanners open every link, so opening changes nothing. The ticket says who answers; nobody need be signed in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.states import TicketPurpose
from server.journey.tapping.actions import Tapped, tap
from server.journey.tapping.queries import Told, look
from server.journey.tapping.states import Ended, Stands
from server.kernel.dates import place_of
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.kernel.text import set_terms
from web import forms
from web.dates import clock_time, day_long, moment, weekday
from web.render import page, speak_to, theme_of
from web.tap import LONGEST_TICKET, came_of, opens
from web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks: what happens on a yes, the button's words, and where one looks first instead."""

    title: str
    happens: list[str]
    button: str
    first: str
    opens: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a page tells when there is nothing to answer, and where one goes on."""

    title: str
    words: str
    onward: str
    opens: str
    art: str = "boat"


async def show(request: Request) -> Response:
    """What a link would do, and the button that does it; or kindly why it does nothing any more."""
    secret = request.query_params.get("ticket", "")[:LONGEST_TICKET]
    try:
        told, stands = await look(secret)
    except NotFound:
        return _tell(request, _unknown(), 404)
    if _is_somebody_else(request, told):
        return _tell(request, _foreign(), 403)
    _speak_as(request, told)
    if stands is not Stands.OPEN:
        return _tell(request, _over(told, stands))
    return page(request, "answer/answer.html", asked=ASKS[told.purpose](told), told=told, ticket=secret)


async def answer(request: Request) -> Response:
    """A person pressed the button."""
    secret = forms.text(await forms.read_form(request), "ticket", LONGEST_TICKET)[:LONGEST_TICKET]
    try:
        told, stands = await look(secret)
        if _is_somebody_else(request, told):
            return _tell(request, _foreign(), 403)
        _speak_as(request, told)
        if stands in (Stands.USED, Stands.OLD):
            return _tell(request, _over(told, stands), 409)
        tapped = await tap(secret)
    except NotFound:
        return _tell(request, _unknown(), 404)
    return _tell(request, _came(tapped), 409 if tapped.ended is Ended.REFUSED else 200, tapped.undo)


def _is_somebody_else(request: Request, told: Told) -> bool:
    """Whether somebody is signed in here whom the link was not written to: a mail that was passed on."""
    return request.state.person is not None and request.state.person.id != told.person.id


def _speak_as(request: Request, told: Told) -> None:
    """The page speaks to whom the link was written, in their language and zone."""
    if request.state.viewer is None:
        request.state.viewer = Viewer(
            told.person.full_name, told.organization.name, language=told.language, zone=told.person.zone,
            theme=theme_of(request),
        )
    speak_to(request)
    set_terms(told.terms)


def _tell(request: Request, said: Said, status: int = 200, undo: str = "") -> Response:
    return page(request, "answer/answer.html", status=status, asked=None, said=said, undo=undo)


def _when(told: Told) -> str:
    """The time that a ticket is bound to, with the partner's clock beside it where it shows another hour."""
    assert told.starts_at is not None, "only what is about a time asks for it"
    when, zone = moment(told.starts_at), getattr(told.partner, "zone", "")
    theirs = clock_time(told.starts_at, zone)
    if theirs == clock_time(told.starts_at):
        return when
    return _("%(when)s (%(theirs)s in %(place)s)") % {"when": when, "theirs": theirs, "place": place_of(zone)}


def _yes_at(told: Told) -> str:
    assert told.starts_at is not None, "only what is about a time asks for it"
    return _("Yes, %(day)s at %(time)s") % {"day": weekday(told.starts_at), "time": clock_time(told.starts_at)}


def _time(told: Told) -> Asked:
    """To agree to the time that the other suggests, and with it to the match."""
    name = {"name": told.partner.first_name}
    booked = _("Once a manager has approved it, both of you get an invitation.") if told.awaits_manager else (
        _("It is booked, and both of you get an invitation."))
    return Asked(
        _("Meet %(name)s?") % name, [_("%(name)s suggests %(when)s.") % {**name, "when": _when(told)}, booked],
        _yes_at(told), _("Look first, or say no"), f"/match/{told.match_id}",
    )


def _yes(told: Told) -> Asked:
    """To say yes to a match: to a circle, to a person, or to a person with a time to suggest."""
    name = {"name": told.partner.first_name}
    if told.is_circle:
        title, then = _("Join your circle?"), [_("It begins as soon as enough have said yes.")]
    elif told.starts_at:
        suggests = _("You suggest %(when)s.") % {"when": _when(told)}
        title, then = _("Say yes to %(name)s?") % name, [
            suggests, _("%(name)s agrees to that, or suggests another time.") % name]
    else:
        title, then = _("Say yes to %(name)s?") % name, [_("You choose the first time together next.")]
    return Asked(
        title, [_("Your yes is passed on."), *then], _yes_at(told) if told.starts_at else _("Yes"),
        _("Look first, or say no"), f"/match/{told.match_id}",
    )


def _day(told: Told) -> Asked:
    """To agree to a later last day."""
    assert told.ends_on is not None, "only what is about a day asks for it"
    name = told.partner.first_name
    return Asked(
        _("Go on longer with %(name)s?") % {"name": name},
        [_("Your last day together becomes %(day)s.") % {"day": day_long(told.ends_on)},
         _("%(name)s hears of it.") % {"name": name}],
        _("Agree"), _("Look first, or leave the end as it is"), f"/match/{told.match_id}/extension",
    )


def _met(told: Told) -> Asked:
    """To say that a session took place."""
    return _of_session(told, _("Did you meet %(name)s?"), [_("It is noted that you met.")], _("Yes, we met"))


def _missed(told: Told) -> Asked:
    """To say that it did not."""
    happens = [
        _("It is noted that you did not meet then. Nobody needs to explain."),
        _("Everybody who was to come hears that, and can choose another time."),
    ]
    return _of_session(told, _("You and %(name)s did not meet?"), happens, _("No, we did not"))


def _moved(told: Told) -> Asked:
    """To say that they moved it."""
    happens = [_("It is noted that you did not meet then."), _("You choose the new time next.")]
    return _of_session(told, _("You and %(name)s moved it?"), happens, _("Yes, we moved it"))


def _of_session(told: Told, title: str, happens: list[str], button: str) -> Asked:
    name = _("your circle") if told.is_circle else told.partner.first_name
    when = [_("It was planned for %(when)s.") % {"when": moment(told.starts_at)}] if told.starts_at else []
    return Asked(title % {"name": name}, [*when, *happens], button, _("Look first"), f"/match/{told.match_id}")


def _kept(told: Told) -> Asked:
    """To say that a match goes on in which nobody met for long."""
    return Asked(
        _("Go on with %(name)s?") % {"name": told.partner.first_name},
        [_("Your match does not end by itself."), _("You can still end it kindly on any day.")],
        _("We go on"), _("Look first, or end it"), f"/match/{told.match_id}/ending",
    )


def _back(told: Told) -> Asked:
    """To take back what was just done."""
    return Asked(
        _("Undo it?"), [_("Everything stands as before, and nobody hears of it.")], _("Undo"), _("Look first"),
        f"/match/{told.match_id}",
    )


ASKS: dict[TicketPurpose, Callable[[Told], Asked]] = {
    TicketPurpose.AGREE_TO_TIME: _time, TicketPurpose.ACCEPT_MATCH: _yes, TicketPurpose.AGREE_TO_DAY: _day,
    TicketPurpose.UNDO_BOOKING: _back, TicketPurpose.UNDO_CHANGE: _back, TicketPurpose.UNDO_MISSED: _back,
    TicketPurpose.CONFIRM_SESSION: _met, TicketPurpose.MISS_SESSION: _missed, TicketPurpose.MOVE_SESSION: _moved,
    TicketPurpose.KEEP_MATCH: _kept,
}


def _came(tapped: Tapped) -> Said:
    title, words = came_of(tapped)
    return Said(title, words, _("Open Ithaca"), opens(tapped), "boat" if tapped.ended is Ended.REFUSED else "finished")


def _over(told: Told, stands: Stands) -> Said:
    """Why a link does nothing any more."""
    why = {
        Stands.USED: (_("This was answered already"), _("Each link works once. Sign in to see how things stand.")),
        Stands.OLD: (_("This link is more than a week old"), _("Sign in to answer, if it still waits for you.")),
        Stands.PASSED: (_("This has changed meanwhile"), _("Nothing is left to answer here. Sign in to see more.")),
    }
    return Said(*why[stands], _("See how things stand"), f"/match/{told.match_id}")


def _foreign() -> Said:
    return Said(
        _("This link is for somebody else"), _("It was written to another person, so nothing was changed."),
        _("Open Ithaca"), "/", "search",
    )


def _unknown() -> Said:
    return Said(
        _("We do not know this link"),
        _("It may have been cut short, or it is not good any more. Sign in to answer instead."),
        _("Open Ithaca"), "/", "search",
    )


routes = [
    Route("/answer", show, name="answer"),
    Route("/answer", answer, methods=["POST"], name="answer-given"),
]
