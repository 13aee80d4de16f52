"""The demonstration: be anybody in one tap, let time pass, read every mail. Absent from any other installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.actions import close_session, demo_sign_in
from server.access.states import Role
from server.journey.demo.actions import move_clock
from server.journey.demo.queries import DemoPage, DemoPerson, demo_actor, demo_page
from server.kernel import clock
from server.kernel.errors import NotFound
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.company import Circle, company_of
from server.programs.states import EnrollmentState, ParticipantRole
from web import forms
from web.dates import count_words, day_long, set_zone
from web.items import Kind
from web.render import go_to, page
from web.sign_in import cookie_name, device_of, onward_to, own_path, put_secret
from web.toast import Toast

if TYPE_CHECKING:
    from server.matches.models import Match
    from server.people.models import Person
    from server.programs.models import Enrollment


@dataclass(frozen=True, slots=True)
class Card:
    """A row: who it is, in words, and where they begin. `mark` is a word at the end, `kind` its colour."""

    id: UUID
    name: str
    detail: str
    start: str
    mark: str = ""
    kind: Kind = ""


async def choose(request: Request) -> Response:
    """Who would you like to be?"""
    words = request.query_params.get("find", "")[:60]
    onward = own_path(request.query_params.get("next", ""))
    try:
        seen = await demo_page(words)
    except NotFound:
        if settings().demo:
            return page(request, "demo/nobody.html")
        raise
    set_zone(seen.organization.zone)
    return page(
        request, "demo/demo.html", seen=seen, find=words, onward=onward, groups=groups(seen, onward), day=_day(seen),
        now=clock.now(),
    )


async def be(request: Request) -> Response:
    """Be somebody: the session of whoever one was ends."""
    form = await forms.read_form(request)
    person_id = forms.one_id(form, "person")
    if person_id is None:
        raise NotFound
    secret = await demo_sign_in(person_id, device_of(request))
    await close_session(request.cookies.get(cookie_name(request), ""))
    response = go_to(request, onward_to(forms.text(form, "next", 500)))
    put_secret(request, response, secret)
    return response


async def let_time_pass(request: Request) -> Response:
    """A day or a week passes, with everything that falls due."""
    days = forms.integer(await forms.read_form(request), "days") or 1
    await move_clock(await demo_actor(), days)
    return go_to(request, "/demo", toast=Toast(_("It is %(day)s now") % {"day": day_long(clock.now())}))


def groups(seen: DemoPage, onward: str) -> list[tuple[str, str, list[Card]]]:
    """The groups that have anybody: id, title, rows. `onward` is where whoever is chosen wanted to go."""
    found = [
        ("taking-part", _("Taking part"), [_participant(one, onward) for one in seen.taking_part]),
        ("in-charge", _("Running programmes"), [_in_charge(one, onward) for one in seen.in_charge]),
        ("looking-on", _("Looking on"), [_onlooker(one, onward) for one in seen.looking_on]),
    ]
    return [group for group in found if group[2]]


def _participant(one: DemoPerson, onward: str) -> Card:
    role = _role(one.enrollments[0])
    who = _("%(role)s, %(place)s") % {"role": role, "place": one.person.location} if one.person.location else role
    words, start, mark, kind = _waits(one)
    return Card(one.person.id, one.person.full_name, f"{who}. {words}", onward or start, mark, kind)


def _waits(one: DemoPerson) -> tuple[str, str, str, Kind]:
    """What waits for somebody: in words, where it is, and as a mark."""
    if one.requests:
        match, number = one.requests[0], len(one.requests)
        partner = company_of(match, one.person.id).first_name
        mark = ngettext("%(num)d request", "%(num)d requests", number) % {"num": number}
        return _("%(name)s would like to meet") % {"name": partner}, f"/match/{match.id}", mark, "sun"
    if one.check_ins:
        return _("A check-in is open"), f"/checkin/{one.check_ins[0].id}", _("Check-in"), "sun"
    if one.running:
        names = ", ".join(_company(match, one.person) for match in one.running[:3])
        return _("Meets %(names)s") % {"names": names}, "/", "", ""
    return _before_a_match(one.enrollments[0])


def _company(match: Match, person: Person) -> str:
    company = company_of(match, person.id)
    return _("their circle") if isinstance(company, Circle) else company.first_name


def _before_a_match(row: Enrollment) -> tuple[str, str, str, Kind]:
    key = row.program.key
    if row.state in (EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS):
        joining = _("Invited to %(program)s, not joined yet") % {"program": row.program.name}
        return joining, f"/join/{key}", _("Invited"), ""
    if row.state is EnrollmentState.WAITLISTED:
        return _("On the waiting list of %(program)s") % {"program": row.program.name}, f"/waiting/{key}", "", ""
    return _("Joined %(program)s, waits for a match") % {"program": row.program.name}, f"/waiting/{key}", "", ""


def _in_charge(one: DemoPerson, onward: str) -> Card:
    number = one.programs
    runs = ngettext("%(number)s programme", "%(number)s programmes", number) % {"number": count_words(number)}
    admin = one.role is Role.GLOBAL_ADMIN
    words = _("Organisation admin, %(runs)s") if admin else _("Programme manager, %(runs)s")
    mark = ngettext("%(num)d to approve", "%(num)d to approve", one.drafts) % {"num": one.drafts} if one.drafts else ""
    return Card(
        one.person.id, one.person.full_name, words % {"runs": runs}, onward or "/console", mark, "sun" if mark else ""
    )


def _onlooker(one: DemoPerson, onward: str) -> Card:
    names = ", ".join(report.first_name for report in one.reports[:3])
    words = _("Manager of %(names)s, takes no part: sees nothing of theirs") if names else _("Takes no part yet")
    return Card(one.person.id, one.person.full_name, words % {"names": names}, onward or "/")


def _role(row: Enrollment) -> str:
    return {
        ParticipantRole.MENTOR: _("Mentor"), ParticipantRole.MENTEE: _("Mentee"), ParticipantRole.PEER: _("Peer"),
        ParticipantRole.FACILITATOR: _("Facilitator"),
    }[row.role]


def _day(seen: DemoPage) -> str:
    if seen.cohort is None or seen.day < 1:
        return ""
    return _("Day %(day)d of %(group)s") % {"day": seen.day, "group": seen.cohort.name}


routes = [
    Route("/demo", choose, name="demo"),
    Route("/demo/sign-in", be, methods=["POST"], name="demo-sign-in"),
    Route("/demo/clock", let_time_pass, methods=["POST"], name="demo-clock"),
]
