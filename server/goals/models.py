"""Tables of the goals room. What people write is encrypted; counts and dates are not."""

from __future__ import annotations

from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.goals.states import GoalPrivacy, GoalState, MilestoneState
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from server.people.models import Competency
from server.programs.models import Enrollment


class Goal(Model):
    """One sentence in four parts, as it stands now. It belongs to an enrolment, and to the match once there is one."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    enrollment: fields.ForeignKeyRelation[Enrollment] = fields.ForeignKeyField(
        "models.Enrollment", related_name="goals", on_delete=fields.RESTRICT
    )
    enrollment_id: UUID
    person_id = fields.UUIDField()
    match_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(GoalState, max_length=15, default=GoalState.DRAFT)
    privacy = fields.CharEnumField(GoalPrivacy, max_length=10, default=GoalPrivacy.PAIR, db_default="PAIR")
    in_focus = fields.BooleanField(default=True)
    want = EncryptedTextField(default="")
    measure = EncryptedTextField(default="")
    competency: fields.ForeignKeyNullableRelation[Competency] = fields.ForeignKeyField(
        "models.Competency", related_name="goals", null=True, on_delete=fields.SET_NULL
    )
    competency_id: UUID | None
    due_on = fields.DateField(null=True)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(default=now)
    updated_at = fields.DatetimeField(default=now)
    settled_at = fields.DatetimeField(null=True)

    versions: fields.ReverseRelation[GoalVersion]
    milestones: fields.ReverseRelation[Milestone]

    class Meta:
        table = "goal"
        indexes = [
            Index(fields=("organization_id", "enrollment_id"), name="ix_goal_enrollment"),
            Index(fields=("organization_id", "match_id"), name="ix_goal_match"),
            Index(fields=("organization_id", "person_id"), name="ix_goal_person"),
            Index(fields=("organization_id", "competency_id"), name="ix_goal_competency"),
        ]


class GoalVersion(Model):
    """A wording as it was before a change, with who changed it, when and why."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    goal: fields.ForeignKeyRelation[Goal] = fields.ForeignKeyField(
        "models.Goal", related_name="versions", on_delete=fields.CASCADE
    )
    goal_id: UUID
    version = fields.IntField()
    want = EncryptedTextField(default="")
    measure = EncryptedTextField(default="")
    competency_id = fields.UUIDField(null=True)
    due_on = fields.DateField(null=True)
    why = EncryptedTextField(default="")
    changed_by_id = fields.UUIDField()
    changed_at = fields.DatetimeField(default=now)
    partner_agreed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "goal_version"
        unique_together = (("goal_id", "version"),)


class Milestone(Model):
    """A dated step of a goal."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    goal: fields.ForeignKeyRelation[Goal] = fields.ForeignKeyField(
        "models.Goal", related_name="milestones", on_delete=fields.CASCADE
    )
    goal_id: UUID
    position = fields.SmallIntField(default=0)
    title = EncryptedTextField()
    due_on = fields.DateField(null=True)
    state = fields.CharEnumField(MilestoneState, max_length=10, default=MilestoneState.TODO)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "milestone"
        indexes = [Index(fields=("organization_id", "goal_id", "position"), name="ix_milestone_goal")]
