"""People in words: what somebody takes part in, where they stand, and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.journey.roster.queries import Listed, Roster
from server.journey.roster.records import Record
from server.journey.roster.states import Stand
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.company import SAID_YES, Circle, company_of, members_now
from server.matches.states import AWAITING, RUNNING, Approval, MatchState
from server.people.states import PersonStatus
from server.programs.rules import is_of_circles
from server.programs.states import GONE, EnrollmentState, ParticipantRole
from web.dates import count_words, day_long, day_month, upper_first
from web.items import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from server.matches.models import Match, MatchMember
    from server.programs.models import Enrollment
    from server.programs.training.entries import TrainingStep


@dataclass(frozen=True, slots=True)
class Row:
    """A person of the list."""

    href: str
    name: str
    title: str
    where: str
    parts: str
    state: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Part:
    """A match of a person within one programme, which opens from the name; or an enrolment without one."""

    program: str
    group: str
    role: str
    href: str
    partner: str
    met: str
    next: str
    state: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Apart:
    """A conflict of interest with somebody."""

    id: UUID
    href: str
    name: str
    since: str
    reason: str


def title(total: int) -> str:
    """How many people there are."""
    return ngettext("%(num)s person", "%(num)s people", total) % {"num": f"{total:,}"}


def briefing(shown: Roster, typed: str) -> str:
    """What the list holds."""
    if typed:
        return _("With “%(words)s” in name, address or employee number.") % {"words": typed}
    if shown.stand or shown.location:
        return _("As you chose them below.")
    if shown.program:
        return _("In %(program)s.") % {"program": shown.program.name}
    return _("The list follows the people file.") if shown.may_import else _("Everybody in your programmes.")


def stands() -> list[tuple[str, str]]:
    """By what the list can be narrowed, in the words in which it tells of people."""
    return [
        (Stand.PAIRED.value, _("Paired")), (Stand.ASKED.value, _("Asked about a match")),
        (Stand.TO_REVIEW.value, _("Match to review")), (Stand.UNMATCHED.value, _("Waits for a mentor")),
        (Stand.INVITED.value, _("Invited")), (Stand.APPLIES.value, _("Asks to join")),
        (Stand.IN_LINE.value, _("On the waiting list")), (Stand.BREAK.value, _("Takes a break")),
        (Stand.NOTHING.value, _("Takes part in nothing")), (Stand.ON_LEAVE.value, _("On leave")),
        (Stand.HAS_LEFT.value, _("Has left")),
    ]


def locations(shown: Roster) -> list[tuple[str, str]]:
    """The places to choose from, with the chosen one even where nobody works there."""
    known = dict.fromkeys([*shown.locations, *([shown.location] if shown.location else [])])
    return [(one, one) for one in known]


def place(shown: Roster) -> str:
    """Where in the list the page stands."""
    last = shown.first + len(shown.people) - 1
    return _("%(first)s to %(last)s of %(total)s") % {"first": shown.first, "last": last, "total": f"{shown.total:,}"}


def row(one: Listed) -> Row:
    """A person of the list."""
    person = one.person
    state, kind = _standing(one)
    names = list(dict.fromkeys(enrollment.program.name for enrollment in one.enrollments))
    return Row(
        f"/console/people/{person.id}", person.full_name, person.title, person.location, ", ".join(names), state, kind
    )


def takes_part(shown: Record) -> str:
    """In how many programmes they are, and how many of a mentor's places are taken."""
    count = len({one.program_id for one in shown.enrollments})
    if not count:
        return _("Takes part in no programme of yours.")
    said = ngettext("In %(num)d programme of yours.", "In %(num)d programmes of yours.", count) % {"num": count}
    seats = sum(one.capacity for one in shown.places)
    if not seats:
        return said
    taken = sum(shown.taken.get(one.id, 0) for one in shown.places)
    taken_words = ngettext("%(taken)d of %(num)d place is taken.", "%(taken)d of %(num)d places are taken.", seats)
    return f"{said} {taken_words % {'taken': taken, 'num': seats}}"


def facts(shown: Record) -> list[tuple[str, str]]:
    """What the people file says, without what nobody needs here."""
    person = shown.person
    status = {PersonStatus.ACTIVE: "", PersonStatus.LEAVE: _("On leave"), PersonStatus.ENDED: _("Has left")}
    told = (
        (_("Employee number"), person.employee_id), (_("Department"), person.department),
        (_("Band"), str(person.seniority) if person.seniority is not None else ""),
        (_("Manager"), shown.manager.full_name if shown.manager else ""),
        (_("With us since"), day_month(person.hire_date) if person.hire_date else ""),
        (_("Status"), status[person.status]),
    )
    return [(label, value) for label, value in told if value]


def conflicts(shown: Record) -> list[Apart]:
    """With whom somebody has a conflict of interest, the latest first."""
    return [
        Apart(
            row.id, f"/console/people/{other.id}", other.full_name,
            _("Since %(day)s") % {"day": day_month(row.at)}, row.reason,
        )
        for row, other in shown.conflicts
    ]


def parts(shown: Record) -> list[Part]:
    """What somebody takes part in: a line for each match, those that run first, or one for an enrolment without any."""
    found: list[Part] = []
    for one in shown.enrollments:
        own = [match for match in shown.matches if any(member.enrollment_id == one.id for member in match.members)]
        own.sort(key=lambda match: match.state not in RUNNING or _left(match, shown) is not None)
        found += [_pairing(one, match, shown) for match in own] or [_alone(one, shown)]
    return found


def training(shown: Record) -> list[str]:
    """What is still to do before, or while, they meet somebody: a line for each part that has any."""
    return [
        _training(one.program.name, steps) for one in shown.enrollments if (steps := shown.training.get(one.id))
    ]


def _training(program: str, steps: Sequence[TrainingStep]) -> str:
    titles = ", ".join(f"“{one.title}”" for one in steps)
    said = _("%(program)s, training still open: %(titles)s.") % {"program": program, "titles": titles}
    waits = any(one.required for one in steps)
    return said + " " + (_("No run looks for them before it is done.") if waits else _("Nothing waits for it."))


def places(one: Enrollment, shown: Record) -> str:
    """How many of a mentor's places are taken, and how many are free."""
    taken, free = shown.taken.get(one.id, 0), max(0, one.capacity - shown.taken.get(one.id, 0))
    return _("%(taken)s taken, %(free)s free") % {"taken": taken or _("None"), "free": free or _("none")}


def age(shown: Record) -> str:
    """How old the facts are."""
    return _("As of %(day)s. Changed there, not here.") % {"day": day_long(shown.person.updated_at)}


def consents(shown: Record) -> list[tuple[str, str, Kind]]:
    """What the person was asked to agree to: the wording, the answer with its date, and how it looks."""
    found: list[tuple[str, str, Kind]] = []
    for purpose, text in shown.texts.items():
        answer = shown.consents.get(purpose)
        if answer is None:
            found.append((text.wording, _("Not asked yet"), ""))
            continue
        when = {"day": day_month(answer.at)}
        said = _("Given on %(day)s") % when if answer.given else _("Withdrawn on %(day)s") % when
        found.append((text.wording, said, "leaf" if answer.given else "sun"))
    return found


def enrollment_words(state: EnrollmentState) -> str:
    """An enrolment's state."""
    return {
        EnrollmentState.INVITED: _("Invited"), EnrollmentState.IN_PROGRESS: _("Filling in the form"),
        EnrollmentState.PENDING_APPROVAL: _("Asks to join"), EnrollmentState.WAITLISTED: _("On the waiting list"),
        EnrollmentState.ACTIVE: _("Takes part"), EnrollmentState.PAUSED: _("Takes a break"),
        EnrollmentState.COMPLETED: _("Finished"), EnrollmentState.DECLINED: _("Said no"),
        EnrollmentState.EXPIRED: _("Invitation ran out"), EnrollmentState.WITHDRAWN: _("Left"),
        EnrollmentState.REMOVED: _("Taken out"), EnrollmentState.DEPROVISIONED: _("Left the organisation"),
    }[state]


def _standing(one: Listed) -> tuple[str, Kind]:
    """Where somebody stands, by what matters most: the employer, a pair, a wait, an enrolment."""
    status = one.person.status
    if status is not PersonStatus.ACTIVE:
        return (_("On leave"), "sun") if status is PersonStatus.LEAVE else (_("Has left"), "")
    running = [match for match in one.matches if match.state in RUNNING]
    if running:
        others = ", ".join(_with(match, one.person.id) for match in running)
        return _("Paired with %(names)s") % {"names": others}, "leaf"
    if any(match.state in AWAITING for match in one.matches):
        return _("Asked about a match"), "sea"
    if one.matches:
        return _("Match to review"), "sea"
    waits = {each.role for each in one.enrollments if each.state is EnrollmentState.ACTIVE}
    if waits & {ParticipantRole.MENTEE, ParticipantRole.PEER}:
        return _("Waits for a mentor") if ParticipantRole.MENTEE in waits else _("Waits for a peer"), "sun"
    return (enrollment_words(one.enrollments[0].state), "") if one.enrollments else (_("Takes part in nothing"), "")


def _with(match: Match, person_id: UUID, *, whole: bool = False) -> str:
    """With whom somebody is in a match, for who runs the programme."""
    company = company_of(match, person_id)
    if isinstance(company, Circle):
        return _("a circle of %(count)s") % {"count": count_words(len(members_now(match)))}
    return company.full_name if whole else company.first_name


def groups(shown: Record) -> list[tuple[str, str]]:
    """The groups and roles to invite the person to, as values and words."""
    return [
        (f"{group.id}:{role.value}", _("%(program)s, %(group)s: %(role)s") % {
            "program": group.program.name, "group": group.name, "role": _role(role, is_of_circles(group.program)),
        })
        for group, role in shown.invitable
    ]


def _role(role: ParticipantRole, among_circles: bool) -> str:
    if role is ParticipantRole.MENTEE and among_circles:
        return _("Member")
    return {
        ParticipantRole.MENTOR: _("Mentor"), ParticipantRole.MENTEE: _("Mentee"), ParticipantRole.PEER: _("Peer"),
        ParticipantRole.FACILITATOR: _("Leads a circle"),
    }[role]


def _alone(one: Enrollment, shown: Record) -> Part:
    kind: Kind = "sea" if one.state is EnrollmentState.PENDING_APPROVAL else ""
    role = _role(one.role, is_of_circles(one.program))
    return Part(one.program.name, one.cohort.name, role, "", "", "", "", _part_state(one, shown), kind)


def _part_state(one: Enrollment, shown: Record) -> str:
    return _("No longer eligible") if one.id in shown.ineligible else enrollment_words(one.state)


def _pairing(one: Enrollment, match: Match, shown: Record) -> Part:
    gone = _left(match, shown)
    state, kind = _left_as(gone) if gone else _pair_state(match)
    if one.state in GONE:
        state, kind = _part_state(one, shown), ""
    return Part(
        one.program.name, one.cohort.name, _role(one.role, is_of_circles(one.program)), f"/console/matches/{match.id}",
        upper_first(_with(match, shown.person.id, whole=True)), _met(match, shown), _next(match, shown), state, kind,
    )


def _left(match: Match, shown: Record) -> MatchMember | None:
    """Who is in a circle no more, while it may go on."""
    return next((one for one in match.members if one.person_id == shown.person.id and one.left_at), None)


def _left_as(gone: MatchMember) -> tuple[str, Kind]:
    if gone.approval is Approval.DECLINED:
        return _("Declined"), ""
    return (_("Left") if gone.approval in SAID_YES else _("No answer")), ""


def _met(match: Match, shown: Record) -> str:
    gone = _left(match, shown)
    if match.active_at is None or (gone and gone.approval not in SAID_YES):
        return ""
    until = gone.left_at if gone else None
    times = sum(until is None or at <= until for at in shown.met.get(match.id, ()))
    return ngettext("Once", "%(num)d times", times) % {"num": times} if times else _("Not yet")


def _next(match: Match, shown: Record) -> str:
    gone = _left(match, shown)
    if gone and gone.left_at:
        return _("Left %(day)s") % {"day": day_month(gone.left_at)}
    if match.ended_at:
        return _("Ended %(day)s") % {"day": day_month(match.ended_at)}
    if match.id in shown.ahead:
        return day_month(shown.ahead[match.id])
    return _("Not planned") if match.state is MatchState.ACTIVE else ""


def _pair_state(match: Match) -> tuple[str, Kind]:
    if match.state in AWAITING:
        return _("Asked"), "sea"
    known: dict[MatchState, tuple[str, Kind]] = {
        MatchState.DRAFT: (_("To review"), "sea"), MatchState.ACTIVE: (_("Running"), "leaf"),
        MatchState.PAUSED: (_("Paused"), "sun"), MatchState.DURATION_COMPLETED: (_("Closing"), "sea"),
        MatchState.COMPLETED: (_("Finished"), ""), MatchState.DECLINED: (_("Declined"), ""),
        MatchState.EXPIRED: (_("No answer"), ""),
    }
    return known.get(match.state, (_("Ended"), ""))
