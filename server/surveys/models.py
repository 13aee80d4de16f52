"""Tables of the surveys room. Scales and choices are plain, free words are encrypted."""

from __future__ import annotations

from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
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
