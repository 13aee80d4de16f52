"""What became of the messages of a programme, and whether its reminders help, for who runs it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from tortoise import Model
from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.models import Match, MatchMember
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message
from server.notifications.proving.acts import asks
from server.notifications.proving.arms import unit_of
from server.notifications.proving.intervals import Difference, Share, difference
from server.notifications.states import Arm, MessageClass
from server.programs.models import Cohort, Enrollment, Program
from server.programs.plans.telling import Trigger, own_messages
from server.programs.queries import program_by_id
from server.programs.rules import can_edit_program

WITHIN = timedelta(days=7)
"""So soon after a message it counts that somebody did what it asks for."""
LATELY = timedelta(days=180)
PLACE = {kind: number for number, kind in enumerate(CATALOGUE)}
"""In which order they are told."""
LEAST = 8
"""No figure rests on fewer people (metrics.md, small groups)."""


OWNERS: Mapping[str, type[Model]] = {"match_id": Match, "enrollment_id": Enrollment, "cohort_id": Cohort}
"""By what a message speaks of, where it is found out to which programme it belongs."""


class Belongs(NamedTuple):
    """The programme that a message belongs to, and how many of a hundred it leaves out."""

    program_id: UUID | None = None
    held_out_percent: int = 0


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of one kind of message, or of one of a programme's own (`own`: its key). `people`: how many it was
    for; figures of fewer than eight are None, and `acted` of what asks for nothing."""

    kind: str
    people: int
    sent: int | None = None
    arrived: int | None = None
    came_back: int | None = None
    tapped: int | None = None
    acted: int | None = None
    own: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """How many did what a reminder asks for within a week: of those it was sent to, and of those who were left out."""

    kind: str
    nudged: Share
    held_out: Share
    difference: Difference | None
    own: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a programme's messages of the last half year. `names`: what its own of today are called, by their
    keys."""

    program: Program
    fates: list[Fates]
    effects: list[Effect]
    names: dict[str, str]


async def outcome_of(actor: Actor, program_id: UUID) -> Outcome:
    """What became of a programme's messages, kind by kind.

    Raises:
        NotFound: no such programme, or the actor does not run it.
    """
    program = await program_by_id(actor, program_id)
    if not can_edit_program(actor, program.id):
        raise NotFound
    rows = Message.filter(
        organization_id=actor.organization_id, program_id=program.id, created_at__gte=clock.now() - LATELY
    )
    went = Q(sent_at__isnull=False) | Q(bounced_at__isnull=False)
    drawn = rows.filter(message_class=MessageClass.NUDGE, created_at__lte=clock.now() - WITHIN).exclude(arm=Arm.NONE)
    today = own_messages(program.messages)
    follows = {one.key: one.when for one in today}
    return Outcome(
        program, _in_order(_fates(row, follows) for row in await _counted(rows.filter(went))),
        effects(await drawn.values("kind", "arm", "facts", "acted_at")), {one.key: one.name for one in today},
    )


def effects(rows: Iterable[Mapping[str, object]]) -> list[Effect]:
    """The two shares of each kind that asks for something, counted by match or enrolment: several reminders of one are
    one."""
    acted: defaultdict[tuple[str, str, Arm], dict[UUID, bool]] = defaultdict(dict)
    for row in rows:
        kind, facts, arm = str(row["kind"]), row["facts"], Arm(str(row["arm"]))
        assert isinstance(facts, dict)
        unit = unit_of(facts)
        if unit is not None and asks(kind, facts.get("when")):
            there = acted[kind, str(facts.get("own", "")), arm]
            there[unit] = there.get(unit, False) or row["acted_at"] is not None
    drawn = sorted({(kind, own) for kind, own, _arm in acted if kind in PLACE}, key=lambda one: (PLACE[one[0]], one[1]))
    return [_effect(*one, *(_share(acted[*one, arm]) for arm in (Arm.NUDGED, Arm.HELD_OUT))) for one in drawn]


async def belongs(actor: Actor, facts: Mapping[str, object]) -> Belongs:
    """The programme of what a message speaks of; none for one about an account."""
    for name, model in OWNERS.items():
        if its_id := facts.get(name):
            found = model.filter(organization_id=actor.organization_id, id=UUID(str(its_id))).first()
            whose = await found.values_list("program_id", "program__held_out_percent")
            return Belongs(*whose) if whose else Belongs()
    return Belongs()


async def people_of(actor: Actor, payload: Mapping[str, object]) -> list[UUID]:
    """Whom a fact may be about: the people of its match, else its person."""
    if match_id := payload.get("match_id"):
        seats = MatchMember.filter(organization_id=actor.organization_id, match_id=UUID(str(match_id)))
        return [seat.person_id for seat in await seats]
    return [UUID(str(payload["person_id"]))] if payload.get("person_id") else []


async def _counted(rows: QuerySet[Message]) -> list[dict[str, int]]:
    """Of each kind, for how many people, and how many messages had each fate."""
    counts = {
        "people": Count("recipient_id", distinct=True), "sent": Count("id"),
        "bounced": Count("id", _filter=Q(bounced_at__isnull=False)),
        "tapped": Count("id", _filter=Q(tapped_at__isnull=False)),
        "acted": Count("id", _filter=Q(acted_at__isnull=False)),
    }
    return await rows.annotate(**counts).group_by("kind", "own").values("kind", "own", *counts)


def _fates(row: Mapping[str, int], follows: Mapping[str, Trigger]) -> Fates:
    """`follows`: after what the programme's own messages of today go."""
    kind, people, own = str(row["kind"]), int(row["people"]), str(row["own"])
    if people < LEAST:
        return Fates(kind, people, own=own)
    sent, came_back = int(row["sent"]), int(row["bounced"])
    acted = int(row["acted"]) if asks(kind, follows.get(own)) else None
    return Fates(kind, people, sent, sent - came_back, came_back, int(row["tapped"]), acted, own)


def _in_order(found: Iterable[Fates]) -> list[Fates]:
    return sorted((one for one in found if one.kind in PLACE), key=lambda one: (PLACE[one.kind], one.own))


def _share(acted: Mapping[UUID, bool]) -> Share:
    return Share(sum(acted.values()), len(acted))


def _effect(kind: str, own: str, nudged: Share, held_out: Share) -> Effect:
    enough = min(nudged.of, held_out.of) >= LEAST
    return Effect(kind, nudged, held_out, difference(nudged, held_out) if enough else None, own)
