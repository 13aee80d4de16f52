"""Tables of the programs room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from server.people.models import Organization, Person
from server.programs.states import (
    Approvals,
    AskedFirst,
    Cadence,
    Circles,
    EnrollmentState,
    FileKind,
    Guide,
    ParticipantRole,
    PlanState,
    ProgramState,
    ProgramType,
)


class Program(Model):
    """A configured mentoring offer. Nothing in it changes another programme."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="programs", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    key = fields.CharField(max_length=60)
    name = fields.CharField(max_length=120)
    type = fields.CharEnumField(ProgramType, max_length=20)
    state = fields.CharEnumField(ProgramState, max_length=20, default=ProgramState.DRAFT)
    cadence = fields.CharEnumField(Cadence, max_length=10, default=Cadence.COHORT)
    circles = fields.CharEnumField(Circles, max_length=10, default=Circles.NONE, db_default="NONE")
    duration_days = fields.IntField(default=182)
    sessions_per_month = fields.IntField(default=2)
    session_minutes = fields.IntField(default=45)
    approvals = fields.CharEnumField(Approvals, max_length=10, default=Approvals.BOTH)
    asked_first = fields.CharEnumField(AskedFirst, max_length=10, default=AskedFirst.TOGETHER, db_default="TOGETHER")
    mentees_may_ask = fields.BooleanField(default=False, db_default=False)
    mentors_may_ask = fields.BooleanField(default=False, db_default=False)
    mentees_may_wish = fields.BooleanField(default=False, db_default=False)
    mentors_may_wish = fields.BooleanField(default=False, db_default=False)
    pause_moves_end = fields.BooleanField(default=False, db_default=False)
    admin_approves_matches = fields.BooleanField(default=False)
    admin_approves_admission = fields.BooleanField(default=False)
    answer_within_days = fields.IntField(default=7)
    invitation_days = fields.IntField(default=30)
    places_max = fields.IntField(default=3)
    meeting_url = fields.CharField(max_length=500, default="")
    weights: dict[str, float] = fields.JSONField(default=dict)
    rules: dict[str, Any] = fields.JSONField(default=dict)
    weights_version = fields.IntField(null=True)
    held_out_percent = fields.IntField(default=0, db_default=0)
    note_prompts: list[str] = fields.JSONField(default=list)
    goal_examples: list[dict[str, str]] = fields.JSONField(default=list)
    triggers: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    messages: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    audience: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    reports: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    resources: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    branding: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    terminology: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    goal_privacy: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    surveys: list[dict[str, Any]] = fields.JSONField(default=list, db_default="[]")
    training: list[dict[str, Any]] = fields.JSONField(default=list, db_default="[]")
    intake: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    permissions: dict[str, Any] = fields.JSONField(default=dict, db_default="{}")
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "program"
        unique_together = (("organization_id", "key"),)


class ProgramVersion(Model):
    """The whole configuration of a programme as one document: as it was, as it is, as it is to be.

    The programme's own row is what holds; the LIVE version says what that was when somebody last looked. Numbers count
    from 1 in each programme, in the order in which they came into force; a draft has the next one. `based_on` is the
    version that was live when the draft was begun, `restores` the earlier one whose content it took.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="versions", on_delete=fields.RESTRICT
    )
    program_id: UUID
    number = fields.IntField()
    state = fields.CharEnumField(PlanState, max_length=10)
    content: dict[str, Any] = fields.JSONField(default=dict)
    digest = fields.CharField(max_length=64)
    based_on = fields.IntField(null=True)
    restores = fields.IntField(null=True)
    made_by = fields.CharField(max_length=60)
    made_at = fields.DatetimeField(default=now)
    live_by = fields.CharField(max_length=60, default="")
    live_at = fields.DatetimeField(null=True)

    class Meta:
        table = "program_version"
        unique_together = (("program_id", "number"),)
        indexes = [Index(fields=("organization_id", "program_id"), name="ix_version_program")]


class ProgramFile(Model):
    """A file that some version of a programme names, by the digest of its content. It never changes."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="files", on_delete=fields.CASCADE
    )
    program_id: UUID
    digest = fields.CharField(max_length=64)
    kind = fields.CharEnumField(FileKind, max_length=10)
    size = fields.IntField()
    content = fields.BinaryField()
    uploaded_by = fields.CharField(max_length=60)
    uploaded_at = fields.DatetimeField(default=now)

    class Meta:
        table = "program_file"
        unique_together = (("program_id", "digest"),)
        indexes = [Index(fields=("organization_id", "program_id"), name="ix_file_program")]


class Cohort(Model):
    """One run of a programme with its own dates and roster; an always-on programme has one that stays open."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="cohorts", on_delete=fields.RESTRICT
    )
    program_id: UUID
    key = fields.CharField(max_length=60)
    name = fields.CharField(max_length=120)
    state = fields.CharEnumField(ProgramState, max_length=20, default=ProgramState.ENROLLING)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    next_opens_on = fields.DateField(null=True)
    hear_by_on = fields.DateField(null=True)
    enrol_by_on = fields.DateField(null=True)
    announce_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "cohort"
        unique_together = (("program_id", "key"),)
        indexes = [Index(fields=("organization_id", "program_id"), name="ix_cohort_program")]


class Enrollment(Model):
    """A person in a cohort in a role. One per person, cohort and role, for good: coming back means another cohort."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="enrollments", on_delete=fields.RESTRICT
    )
    program_id: UUID
    cohort: fields.ForeignKeyRelation[Cohort] = fields.ForeignKeyField(
        "models.Cohort", related_name="enrollments", on_delete=fields.RESTRICT
    )
    cohort_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="enrollments", on_delete=fields.RESTRICT
    )
    person_id: UUID
    role = fields.CharEnumField(ParticipantRole, max_length=20)
    state = fields.CharEnumField(EnrollmentState, max_length=20, default=EnrollmentState.INVITED)
    capacity = fields.IntField(default=1)
    waited_cycles = fields.IntField(default=0)
    place_asked_at = fields.DatetimeField(null=True)
    place_given = fields.BooleanField(null=True)
    invited_at = fields.DatetimeField(default=now)
    expires_at = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    submitted_at = fields.DatetimeField(null=True)
    active_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    paused_until = fields.DateField(null=True)
    decision_reason = EncryptedTextField(default="", db_default="")

    class Meta:
        table = "enrollment"
        unique_together = (("cohort_id", "person_id", "role"),)
        indexes = [
            Index(fields=("organization_id", "person_id", "state"), name="ix_enrollment_person"),
            Index(fields=("organization_id", "cohort_id", "role", "state"), name="ix_enrollment_cohort"),
            Index(fields=("organization_id", "program_id"), name="ix_enrollment_program"),
        ]


class WaitlistEntry(Model):
    """An eligible mentee without a seat. The place in the list is worked out, never stored."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    enrollment: fields.OneToOneRelation[Enrollment] = fields.OneToOneField(
        "models.Enrollment", related_name="waitlist_entry", on_delete=fields.CASCADE
    )
    enrollment_id: UUID
    cohort_id = fields.UUIDField()
    reason = fields.CharField(max_length=40, default="NO_SEAT")
    since = fields.DatetimeField(default=now)
    expected_on = fields.DateField(null=True)
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "waitlist_entry"
        indexes = [Index(fields=("organization_id", "cohort_id", "left_at", "since"), name="ix_waitlist_order")]


class TrainingTask(Model):
    """A step of the training that a programme asks for, for one person; known by the step's key."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    enrollment: fields.ForeignKeyRelation[Enrollment] = fields.ForeignKeyField(
        "models.Enrollment", related_name="training", on_delete=fields.CASCADE
    )
    enrollment_id: UUID
    step_key = fields.CharField(max_length=30)
    asked_at = fields.DatetimeField(default=now)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "training_task"
        unique_together = (("enrollment_id", "step_key"),)


class GuideUse(Model):
    """How often one side of a programme opened a guide. No person is kept, and no moment (docs/decisions/0049)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="guide_uses", on_delete=fields.CASCADE
    )
    program_id: UUID
    guide = fields.CharEnumField(Guide, max_length=20)
    side = fields.CharField(max_length=10)
    opened = fields.IntField(default=0)

    class Meta:
        table = "guide_use"
        unique_together = (("program_id", "guide", "side"),)


class OpeningWish(Model):
    """Somebody who found a programme full and asked to be told when it takes people in again."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="opening_wishes", on_delete=fields.CASCADE
    )
    program_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="opening_wishes", on_delete=fields.CASCADE
    )
    person_id: UUID
    asked_at = fields.DatetimeField(default=now)
    told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "opening_wish"
        unique_together = (("program_id", "person_id"),)
        indexes = [Index(fields=("organization_id", "program_id", "told_at"), name="ix_opening_open")]
