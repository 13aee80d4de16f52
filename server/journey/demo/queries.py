"""Whom one can be in the demonstration, and what waits for each, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from server.access.models import RoleGrant
from server.access.queries import demo_people
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import NotFound
from server.matches.models import Match, MatchMember
from server.matches.queries import matches
from server.matches.states import AWAITING_PARTICIPANTS, OPEN_MATCHES, RUNNING, Approval, MatchState
from server.people.models import Organization, Person
from server.people.queries import organization_of
from server.programs.models import Cohort, Enrollment
from server.programs.queries import LIVE_PROGRAMS, cohorts_of, enrollments, programs
from server.programs.states import OPEN_ENROLLMENTS, EnrollmentState
from server.surveys.models import SurveyInvitation
from server.surveys.queries import own_invitations
from server.surveys.states import InvitationState

GROUP_SIZE = 12
"""Rows of a group at a glance; anybody else is found by name."""
ALIKE = 2
"""Rows of people in one role for whom the same waits: the first page shows as many situations as it can."""


@dataclass(slots=True)
class DemoPerson:
    """Somebody to be, with everything that says what waits for them."""

    person: Person
    role: Role | None = None
    programs: int = 0
    drafts: int = 0
    enrollments: list[Enrollment] = field(default_factory=list)
    requests: list[Match] = field(default_factory=list)
    running: list[Match] = field(default_factory=list)
    check_ins: list[SurveyInvitation] = field(default_factory=list)
    reports: list[Person] = field(default_factory=list)

    @property
    def situation(self) -> tuple[bool, bool, bool, bool, str]:
        """What waits for them, what they have something to do first; people in one situation see the same screens."""
        newest = self.enrollments[0] if self.enrollments else None
        is_new = newest is not None and newest.state in (EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS)
        asked = (not self.requests, not self.check_ins, not is_new, not self.running)
        return (*asked, f"{newest.role} {newest.state}" if newest else "")


@dataclass(frozen=True, slots=True)
class DemoPage:
    """Everybody by what they do; `day` is which day of `cohort` it is, from 1."""

    organization: Organization
    taking_part: list[DemoPerson]
    in_charge: list[DemoPerson]
    looking_on: list[DemoPerson]
    today: date
    cohort: Cohort | None

    @property
    def day(self) -> int:
        """Which day of the cohort today is; 0 or less before it starts."""
        return (self.today - self.cohort.starts_on).days + 1 if self.cohort else 0


async def demo_organization() -> Organization:
    """The organisation of the demonstration.

    Raises:
        NotFound: this is no demonstration, or nobody is in it yet.
    """
    return await organization_of(await demo_actor())


async def demo_actor() -> Actor:
    """The product itself, acting in the demonstration.

    Raises:
        NotFound: this is no demonstration, or nobody is in it yet.
    """
    groups = await demo_people()
    if not groups:
        raise NotFound
    return system_actor(groups[0].people[0].organization_id)


async def demo_page(words: str = "") -> DemoPage:
    """Whom one can be, those with something to do first; with `words`, anybody whose name holds them.

    Raises:
        NotFound: this is no demonstration, or nobody is in it yet.
    """
    groups = await demo_people()
    if not groups:
        raise NotFound
    actor = system_actor(groups[0].people[0].organization_id)
    known = {one.id: DemoPerson(one, group.role) for group in groups for one in group.people}
    await _add_roles(actor, known)
    await _add_parts(actor, known)
    await _add_matches(actor, known)
    await _add_check_ins(actor, known)
    _add_reports(known)
    shown = sorted(known.values(), key=lambda one: (*one.situation, one.person.employee_id))
    organization = await organization_of(actor)
    return DemoPage(
        organization, _first(words, (one for one in shown if one.enrollments)),
        _first(words, (one for one in shown if one.role)),
        _first(words, (one for one in shown if not one.enrollments and not one.role and (one.reports or words))),
        clock.today(organization.zone), await _running_cohort(actor),
    )


async def _add_roles(actor: Actor, known: dict[UUID, DemoPerson]) -> None:
    undecided = matches(actor).filter(state__in=[MatchState.DRAFT, MatchState.AWAITING_ADMIN])
    waiting = [str(program_id) for program_id in await undecided.values_list("program_id", flat=True)]
    every = [str(program.id) for program in await programs(actor)]
    for grant in await RoleGrant.filter(organization_id=actor.organization_id, person_id__in=list(known)):
        run = every if grant.program_id is None else [str(grant.program_id)]
        held = known[grant.person_id]
        held.programs += len(run)
        held.drafts += sum(program_id in run for program_id in waiting)


async def _add_parts(actor: Actor, known: dict[UUID, DemoPerson]) -> None:
    taking_part = enrollments(actor).filter(person_id__in=list(known), state__in=list(OPEN_ENROLLMENTS))
    for row in await taking_part.order_by("-invited_at", "-id").select_related("program", "cohort"):
        known[row.person_id].enrollments.append(row)


async def _add_matches(actor: Actor, known: dict[UUID, DemoPerson]) -> None:
    """What waits for somebody's answer, and the pairs that meet already."""
    open_ones = matches(actor).filter(state__in=list(OPEN_MATCHES), published_at__lte=clock.now())
    for match in await open_ones.order_by("-published_at", "-id").prefetch_related("members__person"):
        for member in (one for one in match.members if one.person_id in known):
            if match.state in RUNNING:
                known[member.person_id].running.append(match)
            elif _is_asked(match, member):
                known[member.person_id].requests.append(match)


def _is_asked(match: Match, member: MatchMember) -> bool:
    return match.state in AWAITING_PARTICIPANTS and member.approval is Approval.PENDING


async def _add_check_ins(actor: Actor, known: dict[UUID, DemoPerson]) -> None:
    now = clock.now()
    waiting = own_invitations(actor).filter(state=InvitationState.OPEN, opens_at__lte=now, closes_at__gt=now)
    for row in await waiting.order_by("closes_at", "id"):
        if row.person_id in known:
            known[row.person_id].check_ins.append(row)


def _add_reports(known: dict[UUID, DemoPerson]) -> None:
    for one in [one for one in known.values() if one.enrollments]:
        if one.person.line_manager_id in known:
            known[one.person.line_manager_id].reports.append(one.person)


async def _running_cohort(actor: Actor) -> Cohort | None:
    """The live cohort that began first: by it one counts the days."""
    found = await cohorts_of(actor, [program.id for program in await programs(actor)])
    live = [cohort for cohort in found if cohort.state in LIVE_PROGRAMS]
    return min(live, key=lambda cohort: (cohort.starts_on, cohort.id)) if live else None


def _first(words: str, people: Iterable[DemoPerson]) -> list[DemoPerson]:
    wished = words.casefold().split()
    found = [one for one in people if all(word in one.person.full_name.casefold() for word in wished)]
    return (found if words else _varied(found))[:GROUP_SIZE]


def _varied(people: Iterable[DemoPerson]) -> list[DemoPerson]:
    """The first few of each situation, in the order given."""
    shown: list[DemoPerson] = []
    for one in people:
        if sum(other.situation == one.situation for other in shown) < ALIKE:
            shown.append(one)
    return shown
