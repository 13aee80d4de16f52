"""What happened to a pair, from the audit log: who did what and when. Words stay with the two who wrote them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, ActorKind
from server.kernel.facts import AuditEvent
from server.kernel.ids import parse_id
from server.matches.models import Match
from server.sessions.states import NoteVisibility

MOST = 300
"""So many of the latest entries are read."""
WROTE = "message.written"
OF_MANAGERS = "match.write_note"
TOLD = (
    "match.suggest", "match.suggest_again", "match.request", "match.override", "match.publish", "match.undo_publish",
    "match.accept", "match.admin_approve", "match.undo_approve", "match.undo_release", "match.decline", "match.expire",
    "match.cancel", "match.discard", "match.pause", "match.put_in", "match.leave_circle", "match.no_facilitator",
    "match.rest", "match.resume", "match.undo_change", "match.propose_extension", "match.withdraw_extension",
    "match.extend", "match.end", "match.end_date_passed", "match.close", OF_MANAGERS,
    "session.hold", "session.book", "session.move", "session.cancel", "session.mark_held", "session.confirm",
    "session.log",
    "session.no_show", "session.undo_no_show", "session.undo_change", "session.write_note",
    "goal.save", "goal.agree", "goal.tick_milestone", "goal.settle",
    "survey.open", "survey.answer", "survey.expire",
    "enrollment.pause", "enrollment.resume", "enrollment.withdrawn", "enrollment.removed", "enrollment.deprovisioned",
    "enrollment.lose_eligibility", "enrollment.keep_eligible", "enrollment.undo_eligibility",
    "enrollment.eligibility_lost", "enrollment.undo_decision", "enrollment.undo_break",
)
"""The entries that a timeline tells; what else the log holds (a lock, a topic, a mark read) is for the log."""


OF_A_CIRCLE = ("match.put_in", "match.leave_circle")
OF_A_SERIES = ("session.book", "session.move", "session.cancel")
"""What one act does to several sessions of a series, with an entry for each."""


@dataclass(frozen=True)
class Event:
    """Something that happened. `by_id` is None when the product did it; `count` folds what was done often in a day.

    What was done to sessions of a series is one thing: then `target_id` is the series' id.
    """

    at: datetime
    action: str
    by_id: UUID | None
    target_id: UUID | None = None
    count: int = 1
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def by_product(self) -> bool:
        """Whether nobody did it but the product itself."""
        return self.by_id is None


async def events_of(
    actor: Actor, match: Match, targets: Collection[UUID], moments: Iterable[tuple[UUID, datetime]], *,
    with_notes: bool, series: Mapping[UUID, UUID],
) -> list[Event]:
    """The timeline of a pair, the latest first. `targets` are the rows that belong to it, `moments` who wrote when.

    `with_notes`: whether the actor may know of the managers' note. `series`: of which series a session is one.
    """
    entries = AuditEvent.filter(
        organization_id=actor.organization_id, target_id__in=list(targets), action__in=TOLD,
        at__gte=match.created_at,
    )
    rows = await entries.order_by("-at", "-id").limit(MOST)
    found = [_event(row, series) for row in rows if _is_told(row, with_notes)]
    wrote = [Event(at, WROTE, author_id) for author_id, at in moments]
    return _folded(sorted([*found, *wrote], key=lambda one: one.at, reverse=True))


def _is_told(row: AuditEvent, with_notes: bool) -> bool:
    """Not a private note, not even that there is one; not a step whose tick was taken back."""
    if row.action == "session.write_note":
        return row.detail.get("visibility") == NoteVisibility.SHARED
    if row.action == "goal.tick_milestone":
        return bool(row.detail.get("done"))
    return with_notes or row.action != OF_MANAGERS


def _event(row: AuditEvent, series: Mapping[UUID, UUID]) -> Event:
    target_id = row.target_id
    if target_id and row.action in OF_A_SERIES:
        target_id = series.get(target_id, target_id)
    by_id = parse_id(row.actor_id) if row.actor_kind == ActorKind.PERSON.value else None
    return Event(row.at, row.action, by_id, target_id, detail=row.detail)


def _of_whom(one: Event) -> object:
    """Who came into a circle or left it: each of them is told."""
    return one.detail.get("person_id") or one.detail.get("enrollment_id") if one.action in OF_A_CIRCLE else None


def _folded(events: Iterable[Event]) -> list[Event]:
    """The same thing done by the same person to the same row on one day stands once, at its latest moment.

    A new wording of a goal (its version) is another thing.
    """
    kept: dict[tuple[object, ...], Event] = {}
    for one in events:
        key = (one.action, one.by_id, one.target_id, one.at.date(), one.detail.get("version"), _of_whom(one))
        first = kept.get(key)
        kept[key] = Event(**{**vars(first), "count": first.count + 1}) if first else one
    return list(kept.values())
