"""Bring your own records: hand in files as text, say what their columns hold, read whom the engine puts together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.learning import LearnedStage
from graphql_schema.mutations import ById, Input, Payload, perform
from graphql_schema.pagination import Connection, Order, Window, page_of_list
from graphql_schema.runs import RunAudit, RunProof
from server.journey.trying import actions, queries
from server.journey.trying.matching import Shape
from server.journey.trying.queries import Document, TrialShown
from server.journey.trying.rows.columns import Field
from server.journey.trying.rows.lines import GapCode
from server.journey.trying.rows.plan import Plan, Who
from server.journey.trying.rows.rules import AS_USUAL, Chosen, Company
from server.journey.trying.telling import tell
from server.matchmaking.engine.groups.circles import USUAL_SIZE
from server.matchmaking.engine.waitlist import WaitCode
from server.programs.states import ProgramType

if TYPE_CHECKING:
    from server.kernel.actor import Actor
    from server.matchmaking.models import MatchTrial

strawberry.enum(Who, name="TrialRows")
strawberry.enum(Field, name="TrialColumnField")
strawberry.enum(Company, name="TrialCompany")
strawberry.enum(Shape, name="TrialShape")
strawberry.enum(GapCode, name="TrialGapCode")
IN_PLACE = Order(("number",))


@dataclass(frozen=True, slots=True)
class _Numbered:
    """One of a list with its place, from 1, and what people are called."""

    number: int
    held: Mapping[str, Any]
    names: Mapping[str, str]

    def name(self, who: str) -> str:
        """What somebody is called in the files."""
        return self.names.get(who, who)


@strawberry.type(description="Somebody in the files of a trial.")
class TrialPerson:
    key: str = strawberry.field(description="Their id in the files.")
    name: str


@strawberry.type(description="Two people whom the engine puts together; of peers the first brings the other more.")
class TrialPair:
    mentor: TrialPerson
    mentee: TrialPerson
    fit: float = strawberry.field(description="0 to 100.")
    confidence: float = strawberry.field(description="0 to 1. Only a guess unless the result is calibrated.")
    reasons: list[str] = strawberry.field(description="Three, in words.")
    caution: str

    @classmethod
    def of(cls, row: _Numbered) -> Self:
        """One pair."""
        told = tell(row.held, row.names)
        return cls(
            mentor=TrialPerson(key=row.held["mentor"], name=told.mentor),
            mentee=TrialPerson(key=row.held["mentee"], name=told.mentee),
            fit=told.fit, confidence=told.confidence, reasons=list(told.reasons), caution=told.caution,
        )


@strawberry.type(description="People who would meet as a circle.")
class TrialCircle:
    host: TrialPerson | None = strawberry.field(description="Null where nobody could lead it.")
    members: list[TrialPerson]
    fit: float = strawberry.field(description="0 to 100.")
    goals: list[str] = strawberry.field(description="Goals that several of them have.")
    languages: list[str] | None = strawberry.field(description="Those that all speak; null where nobody told theirs.")

    @classmethod
    def of(cls, row: _Numbered) -> Self:
        """One circle."""
        held, common = row.held, row.held["explanation"]["circle"]
        return cls(
            host=TrialPerson(key=held["host"], name=row.name(held["host"])) if held["host"] else None,
            members=[TrialPerson(key=who, name=row.name(who)) for who in held["members"]],
            fit=held["fit"], goals=[goal["name"] for goal in common["goals"]], languages=common["languages"],
        )


@strawberry.type(description="Somebody who waits.")
class TrialWaiting:
    person: TrialPerson
    position: int = strawberry.field(description="Their place in line.")
    code: WaitCode

    @classmethod
    def of(cls, row: _Numbered) -> Self:
        """One of those who wait."""
        who = row.held["mentee"]
        return cls(person=TrialPerson(key=who, name=row.name(who)), position=row.held["position"],
                   code=WaitCode(row.held["code"]))


@strawberry.type(description="What the files do not say, or say so that it cannot be read.")
class TrialGap:
    code: GapCode
    count: int
    column: str = strawberry.field(description="The column, or the code of the rule that cannot be held.")
    rows: list[int] = strawberry.field(description="The first of the rows it is about.")
    file: str = strawberry.field(description="The file that they are in; empty for what is said of no row.")


@strawberry.type(description="What the matching of a trial came to.")
class TrialResult:
    document: strawberry.Private[Document]
    shape: Shape
    people: int
    waiting: int = strawberry.field(description="People without anybody.")
    violations: int = strawberry.field(description="Hard rules broken, counted again.")
    seconds: float
    proof: RunProof | None = strawberry.field(description="Null for circles.")
    audit: RunAudit | None = strawberry.field(description="Envy and parity by groups; null for circles.")
    past_pairs: int
    learned_from: int = strawberry.field(description="Past pairs that could teach.")
    calibrated: bool = strawberry.field(description="Whether confidence was found true on pairs it had not seen.")
    stages: list[LearnedStage] = strawberry.field(description="What stands for each stage; empty without past pairs.")
    gaps: list[TrialGap]

    @classmethod
    def of(cls, document: Document) -> Self:
        """The result in a trial's document."""
        learned, record = document["learned"] or {}, dict(document)
        return cls(
            document=document, shape=Shape(document["shape"]), people=document["people"], waiting=document["waiting"],
            violations=document["violations"], seconds=document["seconds"], proof=RunProof.of(record),
            audit=RunAudit.of(record), past_pairs=document["past"]["pairs"],
            learned_from=learned["data"]["learned_from"] if learned else 0,
            calibrated=bool(learned and learned["confidence"]["calibrated"]),
            stages=[LearnedStage.of(one) for one in learned.get("stages", [])],
            gaps=[TrialGap(code=GapCode(one["code"]), count=one["count"], column=one["column"], rows=one["rows"],
                           file=one.get("file", "")) for one in document["gaps"]],
        )

    @strawberry.field(description="The pairs, best first.")
    def pairs(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[TrialPair]:
        return page_of_list(self._all("pairs"), IN_PLACE, Window.of(first, after, last, before), TrialPair.of)

    @strawberry.field(description="The circles.")
    def circles(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[TrialCircle]:
        return page_of_list(self._all("circles"), IN_PLACE, Window.of(first, after, last, before), TrialCircle.of)

    @strawberry.field(description="Those who wait, in line.")
    def waitlist(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[TrialWaiting]:
        return page_of_list(self._all("waitlist"), IN_PLACE, Window.of(first, after, last, before), TrialWaiting.of)

    def _all(self, name: str) -> list[_Numbered]:
        held = self.document.get("circles", {}).get("groups", []) if name == "circles" else self.document[name]
        return [_Numbered(number, one, self.document["names"]) for number, one in enumerate(held, 1)]


@strawberry.type(description="A column of a file: what is read from it, and a few of its values.")
class TrialColumn:
    name: str
    holds: Field
    examples: list[str]


@strawberry.type(description="A file of a trial.")
class TrialFile:
    name: str
    rows: int
    who: Who
    columns: list[TrialColumn]


@strawberry.type(
    name="MatchTrial",
    description="Files of one's own, matched to see how it would be. Nobody else sees it; after a day it is erased.",
)
class TrialType:
    shown: strawberry.Private[TrialShown]
    id: strawberry.ID
    erase_at: datetime
    matched_at: datetime | None
    kind: ProgramType

    @classmethod
    def of(cls, shown: TrialShown) -> Self:
        """A trial as it stands."""
        trial = shown.trial
        return cls(shown=shown, id=global_id("MatchTrial", trial.id), erase_at=trial.erase_at,
                   matched_at=trial.matched_at, kind=shown.plan.kind)

    @strawberry.field(description="Its files, as they are read.")
    async def files(self) -> list[TrialFile]:
        found = await asyncio.to_thread(queries.files_shown, self.shown)
        return [
            TrialFile(name=one.name, rows=one.rows, who=who, columns=[
                TrialColumn(name=name, holds=holds, examples=list(examples)) for name, holds, examples in one.columns
            ])
            for one, who in zip(found, self.shown.plan.who, strict=True)
        ]

    @strawberry.field(description="Null until it was matched.")
    def result(self) -> TrialResult | None:
        return TrialResult.of(self.shown.document) if self.shown.document is not None else None


@strawberry.type
class TryingQuery:
    @strawberry.field(description="One of the viewer's own trials.")
    async def match_trial(self, info: Info, id: strawberry.ID) -> TrialType:
        return TrialType.of(await queries.shown_trial(info.context.actor, key_of("MatchTrial", id)))


@strawberry.input(description="A table as text. A request holds 100 kB; more goes by the web page or `ithaca match`.")
class TrialFileInput:
    file_name: str
    content: str = strawberry.field(description="CSV with a header row, one row for each person or past pair.")


@strawberry.input
class StartTrialInput(Input):
    people: list[TrialFileInput] = strawberry.field(description="One file with everybody, or mentors and mentees.")
    past: TrialFileInput | None = strawberry.field(default=None, description="Past pairs with what came of them.")


@strawberry.input(description="What a column holds.")
class TrialColumnInput:
    name: str
    holds: Field


@strawberry.input(description="How a file is read; columns that are left out stay as they stand.")
class TrialReadingInput:
    who: Who | None = None
    columns: list[TrialColumnInput] = strawberry.field(default_factory=list)


@strawberry.input(description="Hard rules over those of the kind of programme, which hold where this is null.")
class TrialRulesInput:
    reporting_line: bool | None = strawberry.field(default=None, description="Nobody in their own reporting line.")
    same_team: bool | None = strawberry.field(default=None, description="Nobody under the same manager.")
    common_language: bool | None = None
    company: Company | None = None
    hours: int | None = strawberry.field(default=None, description="Free hours in common each week, 0 to 8.")

    def chosen(self) -> Chosen:
        """As the matching takes them."""
        return Chosen(self.reporting_line, self.same_team, self.common_language, self.company, self.hours)


@strawberry.input(description="A trial, and how it is read and matched.")
class RunTrialInput(ById):
    files: list[TrialReadingInput] = strawberry.field(
        default_factory=list, description="In the order of the files, past pairs last."
    )
    kind: ProgramType = ProgramType.ONE_TO_ONE
    places: int = strawberry.field(default=1, description="Of each mentor where no column says so.")
    circle_size: int = USUAL_SIZE
    rules: TrialRulesInput | None = None

    def plan(self, held: Plan) -> Plan:
        """What is asked for over what stands."""
        given = [*self.files, *(TrialReadingInput() for _file in held.who)][: len(held.who)]
        return replace(
            held, who=tuple(one.who or who for one, who in zip(given, held.who, strict=True)),
            columns=tuple(
                {**columns, **{column.name: column.holds for column in one.columns}}
                for one, columns in zip(given, held.columns, strict=True)
            ),
            kind=self.kind, places=self.places, size=self.circle_size,
            chosen=self.rules.chosen() if self.rules else AS_USUAL,
        )


@strawberry.type
class TrialPayload(Payload):
    trial: TrialType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The trial."""
        return cls(trial=TrialType.of(await queries.shown_trial(context.actor, keys[0])))


@strawberry.type
class ErasedTrialPayload(Payload):
    id: strawberry.ID | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:  # noqa: ARG003  # nothing of it is left to show
        """The id that was."""
        return cls(id=global_id("MatchTrial", keys[0]))


@strawberry.type
class TryingMutation:
    @strawberry.mutation(
        description="Keep tables of one's own for a day, encrypted and for the viewer alone, to try the matching on."
        " A trial started before is erased."
    )
    async def start_trial(self, info: Info, input: StartTrialInput) -> TrialPayload:
        people = [(one.file_name, one.content.encode()) for one in input.people]
        past = (input.past.file_name, input.past.content.encode()) if input.past else None
        return await perform(
            info, TrialPayload, input, lambda actor: actions.start_trial(actor, people, past), long=True
        )

    @strawberry.mutation(
        description="Match the people of a trial. The same files read in the same way give the same result."
    )
    async def run_trial(self, info: Info, input: RunTrialInput) -> TrialPayload:
        async def run(actor: Actor) -> MatchTrial:
            held = await queries.shown_trial(actor, key_of("MatchTrial", input.id))
            return await actions.run_trial(actor, held.trial.id, input.plan(held.plan))

        return await perform(info, TrialPayload, input, run, long=True)

    @strawberry.mutation(description="Erase the files of a trial and what came of them, now.")
    async def erase_trial(self, info: Info, input: ById) -> ErasedTrialPayload:
        async def erase(actor: Actor) -> UUID:
            key = key_of("MatchTrial", input.id)
            await actions.erase_trial(actor, key)
            return key

        return await perform(info, ErasedTrialPayload, input, erase)
