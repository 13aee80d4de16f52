"""Tables of the people room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
from server.people.states import (
    ConsentPurpose,
    DepartmentWish,
    ImportState,
    Look,
    PersonStatus,
    SkillSide,
    Source,
)


class Organization(Model):
    """The customer boundary: no row is readable across it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    key = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=120)
    zone = fields.CharField(max_length=64, default="UTC")
    language = fields.CharField(max_length=20, default="en-GB")
    location_zones: dict[str, str] = fields.JSONField(default=dict)
    seniority_words: dict[str, int] = fields.JSONField(default=dict)
    terminology: dict[str, str] = fields.JSONField(default=dict)
    is_demo = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "organization"


class Person(Model):
    """One human, one row per organisation. The employee attributes are the system of record's, as of today."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="people", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    employee_id = fields.CharField(max_length=120)
    email = fields.CharField(max_length=254)
    given_name = fields.CharField(max_length=120)
    family_name = fields.CharField(max_length=120)
    preferred_name = fields.CharField(max_length=120, default="")
    title = fields.CharField(max_length=200, default="")
    department = fields.CharField(max_length=200, default="")
    business_unit = fields.CharField(max_length=200, default="")
    company = fields.CharField(max_length=200, default="")
    location = fields.CharField(max_length=200, default="")
    country = fields.CharField(max_length=2, default="")
    job_family = fields.CharField(max_length=200, default="")
    seniority = fields.IntField(null=True)
    line_manager: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="reports", null=True, on_delete=fields.SET_NULL
    )
    line_manager_id: UUID | None
    hire_date = fields.DateField(null=True)
    role_start_date = fields.DateField(null=True)
    end_date = fields.DateField(null=True)
    status = fields.CharEnumField(PersonStatus, max_length=10, default=PersonStatus.ACTIVE)
    performance_rating = fields.FloatField(null=True)
    zone = fields.CharField(max_length=64, default="UTC")
    zone_assumed = fields.BooleanField(default=False)
    language = fields.CharField(max_length=20, default="")
    languages: list[str] = fields.JSONField(default=list)
    search = fields.TextField(null=True)
    created_at = fields.DatetimeField(default=now)
    updated_at = fields.DatetimeField(default=now)

    class Meta:
        table = "person"
        unique_together = (("organization_id", "employee_id"), ("organization_id", "email"))
        indexes = [
            Index(fields=("organization_id", "family_name", "given_name"), name="ix_person_name"),
            Index(fields=("organization_id", "line_manager_id"), name="ix_person_manager"),
            Index(fields=("email",), name="ix_person_email"),
        ]

    @property
    def first_name(self) -> str:
        """What to call them."""
        return self.preferred_name or self.given_name

    @property
    def full_name(self) -> str:
        """Both names, the preferred one first."""
        return f"{self.first_name} {self.family_name}"


class PersonAttribute(Model):
    """One value of one employee attribute from a day on, so that "as at" a date can be asked."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="attributes", on_delete=fields.CASCADE
    )
    person_id: UUID
    name = fields.CharField(max_length=40)
    value = fields.CharField(max_length=254, default="")
    valid_from = fields.DatetimeField(default=now)
    source = fields.CharEnumField(Source, max_length=10, default=Source.FILE)

    class Meta:
        table = "person_attribute"
        indexes = [Index(fields=("organization_id", "person_id", "name", "valid_from"), name="ix_attribute_person")]


class Profile(Model):
    """What the person writes, or a file wrote for them until they do: `own_fields` names what they wrote themselves.

    `styles` are the ways of working they chose (states.STYLES), at most one of each question.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "models.Person", related_name="profile", on_delete=fields.CASCADE
    )
    person_id: UUID
    about = fields.TextField(default="")
    words_for_mentees = fields.CharField(max_length=300, default="")
    skill_text = fields.TextField(default="")
    goal_text = fields.TextField(default="")
    life_stage = fields.CharField(max_length=60, default="")
    styles: list[str] = fields.JSONField(default=list, db_default="[]")
    pref_department = fields.CharEnumField(DepartmentWish, max_length=10, default=DepartmentWish.ANY, db_default="ANY")
    look = fields.CharEnumField(Look, max_length=10, default=Look.SYSTEM)
    muted_kinds: list[str] = fields.JSONField(default=list)
    keys_off_at = fields.DatetimeField(null=True)
    push_refused_at = fields.DatetimeField(null=True)
    install_refused_at = fields.DatetimeField(null=True)
    own_fields: list[str] = fields.JSONField(default=list)
    updated_at = fields.DatetimeField(default=now)

    class Meta:
        table = "profile"


class AvailabilityBlock(Model):
    """A stretch of a usual week, in the person's own zone: weekday 0 is Monday, minutes from midnight."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="availability", on_delete=fields.CASCADE
    )
    person_id: UUID
    weekday = fields.SmallIntField()
    start_minute = fields.SmallIntField()
    end_minute = fields.SmallIntField()
    source = fields.CharEnumField(Source, max_length=10, default=Source.PERSON)

    class Meta:
        table = "availability_block"
        indexes = [Index(fields=("organization_id", "person_id"), name="ix_availability_person")]


class Competency(Model):
    """A node of the organisation's own framework; skills and goals map to it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="competencies", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    key = fields.CharField(max_length=80)
    name = fields.CharField(max_length=120)
    description = fields.TextField(default="")
    parent: fields.ForeignKeyNullableRelation[Competency] = fields.ForeignKeyField(
        "models.Competency", related_name="children", null=True, on_delete=fields.SET_NULL
    )
    parent_id: UUID | None
    aliases: list[str] = fields.JSONField(default=list)
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "competency"
        unique_together = (("organization_id", "key"),)
        indexes = [Index(fields=("organization_id", "parent_id"), name="ix_competency_parent")]


class PersonSkill(Model):
    """A competency that a person offers or wants, in their order."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="skills", on_delete=fields.CASCADE
    )
    person_id: UUID
    competency: fields.ForeignKeyRelation[Competency] = fields.ForeignKeyField(
        "models.Competency", related_name="skills", on_delete=fields.CASCADE
    )
    competency_id: UUID
    side = fields.CharEnumField(SkillSide, max_length=10)
    position = fields.SmallIntField(default=0)
    source = fields.CharEnumField(Source, max_length=10, default=Source.PERSON)

    class Meta:
        table = "person_skill"
        unique_together = (("person_id", "competency_id", "side"),)
        indexes = [
            Index(fields=("organization_id", "person_id", "side"), name="ix_skill_person"),
            Index(fields=("organization_id", "competency_id"), name="ix_skill_competency"),
        ]


class Course(Model):
    """A course of the organisation's learning system, by the key it has there."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="courses", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    key = fields.CharField(max_length=120)
    title = fields.CharField(max_length=200)
    tags: list[str] = fields.JSONField(default=list)

    class Meta:
        table = "course"
        unique_together = (("organization_id", "key"),)


class CourseSkill(Model):
    """A competency of the framework that a course teaches, as far as its tags and its title tell."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField(
        "models.Course", related_name="skills", on_delete=fields.CASCADE
    )
    course_id: UUID
    competency: fields.ForeignKeyRelation[Competency] = fields.ForeignKeyField(
        "models.Competency", related_name="courses", on_delete=fields.CASCADE
    )
    competency_id: UUID

    class Meta:
        table = "course_skill"
        unique_together = (("course_id", "competency_id"),)
        indexes = [Index(fields=("organization_id", "competency_id"), name="ix_course_skill_competency")]


class CourseCompletion(Model):
    """Somebody completed a course, and when."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="completions", on_delete=fields.CASCADE
    )
    person_id: UUID
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField(
        "models.Course", related_name="completions", on_delete=fields.CASCADE
    )
    course_id: UUID
    completed_on = fields.DateField()

    class Meta:
        table = "course_completion"
        unique_together = (("person_id", "course_id"),)
        indexes = [
            Index(fields=("organization_id", "person_id"), name="ix_completion_person"),
            Index(fields=("organization_id", "course_id"), name="ix_completion_course"),
        ]


class ConsentText(Model):
    """The wording that people agree to, one row per purpose and version; never changed once shown."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    purpose = fields.CharEnumField(ConsentPurpose, max_length=20)
    version = fields.IntField()
    wording = fields.TextField()
    explanation = fields.TextField(default="")
    required = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "consent_text"
        unique_together = (("organization_id", "purpose", "version"),)


class Consent(Model):
    """One yes or no to one purpose, with the text's version, the moment and the channel. Append-only."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="consents", on_delete=fields.CASCADE
    )
    person_id: UUID
    text: fields.ForeignKeyRelation[ConsentText] = fields.ForeignKeyField(
        "models.ConsentText", related_name="consents", on_delete=fields.RESTRICT
    )
    text_id: UUID
    purpose = fields.CharEnumField(ConsentPurpose, max_length=20)
    given = fields.BooleanField()
    channel = fields.CharField(max_length=20, default="web")
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "consent"
        indexes = [
            Index(fields=("organization_id", "person_id", "purpose", "at"), name="ix_consent_person"),
            Index(fields=("organization_id", "text_id"), name="ix_consent_text"),
        ]


class ImportRun(Model):
    """One people file, its preview, and how far it was applied: run again, it goes on from the mark."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    file_name = fields.CharField(max_length=200)
    digest = fields.CharField(max_length=64)
    content = fields.BinaryField()
    complete = fields.BooleanField(default=False)
    state = fields.CharEnumField(ImportState, max_length=10, default=ImportState.PREVIEWED)
    rows_total = fields.IntField(default=0)
    rows_applied = fields.IntField(default=0)
    summary: dict[str, Any] = fields.JSONField(default=dict)
    corrections: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    mapping: dict[str, str] = fields.JSONField(default=dict)
    defaults: dict[str, str] = fields.JSONField(default=dict)
    started_by = fields.CharField(max_length=60)
    created_at = fields.DatetimeField(default=now)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "import_run"
        indexes = [Index(fields=("organization_id", "created_at"), name="ix_import_org")]
