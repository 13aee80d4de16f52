"""Tables of the matchmaking room. Runs and suggestions are the engine's log: never changed once a run is over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from server.matches.states import DeclineReason
from server.matchmaking.engine.watch import Step
from server.matchmaking.states import PreferenceKind, RunKind, RunState
from server.programs.models import Cohort, Program
from server.programs.states import ProgramType


class MatchRun(Model):
    """One execution of the engine over a pool: inputs, weights, seed, version, results. Reproducible.

    While it is under way, `step` and `percent` say how far it is. `after_id` is the run that one for newcomers, or for
    one person, goes on from. `counted_at`: when whoever it left in line was told to have waited through it.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="runs", on_delete=fields.RESTRICT
    )
    program_id: UUID
    cohort: fields.ForeignKeyRelation[Cohort] = fields.ForeignKeyField(
        "models.Cohort", related_name="runs", on_delete=fields.RESTRICT
    )
    cohort_id: UUID
    kind = fields.CharEnumField(RunKind, max_length=10, default=RunKind.FULL, db_default="FULL")
    after_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(RunState, max_length=10, default=RunState.RUNNING)
    step = fields.CharEnumField(Step, max_length=20, null=True)
    percent = fields.SmallIntField(null=True)
    engine_version = fields.CharField(max_length=40)
    weights_version = fields.CharField(max_length=40)
    weights: dict[str, float] = fields.JSONField(default=dict)
    rules: dict[str, Any] = fields.JSONField(default=dict)
    seed = fields.IntField(default=0)
    pool_digest = fields.CharField(max_length=64, default="")
    result: dict[str, Any] = fields.JSONField(default=dict)
    started_by = fields.CharField(max_length=60)
    started_at = fields.DatetimeField(default=now)
    finished_at = fields.DatetimeField(null=True)
    counted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "match_run"
        indexes = [
            Index(fields=("organization_id", "cohort_id", "started_at"), name="ix_run_cohort"),
            Index(fields=("organization_id", "program_id"), name="ix_run_program"),
        ]


class WeightsVersion(Model):
    """What a programme's weights and hard rules became: who set them, when, and from which version. Never changed.

    The newest is in force and stands in the programme itself. Numbers count from 1 in each programme; `based_on` is
    the version that was in force before (None: the factory setting of the type), `restores` the one put back.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="weights_versions", on_delete=fields.RESTRICT
    )
    program_id: UUID
    number = fields.IntField()
    weights: dict[str, float] = fields.JSONField(default=dict)
    rules: dict[str, Any] = fields.JSONField(default=dict)
    based_on = fields.IntField(null=True)
    restores = fields.IntField(null=True)
    set_by = fields.CharField(max_length=60)
    set_at = fields.DatetimeField(default=now)

    class Meta:
        table = "weights_version"
        unique_together = (("program_id", "number"),)
        indexes = [Index(fields=("organization_id", "program_id"), name="ix_weights_program")]


class MatchSuggestion(Model):
    """A scored candidate of one run, kept for explanations and newcomers; `rank` 0 is the mentee's best.

    `evidence`: its features by name and its rank for the mentor, for the log should it be proposed later.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    run: fields.ForeignKeyRelation[MatchRun] = fields.ForeignKeyField(
        "models.MatchRun", related_name="suggestions", on_delete=fields.CASCADE
    )
    run_id: UUID
    mentor_enrollment_id = fields.UUIDField()
    mentee_enrollment_id = fields.UUIDField()
    rank = fields.IntField()
    chosen = fields.BooleanField(default=False)
    fit = fields.FloatField()
    confidence = fields.FloatField()
    propensity = fields.FloatField(default=1.0)
    factors: dict[str, Any] = fields.JSONField(default=dict)
    evidence: dict[str, Any] = fields.JSONField(null=True)

    class Meta:
        table = "match_suggestion"
        indexes = [
            Index(fields=("organization_id", "run_id", "mentee_enrollment_id", "rank"), name="ix_suggestion_mentee"),
            Index(fields=("organization_id", "run_id", "mentor_enrollment_id"), name="ix_suggestion_mentor"),
        ]


class Preference(Model):
    """A wish, a favourite or a "not for me" of one participant about another in the same cohort.

    Wishes are ranked from 1; `reason` says what was missing in whom they set aside.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    enrollment_id = fields.UUIDField()
    about_enrollment_id = fields.UUIDField()
    kind = fields.CharEnumField(PreferenceKind, max_length=12)
    rank = fields.SmallIntField(default=0)
    reason = fields.CharEnumField(DeclineReason, max_length=20, null=True)
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "preference"
        unique_together = (("enrollment_id", "about_enrollment_id", "kind"),)
        indexes = [Index(fields=("organization_id", "about_enrollment_id"), name="ix_preference_about")]


class ShortlistEntry(Model):
    """Somebody who is shown to a participant to choose from, at a place from 0: from lists made for a whole cohort.

    `evidence` is what the log of proposals keeps should they be chosen.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    cohort_id = fields.UUIDField()
    enrollment_id = fields.UUIDField()
    about_enrollment_id = fields.UUIDField()
    place = fields.SmallIntField()
    fit = fields.FloatField()
    confidence = fields.FloatField()
    factors: dict[str, Any] = fields.JSONField(default=dict)
    evidence: dict[str, Any] = fields.JSONField(null=True)
    made_at = fields.DatetimeField(default=now)

    class Meta:
        table = "shortlist_entry"
        unique_together = (("enrollment_id", "about_enrollment_id"),)
        indexes = [
            Index(fields=("organization_id", "cohort_id", "about_enrollment_id"), name="ix_shortlist_cohort"),
        ]


class TextVector(Model):
    """The meaning of one text of one owner, computed once per edit by a named model and version."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    owner_kind = fields.CharField(max_length=30)
    owner_id = fields.UUIDField()
    aspect = fields.CharField(max_length=30)
    model = fields.CharField(max_length=60)
    model_version = fields.CharField(max_length=30)
    source_digest = fields.CharField(max_length=64)
    vector = fields.BinaryField()
    made_at = fields.DatetimeField(default=now)

    class Meta:
        table = "text_vector"
        unique_together = (("owner_id", "aspect", "model"),)
        indexes = [Index(fields=("organization_id", "owner_kind", "model"), name="ix_vector_org")]


class LearnedModel(Model):
    """What the proposals of one programme type taught: models as plain numbers, and the report of how they came about.

    The latest one that is done stands; `number` counts from 1 within its organisation and type.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    program_type = fields.CharEnumField(ProgramType, max_length=20)
    number = fields.IntField()
    state = fields.CharEnumField(RunState, max_length=10, default=RunState.RUNNING)
    models: dict[str, Any] = fields.JSONField(default=dict)
    report: dict[str, Any] = fields.JSONField(default=dict)
    calibrated = fields.BooleanField(default=False)
    based_on = fields.IntField(default=0)
    started_by = fields.CharField(max_length=60)
    started_at = fields.DatetimeField(default=now)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "learned_model"
        unique_together = (("organization_id", "program_type", "number"),)


class MatchTrial(Model):
    """A manager's own files, matched to see how it would be: nobody else sees it, and after a day it is erased."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person_id = fields.UUIDField()
    files = EncryptedTextField()
    settings: dict[str, Any] = fields.JSONField(default=dict)
    result = EncryptedTextField(default="")
    created_at = fields.DatetimeField(default=now)
    matched_at = fields.DatetimeField(null=True)
    erase_at = fields.DatetimeField()

    class Meta:
        table = "match_trial"
        indexes = [Index(fields=("organization_id", "person_id", "created_at"), name="ix_trial_person")]
