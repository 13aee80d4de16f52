"""What the matching learned of its proposals: one learning for each type of programme at a time, with its report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.mutations import Input, Payload, perform
from server.kernel.db import Json
from server.matchmaking.engine.score import Stage
from server.matchmaking.learned import actions, queries
from server.matchmaking.states import RunState
from server.programs.states import ProgramType

if TYPE_CHECKING:
    from server.matchmaking.models import LearnedModel

strawberry.enum(Stage, name="LearningStage")


@strawberry.type(description="Pairs with like probabilities: what was foretold, what happened, and its 95 % band.")
class CalibrationBin:
    n: int
    foretold: float
    happened: float
    low: float
    high: float


@strawberry.type(description="Probabilities against outcomes that they had not seen.")
class LearningQuality:
    n: int
    log_loss: float
    log_loss_error: float = strawberry.field(description="The standard error of the log loss.")
    auc: float | None = strawberry.field(description="None where all outcomes are the same.")
    auc_error: float | None = strawberry.field(description="The standard error of the AUC.")
    calibration_error: float = strawberry.field(description="Beyond what chance explains.")
    bins: list[CalibrationBin]

    @classmethod
    def of(cls, stored: Json | None) -> Self | None:
        """The quality in a report."""
        if stored is None:
            return None
        return cls(
            n=stored["n"], log_loss=stored["log_loss"], log_loss_error=stored["log_loss_error"], auc=stored["auc"],
            auc_error=stored["auc_error"],
            calibration_error=stored["calibration_error"],
            bins=[CalibrationBin(**one) for one in stored["bins"]],
        )


@strawberry.type(description="One model against what was in force before it, on later pairs.")
class LearningTrial:
    model: str
    against: str
    cycles: list[str]
    verdict: str
    before: LearningQuality | None
    held_out: LearningQuality | None

    @classmethod
    def of(cls, stored: Json) -> Self:
        """A trial in a report."""
        return cls(
            model=stored["model"], against=stored["against"], cycles=stored["cycles"], verdict=stored["verdict"],
            before=LearningQuality.of(stored["before"]), held_out=LearningQuality.of(stored["model_held_out"]),
        )


@strawberry.type(description="What one stage goes by, on how many outcomes, and how it came about.")
class LearnedStage:
    stage: Stage
    outcomes: int
    successes: int
    in_force: str
    calibration: str
    latest: LearningQuality | None = strawberry.field(description="What stands, on the latest pairs judged.")
    latest_by_prior: LearningQuality | None
    trials: list[LearningTrial]

    @classmethod
    def of(cls, stored: Json) -> Self:
        """A stage in a report."""
        latest = stored["latest_pairs"]
        return cls(
            stage=Stage(stored["stage"]), outcomes=stored["outcomes"], successes=stored["successes"],
            in_force=stored["in_force"], calibration=stored["calibration"],
            latest=LearningQuality.of(latest["in_force"]), latest_by_prior=LearningQuality.of(latest["prior"]),
            trials=[LearningTrial.of(one) for one in stored["trials"]],
        )


@strawberry.type(description="One learning from the proposals of a type of programme. The latest that is done stands.")
class Learning:
    id: strawberry.ID
    program_type: ProgramType
    number: int
    state: RunState
    calibrated: bool = strawberry.field(description="Whether confidence was found true on outcomes it had not seen.")
    based_on: int = strawberry.field(description="Proposals whose answer was known.")
    started_at: datetime
    finished_at: datetime | None
    stages: list[LearnedStage]

    @classmethod
    def of(cls, row: LearnedModel) -> Self:
        """The learning of a row."""
        return cls(
            id=global_id("LearnedModel", row.id), program_type=row.program_type, number=row.number, state=row.state,
            calibrated=row.calibrated, based_on=row.based_on, started_at=row.started_at, finished_at=row.finished_at,
            stages=[LearnedStage.of(one) for one in row.report.get("stages", [])],
        )


@strawberry.type
class LearningQuery:
    @strawberry.field(description="What was learned for a type of programme, the latest first; only for who runs one.")
    async def learnings(self, info: Info, program_type: ProgramType) -> list[Learning]:
        return [Learning.of(row) for row in await queries.learnings_of(info.context.actor, program_type)]

    @strawberry.field(description="One learning with its report.")
    async def learning(self, info: Info, id: strawberry.ID) -> Learning:
        return Learning.of(await queries.visible_learning(info.context.actor, key_of("LearnedModel", id)))


@strawberry.input
class StartLearningInput(Input):
    program_type: ProgramType


@strawberry.type
class LearningPayload(Payload):
    learning: Learning | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The learning."""
        return cls(learning=Learning.of(await queries.visible_learning(context.actor, keys[0])))


@strawberry.type
class LearningMutation:
    @strawberry.mutation(
        description="Ask for models of all answered proposals of a type of programme. A job makes them; while one"
        " learning is under way, asking again gives that one."
    )
    async def start_learning(self, info: Info, input: StartLearningInput) -> LearningPayload:
        return await perform(
            info, LearningPayload, input, lambda actor: actions.start_learning(actor, input.program_type)
        )
