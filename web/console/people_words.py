"""People in words: what somebody takes part in, where they stand, and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.journey.roster.queries import Listed, Record, Roster
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.queries import partner_of
from server.matches.states import AWAITING, RUNNING, MatchState
from server.people.states import PersonStatus
from server.programs.states import EnrollmentState, ParticipantRole
from web.dates import day_long, day_month, upper_first
from web.items import Kind

if TYPE_CHECKING:
    from server.matches.models import Match
    from server.people.models import Person
    from server.programs.models import Enrollment


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
    """One enrolment of a person."""

    program: str
    group: str
    role: str
    pairs: list[Pairing]
    state: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """A match of a person within one programme; its record opens from the name."""

    href: str
    name: str
    detail: str


def title(total: int) -> str:
    """How many people there are."""
    return ngettext("%(num)s person", "%(num)s people", total) % {"num": f"{total:,}"}


def briefing(shown: Roster, typed: str) -> str:
    """What the list holds."""
    if typed:
        return _("With “%(words)s” in name, address or employee number.") % {"words": typed}
    if shown.program:
        return _("In %(program)s.") % {"program": shown.program.name}
    return _("The list follows the people file.") if shown.may_import else _("Everybody in your programmes.")


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
    """In how many programmes they are, in one sentence."""
    count = len({one.program_id for one in shown.enrollments})
    if not count:
        return _("Takes part in no programme of yours.")
    return ngettext("In %(num)d programme of yours.", "In %(num)d programmes of yours.", count) % {"num": count}


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


def part(one: Enrollment, shown: Record) -> Part:
    """One programme of a person: role, partners with how they meet, and state."""
    own = [match for match in shown.matches if any(member.enrollment_id == one.id for member in match.members)]
    pairs = [_pairing(match, shown) for match in own]
    return Part(one.program.name, one.cohort.name, _role(one.role), pairs, enrollment_words(one.state))


def places(one: Enrollment, shown: Record) -> str:
    """How many of a mentor's places are taken."""
    taken = shown.taken.get(one.id, 0)
    words = ngettext("%(num)d place taken", "%(num)d places taken", taken) % {"num": taken}
    return words if taken else _("None taken")


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
        others = ", ".join(partner_of(match, one.person.id).first_name for match in running)
        return _("Paired with %(names)s") % {"names": others}, "leaf"
    if any(match.state in AWAITING for match in one.matches):
        return _("Asked about a match"), "sea"
    if one.matches:
        return _("Match to review"), "sea"
    if any(each.role is ParticipantRole.MENTEE and each.state is EnrollmentState.ACTIVE for each in one.enrollments):
        return _("Waits for a mentor"), "sun"
    return (enrollment_words(one.enrollments[0].state), "") if one.enrollments else (_("Takes part in nothing"), "")


def _role(role: ParticipantRole) -> str:
    return {
        ParticipantRole.MENTOR: _("Mentor"), ParticipantRole.MENTEE: _("Mentee"), ParticipantRole.PEER: _("Peer"),
        ParticipantRole.FACILITATOR: _("Facilitator"),
    }[role]


def _pairing(match: Match, shown: Record) -> Pairing:
    met = len(shown.met.get(match.id, ()))
    said = [ngettext("met once", "met %(num)d times", met) % {"num": met}] if met else []
    if match.id in shown.ahead:
        said.append(_("next on %(day)s") % {"day": day_month(shown.ahead[match.id])})
    return Pairing(f"/console/matches/{match.id}", _partner(match, shown.person), upper_first(", ".join(said)))


def _partner(match: Match, person: Person) -> str:
    name = partner_of(match, person.id).full_name
    state = {
        MatchState.DRAFT: _("%(name)s (to review)"), MatchState.ACTIVE: _("%(name)s"),
        MatchState.PAUSED: _("%(name)s (on a break)"), MatchState.DECLINED: _("%(name)s (declined)"),
        MatchState.EXPIRED: _("%(name)s (no answer)"),
    }
    asked = _("%(name)s (asked)") if match.state in AWAITING else _("%(name)s (ended)")
    return state.get(match.state, asked) % {"name": name}
