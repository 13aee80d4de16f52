"""What would become of each line of a list, always within the actor's organisation. Nothing is stored.

A name is not told: whoever wrote an address knows whose it is.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor, require
from server.kernel.text import folded
from server.kernel.text import gettext as _
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs import rules
from server.programs.audience.queries import meant, today_of
from server.programs.audience.rules import rules_of
from server.programs.audience.states import Side, side_of
from server.programs.inviting.lines import Line
from server.programs.inviting.states import Fate
from server.programs.models import Cohort, Program
from server.programs.queries import cohort_by_id, cohorts, enrollments
from server.programs.states import JOINING, OPEN_ENROLLMENTS, ParticipantRole, suits


@dataclass(frozen=True, slots=True)
class Found:
    """A line and what becomes of it. `beside`: the line that names the same address, where it is there twice."""

    line: Line
    fate: Fate
    person_id: UUID | None = None
    role: ParticipantRole | None = None
    cohort_id: UUID | None = None
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list that was looked at, beside the group whose page it is on. `seen` is what it is known by: whom it would
    invite, as what, into which group."""

    cohort: Cohort
    groups: Sequence[Cohort]
    found: Sequence[Found]

    @property
    def invited(self) -> list[Found]:
        """The lines that invite somebody."""
        return [one for one in self.found if one.fate is Fate.INVITED]

    @property
    def left_out(self) -> list[Found]:
        """The lines that do not."""
        return [one for one in self.found if one.fate is not Fate.INVITED]

    @property
    def counts(self) -> Counter[Fate]:
        """How many lines of each fate there are."""
        return Counter(one.fate for one in self.found)

    @property
    def seen(self) -> str:
        """A digest of whom it would invite."""
        told = sorted(f"{one.cohort_id}:{one.person_id}:{one.role}" for one in self.invited)
        return sha256("\n".join(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked of the database, once for all lines."""

    people: Mapping[str, tuple[UUID, PersonStatus]]
    there: Mapping[UUID, Collection[tuple[UUID, str]]]
    meant: Mapping[Side, Collection[UUID]]


async def look_at(
    actor: Actor, cohort_id: UUID, lines: Sequence[Line], *, usual: ParticipantRole | None = None, beyond: bool = False
) -> Sheet:
    """What would become of each line, in as many statements for one as for thousands.

    A line that names no group is about this one, and one that names no role about the `usual` one. `beyond`: those
    whom the audience does not mean are invited too.

    Raises:
        NotFound: no such group.
        Refused: the actor invites nobody there.
    """
    cohort = await cohort_by_id(actor, cohort_id)
    require(rules.can_edit_enrollments(actor, cohort.program_id), _("invite people to this programme"))
    groups = list(await groups_to_join(actor, cohort.program_id).order_by("-starts_on", "-id"))
    placed = [_placed(one, cohort, groups, usual) for one in _each_once(lines)]
    known = await _known(actor, cohort.program, [one.line.address for one in placed])
    return Sheet(cohort, groups, [_settled(one, known, beyond=beyond) for one in placed])


def groups_to_join(actor: Actor, program_id: UUID) -> QuerySet[Cohort]:
    """The groups of a programme into which people can be invited: not yet closing."""
    return cohorts(actor).filter(program_id=program_id, state__in=list(JOINING))


def _each_once(lines: Sequence[Line]) -> list[Found]:
    """Each line; the second that names an address is no line of its own."""
    first, found = dict[str, int](), list[Found]()
    for line in lines:
        if not line.is_address:
            found.append(Found(line, Fate.ADDRESS))
        elif line.address in first:
            found.append(Found(line, Fate.TWICE, beside=first[line.address]))
        else:
            first[line.address] = line.number
            found.append(Found(line, Fate.INVITED))
    return found


def _placed(one: Found, cohort: Cohort, groups: Sequence[Cohort], usual: ParticipantRole | None) -> Found:
    """The line with its role and group, or why it has none."""
    if one.fate is not Fate.INVITED:
        return one
    role = _role(one.line.role, usual)
    if role is None or not suits(role, cohort.program.type, cohort.program.circles):
        return replace(one, fate=Fate.ROLE)
    asked = folded(one.line.group)
    named = (row for row in groups if (asked in (folded(row.key), folded(row.name)) if asked else row.id == cohort.id))
    group = next(named, None)
    return replace(one, role=role, cohort_id=group.id) if group else replace(one, fate=Fate.GROUP)


def _role(told: str, usual: ParticipantRole | None) -> ParticipantRole | None:
    if not told:
        return usual
    return ParticipantRole(told.upper()) if told.upper() in ParticipantRole.__members__ else None


async def _known(actor: Actor, program: Program, addresses: Sequence[str]) -> _Known:
    ours = Person.filter(organization_id=actor.organization_id, email__in=list(set(addresses)))
    rows = await ours.values_list("email", "id", "status")
    people = {str(email): (person_id, PersonStatus(status)) for email, person_id, status in rows}
    ids, today = [person_id for person_id, _status in people.values()], await today_of(actor)
    there = defaultdict[UUID, list[tuple[UUID, str]]](list)
    parts = enrollments(actor).filter(program_id=program.id, person_id__in=ids)
    for person_id, cohort_id, state in await parts.values_list("person_id", "cohort_id", "state"):
        there[person_id].append((cohort_id, state))
    return _Known(people, there, {side: await _meant(actor, program, side, ids, today) for side in Side})


async def _meant(actor: Actor, program: Program, side: Side, ids: list[UUID], today: date) -> set[UUID]:
    found = meant(actor, rules_of(program.audience, side), today).filter(id__in=ids)
    return {row["id"] for row in await found.values("id")}


def _settled(one: Found, known: _Known, *, beyond: bool) -> Found:
    if one.fate is not Fate.INVITED or one.role is None:
        return one
    person_id, status = known.people.get(one.line.address, (None, PersonStatus.ENDED))
    if person_id is None:
        return replace(one, fate=Fate.UNKNOWN)
    parts = known.there.get(person_id, ())
    is_meant = beyond or person_id in known.meant[side_of(one.role)]
    kept_out = [
        (Fate.LEFT, status is PersonStatus.ENDED),
        (Fate.HERE, any(state in OPEN_ENROLLMENTS for _cohort_id, state in parts)),
        (Fate.BEFORE, any(cohort_id == one.cohort_id for cohort_id, _state in parts)),
        (Fate.NOT_MEANT, not is_meant),
    ]
    fate = next((fate for fate, so in kept_out if so), Fate.INVITED)
    return replace(one, fate=fate, person_id=None if fate is not Fate.INVITED else person_id)
