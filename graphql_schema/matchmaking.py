"""Who fits whom: runs, their suggestions, and the queue that waits for the manager's word."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.circles import RunCircles
from graphql_schema.conflicts import BarredDraftType
from graphql_schema.context import Context, Info
from graphql_schema.explanations import Explanation
from graphql_schema.ids import Node, global_id, key_of
from graphql_schema.matches import MatchesPayload, MatchPayload, MatchType
from graphql_schema.mutations import ById, Input, OfMatchInput, Payload, perform
from graphql_schema.pagination import Connection, Order, Window, page_of, page_of_list
from graphql_schema.people import PersonType
from graphql_schema.programs import CohortType, EnrollmentType, enrollments_by_ids
from graphql_schema.reasons import ReasonType, caution, factors, reasons
from graphql_schema.runs import CalibrationType, RunAudit, RunChanges, RunProof, RunWaiting
from server.journey.console.acceptance import refusing
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.matchmaking import queries
from server.matchmaking.circles import actions as circles
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.engine.watch import Step
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Names, Reader
from server.matchmaking.queue import actions as queue
from server.matchmaking.queue.queries import explanation
from server.matchmaking.runs import actions as runs
from server.matchmaking.runs.queries import compared
from server.matchmaking.runs.records import put_into_queue
from server.matchmaking.states import RunKind, RunState
from server.matchmaking.stored import Told, load

if TYPE_CHECKING:
    from server.journey.console.acceptance import LowAcceptance
    from server.matchmaking.models import MatchRun, MatchSuggestion
    from server.matchmaking.queries import Unmatched

for enum in (RunKind, RunState, Step):
    strawberry.enum(enum)

NEWEST = Order(("started_at", "id"), newest_first=True)
BEST_FIT = Order(("fit", "id"), newest_first=True)
IN_LINE = Order(("place",))
BY_MENTEE = Order(("mentee_enrollment_id", "rank", "id"))


@strawberry.type(description="The share of one part in every fit of a run.")
class Weight:
    category: Category
    share: float


@strawberry.type(name="MatchRun", description="One run of the engine over a cohort. Same input, same pairs.")
class MatchRunType(Node):
    cohort_id: strawberry.ID
    kind: RunKind
    after_id: strawberry.ID | None = strawberry.field(description="The run that this one goes on from.")
    state: RunState
    engine_version: str
    weights_version: str
    weights: list[Weight]
    seed: int
    started_at: datetime
    finished_at: datetime | None
    step: Step | None = strawberry.field(description="What a run that is under way does just now.")
    percent: int | None = strawberry.field(description="How much of this step is done.")
    started_by: str = strawberry.field(description="The id of a person, or the kind of machine.")
    matched: int | None = strawberry.field(description="Pairs it put into the queue.")
    waiting: int | None = strawberry.field(description="Mentees it found nobody for.")
    proof: RunProof | None = strawberry.field(description="How good the result is, against all that could be.")
    circles: RunCircles | None = strawberry.field(description="Its circles; null for a run of pairs alone.")
    calibration: CalibrationType | None = strawberry.field(description="Null until the run has an outcome.")
    audit: RunAudit | None = strawberry.field(description="None for a run made before audits were kept.")
    record: strawberry.Private[Json]

    @classmethod
    def of(cls, row: MatchRun) -> Self:
        """The run of a row."""
        return cls(
            id=global_id("MatchRun", row.id), cohort_id=global_id("Cohort", row.cohort_id), state=row.state,
            kind=row.kind, after_id=global_id("MatchRun", row.after_id) if row.after_id else None,
            engine_version=row.engine_version, weights_version=row.weights_version, seed=row.seed,
            weights=[Weight(category=Category(name), share=share) for name, share in row.weights.items()],
            started_at=row.started_at, finished_at=row.finished_at, matched=put_into_queue(row.result),
            step=row.step if row.state is RunState.RUNNING else None,
            percent=row.percent if row.state is RunState.RUNNING else None,
            waiting=row.result.get("waiting"), started_by=row.started_by, proof=RunProof.of(row.result),
            circles=RunCircles.of(row.result), audit=RunAudit.of(row.result), record=row.result,
            calibration=CalibrationType.of(row.result),
        )

    @strawberry.field(description="Mentees it found nobody for, the next one first.")
    def waitlist(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[RunWaiting]:
        window = Window.of(first, after, last, before)
        return page_of_list(RunWaiting.listed(self.record), IN_LINE, window, lambda one: one)


@strawberry.type(name="MatchSuggestion", description="A scored candidate of a run.")
class SuggestionType:
    mentor_key: strawberry.Private[UUID]
    mentee_key: strawberry.Private[UUID]
    explanation: strawberry.Private[Json]
    rank: int = strawberry.field(description="Among this mentee’s candidates; 0 is the best, `chosen` the assigned.")
    chosen: bool
    fit: float
    confidence: float
    calibration: CalibrationType | None = strawberry.field(description="How far its confidence can be believed.")

    @classmethod
    def of(cls, row: MatchSuggestion, calibration: CalibrationType | None) -> Self:
        """The candidate of a row, with that of its run."""
        return cls(
            calibration=calibration,
            mentor_key=row.mentor_enrollment_id, mentee_key=row.mentee_enrollment_id, explanation=row.factors,
            rank=row.rank, chosen=row.chosen, fit=row.fit, confidence=row.confidence,
        )

    @strawberry.field
    async def mentor(self, info: Info) -> EnrollmentType | None:
        row = await info.context.one(enrollments_by_ids, self.mentor_key)
        return EnrollmentType.of(row) if row else None

    @strawberry.field
    async def mentee(self, info: Info) -> EnrollmentType | None:
        row = await info.context.one(enrollments_by_ids, self.mentee_key)
        return EnrollmentType.of(row) if row else None

    @strawberry.field(description="Why these two: up to three reasons.")
    async def reasons(self, info: Info) -> list[ReasonType]:
        return reasons(Told(load(self.explanation), await self._names(info), Reader.MANAGER))

    @strawberry.field(description="What to look at before approving.")
    async def caution(self, info: Info) -> ReasonType | None:
        return caution(self.explanation, await self._names(info))

    @strawberry.field(description="How the fit was worked out, all parts.")
    async def factors(self, info: Info) -> list[ReasonType]:
        return factors(self.explanation, await self._names(info))

    async def _names(self, info: Info) -> Names:
        mentor = await info.context.one(enrollments_by_ids, self.mentor_key)
        mentee = await info.context.one(enrollments_by_ids, self.mentee_key)
        return Names(mentor.person.first_name if mentor else "", mentee.person.first_name if mentee else "")


@strawberry.type(name="LowAcceptance", description="A group in which fewer matches are accepted than ought to be.")
class LowAcceptanceType:
    cohort: CohortType
    accepted: int
    decided: int = strawberry.field(description="Matches that were accepted, declined or not answered in time.")
    percent: int

    @classmethod
    def of(cls, found: LowAcceptance) -> Self:
        """A group under the red flag."""
        return cls(
            cohort=CohortType.of(found.cohort), accepted=found.accepted, decided=found.decided, percent=found.percent
        )


@strawberry.type(name="UnmatchedMentee", description="An active mentee without a match or a draft.")
class UnmatchedType:
    person: PersonType
    enrollment_id: strawberry.ID
    position: int | None = strawberry.field(description="The place in the queue for a mentor.")
    code: WaitCode | None = strawberry.field(description="Why there is nobody.")

    @classmethod
    def of(cls, found: Unmatched) -> Self:
        """What the queue says of somebody."""
        row = found.enrollment
        return cls(
            person=PersonType.of(row.person), enrollment_id=global_id("Enrollment", row.id), position=found.position,
            code=found.code,
        )


@strawberry.type(name="ReviewQueue", description="What waits for the manager's word.")
class ReviewQueueType:
    queue: strawberry.Private[queries.Queue]
    unmatched: list[UnmatchedType]
    locked_ids: list[strawberry.ID] = strawberry.field(description="Drafts that every later run keeps.")
    waiting: int = strawberry.field(description="How many rows there are in all.")
    barred: list[BarredDraftType] = strawberry.field(description="Drafts that cannot be approved, and why.")

    @classmethod
    def of(cls, queue: queries.Queue) -> Self:
        """The queue of a cohort."""
        return cls(
            barred=[BarredDraftType.of(key, bar) for key, bar in sorted(queue.barred.items())],
            queue=queue, waiting=queue.waiting, unmatched=[UnmatchedType.of(one) for one in queue.unmatched],
            locked_ids=[global_id("Match", key) for key in sorted(queue.locked)],
        )

    @strawberry.field(description="Safe to approve together, best fit first.")
    def strong(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[MatchType]:
        return page_of_list(self.queue.strong, BEST_FIT, Window.of(first, after, last, before), MatchType.of)

    @strawberry.field(description="These need a look, best fit first.")
    def look_closer(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[MatchType]:
        return page_of_list(self.queue.look_closer, BEST_FIT, Window.of(first, after, last, before), MatchType.of)


@strawberry.type
class MatchmakingQuery:
    @strawberry.field(description="The runs of a cohort, the latest first. Only for who runs the programme.")
    async def match_runs(
        self, info: Info, *, cohort_id: strawberry.ID, first: int | None = None, after: str | None = None,
        last: int | None = None, before: str | None = None,
    ) -> Connection[MatchRunType]:
        rows = queries.runs(info.context.actor).filter(cohort_id=key_of("Cohort", cohort_id))
        return await page_of(rows, NEWEST, Window.of(first, after, last, before), MatchRunType.of)

    @strawberry.field(description="The candidates of a run, by mentee, the best first.")
    async def match_suggestions(
        self, info: Info, *, run_id: strawberry.ID, first: int | None = None, after: str | None = None,
        last: int | None = None, before: str | None = None,
    ) -> Connection[SuggestionType]:
        run = await queries.visible_run(info.context.actor, key_of("MatchRun", run_id))
        rows, calibration = queries.suggestions(info.context.actor, run), CalibrationType.of(run.result)
        window = Window.of(first, after, last, before)
        return await page_of(rows, BY_MENTEE, window, lambda row: SuggestionType.of(row, calibration))

    @strawberry.field(description="Whose mentor differs between two runs of one cohort, and why.")
    async def match_run_changes(
        self, info: Info, *, run_id: strawberry.ID, other_id: strawberry.ID
    ) -> RunChanges:
        keys = key_of("MatchRun", run_id), key_of("MatchRun", other_id)
        return RunChanges.of(await compared(info.context.actor, *keys))

    @strawberry.field(description="Groups one runs in which too many say no, after twenty decisions; the lowest first.")
    async def low_acceptance(self, info: Info) -> list[LowAcceptanceType]:
        return [LowAcceptanceType.of(one) for one in await refusing(info.context.actor)]

    @strawberry.field(description="The drafts of a cohort by what they need, and the mentees without any.")
    async def review_queue(self, info: Info, cohort_id: strawberry.ID) -> ReviewQueueType:
        return ReviewQueueType.of(await queries.review_queue(info.context.actor, key_of("Cohort", cohort_id)))

    @strawberry.field(
        description="What the last run says to a mentee: their place in line, why mentors they asked for were not"
        " chosen, and what they could truthfully add. For themselves and for who runs the programme."
    )
    async def explanation(self, info: Info, enrollment_id: strawberry.ID) -> Explanation:
        actor, key = info.context.actor, key_of("Enrollment", enrollment_id)
        return Explanation.of(await explanation(actor, key))


@strawberry.input
class RunMatchingInput(Input):
    cohort_id: strawberry.ID
    seed: int | None = strawberry.field(
        default=None, description="The same people, settings, learning and seed come to the same pairs; null draws anew"
        " where pairs are drawn, and elsewhere decides nothing but between equals.",
    )


@strawberry.input
class CircleMemberInput(ById):
    enrollment_id: strawberry.ID
    reason: str = strawberry.field(description="Stays with the programme's staff.")


@strawberry.type
class MatchRunPayload(Payload):
    run: MatchRunType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The run."""
        return cls(run=MatchRunType.of(await queries.visible_run(context.actor, keys[0])))


@strawberry.type
class MatchmakingMutation:
    @strawberry.mutation(
        description="Ask for everybody of a cohort who waits to be matched, into drafts for review. A job does it: ask"
        " node(id) how far it is. While one run is under way, asking again gives that one."
    )
    async def run_matching(self, info: Info, input: RunMatchingInput) -> MatchRunPayload:
        return await perform(
            info, MatchRunPayload, input,
            lambda actor: runs.start_run(actor, key_of("Cohort", input.cohort_id), seed=input.seed),
        )

    @strawberry.mutation(
        description="Ask for everybody without a mentor to be placed around what stands: who came since the last run,"
        " and who waited then. No other draft changes."
    )
    async def match_newcomers(self, info: Info, input: RunMatchingInput) -> MatchRunPayload:
        return await perform(
            info, MatchRunPayload, input,
            lambda actor: queue.match_newcomers(actor, key_of("Cohort", input.cohort_id), seed=input.seed),
        )

    @strawberry.mutation(
        description="Ask what matching everybody again would change. It makes no draft: read matchRunChanges, then"
        " useMatchRun."
    )
    async def preview_matching(self, info: Info, input: RunMatchingInput) -> MatchRunPayload:
        return await perform(
            info, MatchRunPayload, input,
            lambda actor: queue.preview_matching(actor, key_of("Cohort", input.cohort_id), seed=input.seed),
        )

    @strawberry.mutation(description="Put the pairs of a preview into the queue, unless people changed since.")
    async def use_match_run(self, info: Info, input: ById) -> MatchRunPayload:
        return await perform(
            info, MatchRunPayload, input, lambda actor: queue.use_run(actor, key_of("MatchRun", input.id)), long=True
        )

    @strawberry.mutation(
        description="After the end of a match: a new draft for the mentee who is left alone, and the mentor's free"
        " place for the first in line."
    )
    async def fill_gap(self, info: Info, input: OfMatchInput) -> MatchesPayload:
        return await perform(
            info, MatchesPayload, input, lambda actor: queue.fill_gap(actor, key_of("Match", input.match_id)), long=True
        )

    @strawberry.mutation(description="Stop a run that is under way. Every draft stays as it was.")
    async def cancel_matching(self, info: Info, input: ById) -> MatchRunPayload:
        return await perform(
            info, MatchRunPayload, input, lambda actor: runs.cancel_run(actor, key_of("MatchRun", input.id))
        )

    @strawberry.mutation(description="Put somebody into a circle, or name who leads it. Nobody else moves.")
    async def put_into_circle(self, info: Info, input: CircleMemberInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: circles.move_into(
                actor, key_of("Match", input.id), key_of("Enrollment", input.enrollment_id), input.reason
            ),
            long=True,
        )

    @strawberry.mutation(description="Take somebody out of a circle, which goes on without them.")
    async def take_out_of_circle(self, info: Info, input: CircleMemberInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: circles.take_out_of(
                actor, key_of("Match", input.id), key_of("Enrollment", input.enrollment_id), input.reason
            ),
        )


async def runs_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, MatchRun]:
    """Those among some runs that the actor may read."""
    return {row.id: row for row in await queries.runs(actor).filter(id__in=ids)}
