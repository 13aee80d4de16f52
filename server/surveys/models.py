"""Tables of the surveys room. Scales and choices are plain, free words are encrypted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id, random_id
from server.kernel.secrets import EncryptedTextField
from server.matches.models import Match
from server.surveys.states import GoalOutcome, InvitationState, SurveyKind


class SurveyInvitation(Model):
    """One person asked once, about one match."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    kind = fields.CharEnumField(SurveyKind, max_length=15)
    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="survey_invitations", on_delete=fields.CASCADE
    )
    match_id: UUID
    program_id = fields.UUIDField()
    person_id = fields.UUIDField()
    state = fields.CharEnumField(InvitationState, max_length=10, default=InvitationState.PLANNED)
    opens_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "survey_invitation"
        unique_together = (("match_id", "person_id", "kind"),)
        indexes = [
            Index(fields=("organization_id", "person_id", "state"), name="ix_survey_person"),
            Index(fields=("organization_id", "program_id", "answered_at"), name="ix_survey_program"),
        ]


class SurveyAnswer(Model):
    """The answers to one invitation: two five-step scales, what would help, and optional words.

    The last one also holds 0 to 10 for whether they would recommend it, and what became of the mentee's goal: of which
    one, if that closed it.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    invitation: fields.OneToOneRelation[SurveyInvitation] = fields.OneToOneField(
        "models.SurveyInvitation", related_name="answer", on_delete=fields.CASCADE
    )
    invitation_id: UUID
    usefulness = fields.SmallIntField(null=True)
    goal_distance = fields.SmallIntField(null=True)
    help_wanted: list[str] = fields.JSONField(default=list)
    recommend = fields.SmallIntField(null=True)
    goal_outcome = fields.CharEnumField(GoalOutcome, max_length=10, null=True)
    goal_id = fields.UUIDField(null=True)
    words = EncryptedTextField(default="")
    answered_at = fields.DatetimeField(default=now)
    handled_at = fields.DatetimeField(null=True)
    handled_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "survey_answer"


class SurveyForm(Model):
    """A form as it was asked, in one wording: never changed, so that an answer always means what it was given to.

    `questions`: those of the programme's document. `key`: what all wordings of a form are known by.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program_id = fields.UUIDField()
    key = fields.CharField(max_length=30)
    kind = fields.CharEnumField(SurveyKind, max_length=15)
    name = fields.CharField(max_length=80)
    anonymous = fields.BooleanField(default=False)
    questions: list[dict[str, Any]] = fields.JSONField(default=list)
    digest = fields.CharField(max_length=64)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "survey_form"
        unique_together = (("program_id", "key", "digest"),)


class FormInvitation(Model):
    """One person asked by a form on one occasion of a match. Of an anonymous one it knows no more than "answered"."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    form: fields.ForeignKeyRelation[SurveyForm] = fields.ForeignKeyField(
        "models.SurveyForm", related_name="invitations", on_delete=fields.CASCADE
    )
    form_id: UUID
    form_key = fields.CharField(max_length=30)
    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="form_invitations", on_delete=fields.CASCADE
    )
    match_id: UUID
    program_id = fields.UUIDField()
    person_id = fields.UUIDField()
    occasion = fields.CharField(max_length=60)
    state = fields.CharEnumField(InvitationState, max_length=10, default=InvitationState.OPEN)
    opened_at = fields.DatetimeField(default=now)
    closes_at = fields.DatetimeField()

    class Meta:
        table = "form_invitation"
        unique_together = (("match_id", "person_id", "form_key", "occasion"),)
        indexes = [
            Index(fields=("organization_id", "person_id", "state"), name="ix_form_person"),
            Index(fields=("form_id", "state"), name="ix_form_state"),
        ]


class FormAnswer(Model):
    """The answers to one invitation, with a name: a number for each question (None for words), and the words."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    invitation: fields.OneToOneRelation[FormInvitation] = fields.OneToOneField(
        "models.FormInvitation", related_name="answer", on_delete=fields.CASCADE
    )
    invitation_id: UUID
    numbers: list[int | None] = fields.JSONField(default=list)
    words = EncryptedTextField(default="")
    answered_at = fields.DatetimeField(default=now)

    class Meta:
        table = "form_answer"


class FormBallot(Model):
    """An anonymous answer. Nothing here leads to whoever gave it (docs/decisions, surveys and anonymous answers).

    It counts once seven others lie with it: they get one `week` (its Monday) together.
    """

    id = fields.UUIDField(primary_key=True, default=random_id)
    organization_id = fields.UUIDField()
    form: fields.ForeignKeyRelation[SurveyForm] = fields.ForeignKeyField(
        "models.SurveyForm", related_name="ballots", on_delete=fields.CASCADE
    )
    form_id: UUID
    week = fields.DateField(null=True)
    numbers: list[int | None] = fields.JSONField(default=list)
    words = EncryptedTextField(default="")

    class Meta:
        table = "form_ballot"
        indexes = [Index(fields=("form_id", "week"), name="ix_ballot_form")]
