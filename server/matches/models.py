"""Tables of the matches room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from server.matches.states import (
    Approval,
    ClosureReason,
    DeclineReason,
    MatchKind,
    MatchOrigin,
    MatchState,
    OverrideKind,
)
from server.people.models import Person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ParticipantRole


class Match(Model):
    """A mentor and a mentee, or a group, in one cohort."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="matches", on_delete=fields.RESTRICT
    )
    program_id: UUID
    cohort: fields.ForeignKeyRelation[Cohort] = fields.ForeignKeyField(
        "models.Cohort", related_name="matches", on_delete=fields.RESTRICT
    )
    cohort_id: UUID
    kind = fields.CharEnumField(MatchKind, max_length=10, default=MatchKind.PAIR, db_default="PAIR")
    state = fields.CharEnumField(MatchState, max_length=20, default=MatchState.DRAFT)
    origin = fields.CharEnumField(MatchOrigin, max_length=10, default=MatchOrigin.ENGINE)
    run_id = fields.UUIDField(null=True)
    fit = fields.IntField(null=True)
    confidence = fields.FloatField(null=True)
    calibrated_on = fields.IntField(default=0)
    based_on = fields.IntField(null=True)
    explanation: dict[str, Any] = fields.JSONField(default=dict)
    held_back = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(default=now)
    published_at = fields.DatetimeField(null=True)
    answer_by = fields.DatetimeField(null=True)
    active_at = fields.DatetimeField(null=True)
    ends_on = fields.DateField(null=True)
    paused_on = fields.DateField(null=True)
    paused_until = fields.DateField(null=True)
    proposed_end_on = fields.DateField(null=True)
    proposed_by_id = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)
    closure_reason = fields.CharEnumField(ClosureReason, max_length=20, null=True)
    rematch_of_id = fields.UUIDField(null=True)

    members: fields.ReverseRelation[MatchMember]

    class Meta:
        table = "match"
        indexes = [
            Index(fields=("organization_id", "cohort_id", "state"), name="ix_match_cohort"),
            Index(fields=("organization_id", "program_id", "state"), name="ix_match_program"),
            Index(fields=("organization_id", "run_id"), name="ix_match_run"),
        ]


class MatchMember(Model):
    """A person in a match, with role and own answer. `left_at`: since when they are no member of a circle that goes
    on, because they said no, did not answer in time, or stepped out; a pair ends with either of the two."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="members", on_delete=fields.CASCADE
    )
    match_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="memberships", on_delete=fields.RESTRICT
    )
    person_id: UUID
    enrollment: fields.ForeignKeyRelation[Enrollment] = fields.ForeignKeyField(
        "models.Enrollment", related_name="memberships", on_delete=fields.RESTRICT
    )
    enrollment_id: UUID
    role = fields.CharEnumField(ParticipantRole, max_length=20)
    approval = fields.CharEnumField(Approval, max_length=12, default=Approval.PENDING)
    answered_at = fields.DatetimeField(null=True)
    decline_reason = fields.CharEnumField(DeclineReason, max_length=20, null=True)
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "match_member"
        unique_together = (("match_id", "person_id"),)
        indexes = [
            Index(fields=("organization_id", "person_id"), name="ix_member_person"),
            Index(fields=("organization_id", "enrollment_id"), name="ix_member_enrollment"),
        ]


class Proposal(Model):
    """What was known of a pair when its match was made, and who proposed it: what matching learns from (decision 0016).

    Written once, never changed: the database refuses it. It goes with its match.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    match: fields.OneToOneRelation[Match] = fields.OneToOneField(
        "models.Match", related_name="proposal", on_delete=fields.CASCADE
    )
    match_id: UUID
    program_id = fields.UUIDField()
    cohort_id = fields.UUIDField()
    mentor_enrollment_id = fields.UUIDField()
    mentee_enrollment_id = fields.UUIDField()
    origin = fields.CharEnumField(MatchOrigin, max_length=10)
    decided_by = fields.CharField(max_length=60)
    run_id = fields.UUIDField(null=True)
    engine_version = fields.CharField(max_length=40, default="")
    model_version = fields.CharField(max_length=60, default="")
    weights_version = fields.CharField(max_length=40, default="")
    features: dict[str, float] = fields.JSONField(default=dict)
    fit = fields.FloatField(null=True)
    confidence = fields.FloatField(null=True)
    calibrated = fields.BooleanField(default=False)
    based_on = fields.IntField(null=True)
    rank_for_mentor = fields.IntField(null=True)
    rank_for_mentee = fields.IntField(null=True)
    shown: list[str] = fields.JSONField(default=list)
    propensity = fields.FloatField(null=True)
    seed = fields.IntField(null=True)
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "proposal"
        indexes = [Index(fields=("organization_id", "program_id", "at"), name="ix_proposal_program")]


class MatchNote(Model):
    """What the managers of the programme note about a pair, one note for all of them. `version` counts its changes."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    match: fields.OneToOneRelation[Match] = fields.OneToOneField(
        "models.Match", related_name="note", on_delete=fields.CASCADE
    )
    match_id: UUID
    words = EncryptedTextField(default="")
    version = fields.IntField(default=1)
    written_by_id = fields.UUIDField()
    written_at = fields.DatetimeField(default=now)

    class Meta:
        table = "match_note"


class MatchOverride(Model):
    """A manager's decision about two people in a cohort. PIN records a choice of their own with its reason; the LOCK
    that comes with it makes later runs keep the draft. BAN keeps two apart until it is lifted."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    cohort_id = fields.UUIDField()
    match_id = fields.UUIDField(null=True)
    mentor_enrollment_id = fields.UUIDField()
    mentee_enrollment_id = fields.UUIDField()
    kind = fields.CharEnumField(OverrideKind, max_length=10)
    reason = EncryptedTextField(default="")
    decided_by = fields.CharField(max_length=60)
    at = fields.DatetimeField(default=now)
    lifted_at = fields.DatetimeField(null=True)
    lifted_by = fields.CharField(max_length=60, null=True)

    class Meta:
        table = "match_override"
        indexes = [Index(fields=("organization_id", "cohort_id", "kind"), name="ix_override_cohort")]


class ConflictOfInterest(Model):
    """Two people of an organisation who are matched in no programme, until it is lifted. Of the two the smaller id
    stands first."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    one_id = fields.UUIDField()
    other_id = fields.UUIDField()
    reason = EncryptedTextField(default="")
    declared_by = fields.CharField(max_length=60)
    at = fields.DatetimeField(default=now)
    lifted_at = fields.DatetimeField(null=True)
    lifted_by = fields.CharField(max_length=60, null=True)

    class Meta:
        table = "conflict_of_interest"
        indexes = [
            Index(fields=("organization_id", "one_id"), name="ix_conflict_one"),
            Index(fields=("organization_id", "other_id"), name="ix_conflict_other"),
        ]
