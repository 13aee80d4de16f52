"""Tables of the sessions room. Notes, topics and promises are encrypted."""

from __future__ import annotations

import json
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from server.matches.models import Match
from server.sessions.states import NoteVisibility, SessionState


class Session(Model):
    """A planned conversation of a match. `sequence` is iTIP's: it grows with every change that is sent out.

    One of a series carries the series' id, the time the series gave it (`occurs_at`, which stays when it is moved), and
    the zone in whose local time the series repeats (decision 0012).
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="sessions", on_delete=fields.RESTRICT
    )
    match_id: UUID
    number = fields.IntField(default=1)
    state = fields.CharEnumField(SessionState, max_length=12, default=SessionState.PROPOSED)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    proposed_by_id = fields.UUIDField(null=True)
    place = fields.CharField(max_length=500, default="")
    series_id = fields.UUIDField(null=True)
    series_zone = fields.CharField(max_length=64, null=True)
    occurs_at = fields.DatetimeField(null=True)
    sequence = fields.IntField(default=0)
    created_at = fields.DatetimeField(default=now)
    booked_at = fields.DatetimeField(null=True)
    held_at = fields.DatetimeField(null=True)
    confirmed_at = fields.DatetimeField(null=True)
    confirmed_by_id = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)

    agenda: fields.ReverseRelation[AgendaItem]
    notes: fields.ReverseRelation[SessionNote]

    class Meta:
        table = "session"
        indexes = [
            Index(fields=("organization_id", "match_id", "starts_at"), name="ix_session_match"),
            Index(fields=("state", "ends_at"), name="ix_session_due"),
            Index(fields=("organization_id", "series_id"), name="ix_session_series"),
        ]

    @property
    def series_clock(self) -> ZoneInfo:
        """The clock by which its series repeats."""
        return ZoneInfo(self.series_zone or "UTC")


class Absence(Model):
    """Somebody of a circle who cannot come to a meeting, or was not there. Another time asks everybody anew."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="absences", on_delete=fields.CASCADE
    )
    session_id: UUID
    person_id = fields.UUIDField()
    said_by_id = fields.UUIDField()
    said_at = fields.DatetimeField(default=now)

    class Meta:
        table = "session_absence"
        unique_together = (("session_id", "person_id"),)
        indexes = [Index(fields=("organization_id", "session_id"), name="ix_absence_session")]


class AgendaItem(Model):
    """A topic to talk about, with minutes and one question. `source` names what it was drawn from."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="agenda", on_delete=fields.CASCADE
    )
    session_id: UUID
    position = fields.SmallIntField(default=0)
    topic = EncryptedTextField()
    question = EncryptedTextField(default="")
    minutes = fields.SmallIntField(default=10)
    source = fields.CharField(max_length=20, default="")
    talked_about = fields.BooleanField(default=False)
    added_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "agenda_item"
        indexes = [Index(fields=("organization_id", "session_id", "position"), name="ix_agenda_session")]


class SessionNote(Model):
    """What one author wrote under one prompt. PRIVATE rows are read by their author alone, by nobody else, ever.

    `body` is what the author's last page wrote, `page` that page's key, and `others` (JSON, by page) what their other
    pages wrote meanwhile, until a page that has seen all of it writes.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="notes", on_delete=fields.CASCADE
    )
    session_id: UUID
    author_id = fields.UUIDField()
    prompt = fields.SmallIntField(default=0)
    visibility = fields.CharEnumField(NoteVisibility, max_length=10)
    body = EncryptedTextField(default="")
    page = fields.CharField(max_length=64, null=True)
    others = EncryptedTextField(null=True)
    updated_at = fields.DatetimeField(default=now)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session_note"
        unique_together = (("session_id", "author_id", "prompt"),)
        indexes = [Index(fields=("organization_id", "session_id"), name="ix_note_session")]

    @property
    def versions(self) -> dict[str, str]:
        """What other pages wrote meanwhile, by page, the latest first."""
        found: dict[str, str] = json.loads(self.others or "{}")
        return found

    @property
    def words(self) -> str:
        """All that stands here: one version under the other."""
        return "\n\n".join(filter(None, [self.body, *self.versions.values()]))


class ActionItem(Model):
    """A promise with an owner and a date, made in a session."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    match_id = fields.UUIDField()
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="action_items", null=True, on_delete=fields.SET_NULL
    )
    session_id: UUID | None
    owner_id = fields.UUIDField()
    text = EncryptedTextField()
    due_on = fields.DateField(null=True)
    done_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "action_item"
        indexes = [
            Index(fields=("organization_id", "match_id", "done_at"), name="ix_action_match"),
            Index(fields=("organization_id", "session_id"), name="ix_action_session"),
        ]
