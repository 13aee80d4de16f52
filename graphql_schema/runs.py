"""What a run of the engine leaves behind: proof, audit, queue, and how two runs differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import strawberry

from graphql_schema.ids import global_id
from server.kernel.db import Json
from server.matchmaking.circles.comparing import Moved
from server.matchmaking.engine import Calibration
from server.matchmaking.engine.differences import Verdict
from server.matchmaking.engine.fairness import Figure, verdict_of
from server.matchmaking.engine.learning.words import calibration_words
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.engine.weights import Category
from server.matchmaking.runs.comparison import Why
from server.matchmaking.runs.records import audit_of, proof_of

if TYPE_CHECKING:
    from uuid import UUID

    from server.matchmaking.circles.comparing import CircleChange, CirclesCompared, Formed
    from server.matchmaking.engine.fairness import GroupFigures, Parity
    from server.matchmaking.runs.comparison import Change, Chosen
    from server.matchmaking.runs.queries import RunsCompared

for enum in (Figure, Verdict, WaitCode):
    strawberry.enum(enum)
strawberry.enum(Why, name="ChangeReason")
strawberry.enum(Moved, name="CircleChangeReason")


@strawberry.type(description="How good a result is, against everything that could have been.")
class RunProof:
    value: float = strawberry.field(description="What the pairs are worth together, placing people included; a"
                                    " perfect pair is 2, or 4 where models chose beside the weights of a programme.")
    upper_bound: float = strawberry.field(description="What no choice of pairs can exceed.")
    gap: float = strawberry.field(description="The difference as a share of the bound.")
    violations: int = strawberry.field(description="Hard rules broken, counted again from the finished pairs.")
    by_models: bool = strawberry.field(description="Learned models chose: the value is what is expected of pairs.")
    over_all: bool = strawberry.field(description="The bound holds for every allowed pair, not only for those listed.")
    held_back_ids: list[strawberry.ID] = strawberry.field(
        description="Enrolments of mentors of whom one place was held back for newcomers: the bound is one without it."
    )

    @classmethod
    def of(cls, record: Json) -> Self | None:
        """The proof in a run's record."""
        found = proof_of(record)
        return cls(
            value=found.value, upper_bound=found.upper_bound, gap=found.gap, violations=found.violations,
            by_models=found.by_models, over_all=found.over_all,
            held_back_ids=[global_id("Enrollment", one) for one in record.get("held_back", [])],
        ) if found else None


@strawberry.type(name="Calibration", description="How far the confidence of a run can be believed.")
class CalibrationType:
    calibrated: bool = strawberry.field(description="Whether it was found true on outcomes it had not seen.")
    based_on: int = strawberry.field(description="Pairs whose outcome was known.")
    words: str = strawberry.field(description="The same as a person reads it.")

    @classmethod
    def of(cls, record: Json) -> Self | None:
        """What a run's record says of its confidence; None before it has any."""
        if "calibration" not in record:
            return None
        found = Calibration(record["calibration"]["calibrated"], record["calibration"]["based_on"])
        return cls(calibrated=found.calibrated, based_on=found.based_on, words=calibration_words(found))


@strawberry.type(description="Mentees who would fit better with somebody else's mentor.")
class RunEnvy:
    asked: int = strawberry.field(description="Mentees with a mentor.")
    rather: int = strawberry.field(description="Those who would fit better with somebody else's.")
    claims: int = strawberry.field(description="Those of them whom that mentor would fit no worse.")
    clearly: int | None = strawberry.field(
        description="Those who would gain ten points or more with one who has a place free, or would gain as much."
    )
    mean_gain: float = strawberry.field(description="Points of fit, 0 to 100.")
    most_gain: float


@strawberry.type(description="A group's figure beside everybody else's, with the 95 % interval of the difference.")
class GroupFigure:
    figure: Figure
    value: float
    others: float
    low: float
    high: float
    verdict: Verdict


@strawberry.type(description="How one group fared. Figures of too few people are hidden.")
class AuditedGroup:
    group: str = strawberry.field(description="\"\" for those whose group is not known.")
    people: int | None = strawberry.field(description="None: hidden.")
    figures: list[GroupFigure]

    @classmethod
    def of(cls, row: GroupFigures) -> Self:
        """One group."""
        return cls(group=row.group, people=row.people, figures=[
            GroupFigure(figure=name, value=told.value, others=told.others, low=told.low, high=told.high,
                        verdict=verdict_of(name, told))
            for name, told in row.figures.items()
        ])


@strawberry.type(description="The groups of one dimension, such as PLACE.")
class RunParity:
    dimension: str
    mentees: list[AuditedGroup]
    mentors: list[AuditedGroup]

    @classmethod
    def of(cls, found: Parity) -> Self:
        """One dimension."""
        return cls(
            dimension=found.dimension, mentees=[AuditedGroup.of(one) for one in found.mentees],
            mentors=[AuditedGroup.of(one) for one in found.mentors],
        )


@strawberry.type(description="A run counted again after the fact. Groups are compared and never scored.")
class RunAudit:
    mentees: int
    mentors: int
    places: int
    mean_fit: float | None = strawberry.field(description="0 to 100.")
    lowest_fit: float | None
    mean_confidence: float | None = strawberry.field(description="0 to 1.")
    floor_fit: float | None = strawberry.field(description="Nine of ten pairs fit at least so much. None: not counted.")
    coverage: float | None = strawberry.field(description="Mentees with a mentor, of as many as could have one.")
    top_three: float | None = strawberry.field(description="Share of mentees with one of the three who fit them best.")
    rules: int = strawberry.field(description="Hard rules that each pair was held against.")
    checks: int
    envy: RunEnvy
    parity: list[RunParity]

    @classmethod
    def of(cls, record: Json) -> Self | None:
        """The audit in a run's record."""
        found = audit_of(record)
        if found is None:
            return None
        return cls(
            mentees=found.mentees, mentors=found.mentors, places=found.places, mean_fit=found.mean_fit,
            lowest_fit=found.lowest_fit, floor_fit=found.floor_fit, coverage=found.coverage,
            mean_confidence=found.mean_confidence, top_three=found.top_three,
            rules=found.rules, checks=found.checks, envy=RunEnvy(**found.envy._asdict()),
            parity=[RunParity.of(one) for one in found.parity],
        )


@strawberry.type(description="A mentee whom a run found nobody for.")
class RunWaiting:
    place: strawberry.Private[int]
    enrollment_id: strawberry.ID
    position: int | None = strawberry.field(description="The place in the queue for a mentor.")
    code: WaitCode

    @classmethod
    def listed(cls, record: Json) -> list[Self]:
        """Everybody who waits, by a run's record, in its order: those in line first, by their places."""
        return [
            cls(place=place, enrollment_id=global_id("Enrollment", one["enrollment_id"]), position=one["position"],
                code=WaitCode(one["code"]))
            for place, one in enumerate(record.get("waitlist", []))
        ]


@strawberry.type(description="A mentor that a run chose for a mentee.")
class ChosenMentor:
    enrollment_id: strawberry.ID
    fit: float

    @classmethod
    def of(cls, one: Chosen) -> Self:
        """A mentor with the fit."""
        return cls(enrollment_id=global_id("Enrollment", one.mentor), fit=one.fit)


@strawberry.type(description="A mentee whose mentors differ between two runs.")
class RunChange:
    mentee_enrollment_id: strawberry.ID
    before: list[ChosenMentor]
    after: list[ChosenMentor]
    why: Why
    fit_then: float | None = strawberry.field(description="The fit with the earlier mentor in the earlier run.")
    fit_now: float | None = strawberry.field(description="The fit with the earlier mentor in the later run.")
    taken_by_enrollment_id: strawberry.ID | None = strawberry.field(description="Who has the earlier mentor's place.")
    waits: WaitCode | None

    @classmethod
    def of(cls, one: Change) -> Self:
        """One change."""
        return cls(
            mentee_enrollment_id=global_id("Enrollment", one.mentee), why=one.why, fit_then=one.fit_then,
            before=[ChosenMentor.of(pair) for pair in one.before], after=[ChosenMentor.of(pair) for pair in one.after],
            fit_now=one.fit_now, taken_by_enrollment_id=_enrollment(one.taken_by), waits=one.waits,
        )


@strawberry.type(description="A weight that two runs were given differently.")
class WeightChange:
    category: Category
    before: float
    after: float


@strawberry.type(description="A circle as a run formed it.")
class FormedCircle:
    member_enrollment_ids: list[strawberry.ID]
    facilitator_enrollment_id: strawberry.ID | None
    fit: int

    @classmethod
    def of(cls, one: Formed) -> Self:
        """One circle."""
        return cls(
            member_enrollment_ids=[global_id("Enrollment", key) for key in one.members], fit=one.fit,
            facilitator_enrollment_id=_enrollment(one.leads),
        )


@strawberry.type(name="CircleChange", description="Somebody who sits in, or leads, another circle in the later run.")
class CircleChangeType:
    enrollment_id: strawberry.ID
    before: list[FormedCircle] = strawberry.field(description="One at most for who sits in it, any for who leads.")
    after: list[FormedCircle]
    why: Moved
    waits: WaitCode | None

    @classmethod
    def of(cls, one: CircleChange) -> Self:
        """One change."""
        return cls(
            enrollment_id=global_id("Enrollment", one.person), why=one.why, waits=one.waits,
            before=[FormedCircle.of(circle) for circle in one.before],
            after=[FormedCircle.of(circle) for circle in one.after],
        )


@strawberry.type(description="What differs between the circles of two runs.")
class CircleChanges:
    same: int = strawberry.field(description="Members who sit in a circle that went on: two or more stayed together.")
    changes: list[CircleChangeType]

    @classmethod
    def of(cls, found: CirclesCompared) -> Self:
        """The circles of two runs side by side."""
        return cls(same=found.same, changes=[CircleChangeType.of(one) for one in found.changes])


@strawberry.type(name="MatchRunChanges", description="What differs between two runs of one cohort.")
class RunChanges:
    earlier_id: strawberry.ID
    later_id: strawberry.ID
    same: int = strawberry.field(description="Mentees whose mentors stayed.")
    same_people: bool = strawberry.field(description="Whether nobody came, went or changed.")
    weights: list[WeightChange]
    rules: list[str] = strawberry.field(description="Names of the rules that differ.")
    same_learning: bool = strawberry.field(description="Whether both went by one learning, as far as they kept it.")
    changes: list[RunChange]
    circles: CircleChanges | None = strawberry.field(description="Null where neither run formed circles.")

    @classmethod
    def of(cls, found: RunsCompared) -> Self:
        """Two runs side by side."""
        given = found.comparison.settings
        return cls(
            earlier_id=global_id("MatchRun", found.earlier.id), later_id=global_id("MatchRun", found.later.id),
            same=found.comparison.same, same_people=given.same_people, rules=list(given.rules),
            same_learning=given.learned is None,
            weights=[WeightChange(category=name, before=then, after=now) for name, then, now in given.weights],
            changes=[RunChange.of(one) for one in found.comparison.changes],
            circles=CircleChanges.of(found.circles) if found.circles else None,
        )


def _enrollment(key: UUID | None) -> strawberry.ID | None:
    return global_id("Enrollment", key) if key else None
