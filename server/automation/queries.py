"""What goes by itself, what went, and what was skipped and by whom: for whoever runs the programmes of some rows, who
knows why these."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.automation.protocol import RULES
from server.automation.surveys.planning import RULE as ASKS
from server.automation.telling.allowed import why_on
from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.errors import NotFound
from server.kernel.facts import ActionState, AuditEvent, ScheduledAction
from server.kernel.ids import parse_id
from server.notifications.models import Message
from server.notifications.queries import BY_HAND, messages_about, messages_to
from server.notifications.states import MessageState
from server.people.models import Person
from server.people.queries import people_by_ids
from server.programs.models import Program
from server.programs.plans.telling import OWN, own_messages
from server.surveys.forms.form import forms_of

SHOWN = 30
SKIP = "message.skip"
"""What the audit log calls it when somebody skips a message."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A message whose moment is ahead: a step of the timetable, or one that waits for its hour.

    `kind` is empty for a survey, which has the `name` that its programme gave it, as its own messages have. `to_id`:
    None where it is for who runs the programme. `stays`: why it cannot be skipped, in words.
    """

    id: UUID
    kind: str
    name: str
    at: datetime
    to_id: UUID | None
    is_skipped: bool
    stays: str


@dataclass(frozen=True, slots=True)
class Course:
    """The messages about some rows: what comes, the next one first; what became of others, the latest first. `hands`:
    who skipped which of them."""

    coming: list[Coming]
    messages: list[Message]
    skipped: list[ScheduledAction]
    hands: Mapping[UUID, Person]


async def course_of(
    actor: Actor, subject_ids: Collection[UUID], person_id: UUID | None = None, *, until: datetime | None = None
) -> Course:
    """The messages about some rows, to one person or to all: the next and the last thirty of each; with `until` (aware)
    what comes is what comes before."""
    steps = _steps_about(actor, subject_ids, person_id)
    moment = clock.now()
    ahead = Q(state=ActionState.PLANNED) | Q(state=ActionState.SKIPPED, reason=BY_HAND, due_at__gt=moment)
    soon = steps.filter(ahead) if until is None else steps.filter(ahead, due_at__lte=until)
    planned = await soon.order_by("due_at", "id").limit(SHOWN)
    over = steps.filter(~Q(reason=BY_HAND) | Q(due_at__lte=moment), state=ActionState.SKIPPED)
    skipped = await over.order_by("-due_at", "-id").limit(SHOWN)
    found = await (messages_about(actor, subject_ids) if person_id is None else
                   messages_to(actor, person_id, subject_ids))
    waiting = [one for one in found if is_ahead(one) and not why_it_stays(one)]   # what always goes is on its way
    coming = await _coming(actor, [*planned, *waiting])
    rows: list[ScheduledAction | Message] = [*planned, *skipped, *found]
    return Course(
        sorted(coming, key=lambda one: (one.at, one.id)), [one for one in found if one not in waiting], skipped,
        await _hands(actor, [one.id for one in rows if one.reason == BY_HAND]),
    )


async def waiting_row(actor: Actor, row_id: UUID) -> ScheduledAction | Message:
    """A step, or a message, of a programme whose matches the actor may see.

    Raises:
        NotFound: there is none.
    """
    step = await ScheduledAction.get_or_none(organization_id=actor.organization_id, id=row_id)
    row = step or await Message.get_or_none(organization_id=actor.organization_id, id=row_id)
    told = isinstance(row, Message) or (row is not None and (row.rule == ASKS or row.rule.startswith(RULES)))
    if row is None or not told or row.program_id is None:
        raise NotFound
    if not actor.may(Permission.PROGRAM_MATCHES_READ, row.program_id):
        raise NotFound
    return row


async def coming_of(actor: Actor, row: ScheduledAction | Message) -> Coming:
    """One of them as it stands."""
    return (await _coming(actor, [row]))[0]


def kind_of(row: ScheduledAction | Message) -> str:
    """The kind of message that a row is, or brings; none for a survey, whose form says what it asks."""
    if isinstance(row, Message):
        return row.kind
    return "" if row.rule == ASKS else row.rule.removeprefix(RULES).partition(".")[0]


def why_it_stays(row: ScheduledAction | Message) -> str:
    """Why a message cannot be skipped, in words; empty when it can. What no programme may switch off always goes."""
    kind = kind_of(row)
    return why_on(kind) if kind else ""


def is_ahead(message: Message) -> bool:
    """Whether a message waits for its hour, or was skipped before that."""
    if message.reason == BY_HAND:
        return message.due_at > clock.now()
    return message.state is MessageState.PLANNED and message.fallback is None


def _steps_about(
    actor: Actor, subject_ids: Collection[UUID], person_id: UUID | None
) -> QuerySet[ScheduledAction]:
    about = ScheduledAction.filter(
        Q(rule__startswith=RULES) | Q(rule=ASKS), organization_id=actor.organization_id,
        subject_id__in=list(subject_ids),
    )
    return about.filter(recipient_id=person_id) if person_id else about


async def _own_names(
    actor: Actor, rows: Iterable[ScheduledAction | Message]
) -> dict[tuple[UUID | None, str, str], str]:
    """What programmes call their surveys, and their messages of their own."""
    ids = {one.program_id for one in rows if kind_of(one) in ("", OWN)}
    programs = await Program.filter(organization_id=actor.organization_id, id__in=list(ids)) if ids else []
    names = dict[tuple[UUID | None, str, str], str]()
    for one in programs:
        names |= {(one.id, "", form.key): form.name for form in forms_of(one)}
        names |= {(one.id, OWN, its_own.key): its_own.name for its_own in own_messages(one.messages)}
    return names


async def _coming(actor: Actor, rows: Sequence[ScheduledAction | Message]) -> list[Coming]:
    names = await _own_names(actor, rows)
    return [
        Coming(
            one.id, kind_of(one), names.get((one.program_id, kind_of(one), _own_key(one)), ""), one.due_at,
            one.recipient_id, one.reason == BY_HAND, why_it_stays(one),
        )
        for one in rows
    ]


def _own_key(row: ScheduledAction | Message) -> str:
    """Which survey of its programme, or which of its own messages, a row is of."""
    said = row.facts if isinstance(row, Message) else row.payload
    return str(said.get("own") or said.get("form"))


async def _hands(actor: Actor, row_ids: Collection[UUID]) -> dict[UUID, Person]:
    if not row_ids:
        return {}
    acts = AuditEvent.filter(organization_id=actor.organization_id, action=SKIP, target_id__in=list(row_ids))
    by = {one.target_id: parse_id(one.actor_id) for one in await acts.order_by("at") if one.target_id}
    people = await people_by_ids(actor, {one for one in by.values() if one})
    return {row_id: people[person_id] for row_id, person_id in by.items() if person_id in people}
