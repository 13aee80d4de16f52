"""People files: preview, corrections, report, and writing what the preview showed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import Node, global_id, key_of
from graphql_schema.mutations import ById, Input, Payload, perform
from graphql_schema.pagination import Connection, Order, Window, page_of, page_of_list
from graphql_schema.people import OrganizationType
from server.journey.importing import actions, queries
from server.journey.importing.outcomes import Kind
from server.journey.importing.report import ChangedRow, Endings, RefusedRow, Report, RowLine
from server.kernel.actor import Actor
from server.people.actions import import_framework
from server.people.courses.actions import CoursesReport, import_courses
from server.people.queries import organization_of
from server.people.states import ImportState

if TYPE_CHECKING:
    from tortoise.queryset import QuerySet

    from server.people.models import ImportRun

strawberry.enum(ImportState)

SHOWN = (
    "id", "organization_id", "file_name", "state", "complete", "rows_total", "rows_applied", "summary", "created_at",
    "finished_at",
)
"""Everything of a run but the content of its file."""
NEWEST = Order(("created_at", "id"), newest_first=True)
BY_ROW = Order(("number",))


@strawberry.type(description="How many rows are in which list.")
class ImportCounts:
    created: int
    changed: int
    unchanged: int
    refused: int

    @classmethod
    def of(cls, counts: dict[str, int]) -> Self:
        """The counts by kind of row."""
        return cls(**{kind.value: int(counts.get(kind, 0)) for kind in Kind})


@strawberry.type(name="ImportRun", description="One people file, its preview, and how far it was applied.")
class ImportRunType(Node):
    file_name: str
    state: ImportState
    complete: bool = strawberry.field(description="The file claims to name everybody: who is not in it has left.")
    rows_total: int
    rows_applied: int
    created_at: datetime
    finished_at: datetime | None
    counts: ImportCounts

    @classmethod
    def of(cls, row: ImportRun) -> Self:
        """The run of a row."""
        return cls(
            id=global_id("ImportRun", row.id), file_name=row.file_name, state=row.state, complete=row.complete,
            rows_total=row.rows_total, rows_applied=row.rows_applied, created_at=row.created_at,
            finished_at=row.finished_at, counts=ImportCounts.of(row.summary.get("counts", {})),
        )


@strawberry.type(description="A row that is taken, and whom it speaks of.")
class ImportRow:
    number: int
    employee_id: str
    name: str
    seat: str = strawberry.field(description="What it enrols them in, in words.")

    @classmethod
    def of(cls, row: RowLine) -> Self:
        """One row."""
        return cls(number=row.number, employee_id=row.employee_id, name=row.name, seat=row.seat)


@strawberry.type(description="One value before and after, in words.")
class ImportChange:
    column: str
    label: str
    before: str
    after: str


@strawberry.type(description="A row that changes somebody, and what.")
class ImportChangedRow:
    number: int
    employee_id: str
    name: str
    seat: str
    changes: list[ImportChange]

    @classmethod
    def of(cls, row: ChangedRow) -> Self:
        """One row."""
        return cls(
            number=row.number, employee_id=row.employee_id, name=row.name, seat=row.seat,
            changes=[
                ImportChange(column=one.column, label=one.label, before=one.before, after=one.after)
                for one in row.changes
            ],
        )


@strawberry.type(description="Why a row is refused, and what to do.")
class ImportProblem:
    column: str = strawberry.field(description="Empty for the row as a whole.")
    value: str
    text: str


@strawberry.type(description="A row that cannot be taken.")
class ImportRefusedRow:
    number: int
    employee_id: str
    name: str
    problems: list[ImportProblem]

    @classmethod
    def of(cls, row: RefusedRow) -> Self:
        """One row."""
        return cls(
            number=row.number, employee_id=row.employee_id, name=row.name,
            problems=[ImportProblem(column=one.column, value=one.value, text=one.text) for one in row.problems],
        )


@strawberry.type(description="Who would be ended because a complete file no longer speaks of them.")
class ImportEndings:
    count: int
    of_all: int = strawberry.field(description="How many people there are now.")
    names: list[str]
    asks: bool = strawberry.field(description="Apply only with `confirmed: true`.")

    @classmethod
    def of(cls, endings: Endings) -> Self:
        """The endings of a preview."""
        return cls(count=endings.count, of_all=endings.of, names=list(endings.names), asks=endings.asks)


@strawberry.type(
    name="ImportReport",
    description="An import as it stands. Once applied, the counts and the refused rows remain.",
)
class ImportReportType:
    report: strawberry.Private[Report]
    state: ImportState
    counts: ImportCounts
    endings: ImportEndings | None
    zones_assumed: int = strawberry.field(description="People whose time zone was worked out from their place.")
    missed_tags: list[str] = strawberry.field(description="Skills that the framework does not know.")
    side_effects: list[str] = strawberry.field(description="What it means beyond the record, in sentences.")

    @classmethod
    def of(cls, report: Report) -> Self:
        """The report of a run."""
        return cls(
            report=report, state=report.state, zones_assumed=report.zones_assumed,
            counts=ImportCounts.of({kind.value: count for kind, count in report.counts.items()}),
            endings=ImportEndings.of(report.endings) if report.endings else None,
            missed_tags=list(report.missed_tags), side_effects=report.side_effects,
        )

    @strawberry.field(description="People who are new.")
    def created(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[ImportRow]:
        return page_of_list(self.report.created, BY_ROW, Window.of(first, after, last, before), ImportRow.of)

    @strawberry.field(description="People who change.")
    def changed(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[ImportChangedRow]:
        return page_of_list(self.report.changed, BY_ROW, Window.of(first, after, last, before), ImportChangedRow.of)

    @strawberry.field(description="People who stay as they are.")
    def unchanged(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[ImportRow]:
        return page_of_list(self.report.unchanged, BY_ROW, Window.of(first, after, last, before), ImportRow.of)

    @strawberry.field(description="Rows that cannot be taken.")
    def refused(
        self, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[ImportRefusedRow]:
        return page_of_list(self.report.refused, BY_ROW, Window.of(first, after, last, before), ImportRefusedRow.of)


@strawberry.type
class ImportsQuery:
    @strawberry.field(description="The imports of people files, the latest first. Only for who may import.")
    async def import_runs(
        self, info: Info, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[ImportRunType]:
        rows = _shown(info.context.actor)
        return await page_of(rows, NEWEST, Window.of(first, after, last, before), ImportRunType.of)

    @strawberry.field(description="What an import would do, or did.")
    async def import_report(self, info: Info, run_id: strawberry.ID) -> ImportReportType:
        return ImportReportType.of(await queries.import_report(info.context.actor, key_of("ImportRun", run_id)))


@strawberry.input(description="A file as text. A request holds 100 kB; more goes by the web page or `ithaca import`.")
class FileInput(Input):
    file_name: str
    content: str = strawberry.field(description="The text of the file.")


@strawberry.input
class PreviewImportInput(FileInput):
    complete: bool = strawberry.field(default=False, description="The file names everybody.")


@strawberry.input
class CellInput:
    row: int
    column: str
    value: str


@strawberry.input
class CorrectImportInput(ById):
    cells: list[CellInput]


@strawberry.input
class ApplyImportInput(ById):
    confirmed: bool = strawberry.field(default=False, description="Yes to the endings that the report asks about.")


@strawberry.type
class ImportPayload(Payload):
    run: ImportRunType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The run as it stands now."""
        return cls(run=ImportRunType.of(await queries.visible_run(context.actor, keys[0])))


@strawberry.type
class OrganizationPayload(Payload):
    organization: OrganizationType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:  # noqa: ARG003  # there is only one's own
        """The organisation as it stands now."""
        return cls(organization=OrganizationType.of(await organization_of(context.actor)))


@strawberry.type(name="CoursesReport", description="What a file of completed courses did.")
class CoursesReportType:
    added: int = strawberry.field(description="Completed courses that are new.")
    changed: int = strawberry.field(description="Those that have another day now.")
    strangers: list[str] = strawberry.field(description="Employee numbers nobody here has; those rows are left out.")
    unread: list[str] = strawberry.field(description="Courses in which no skill of the framework was found; kept.")

    @classmethod
    def of(cls, report: CoursesReport) -> Self:
        """The report of an action."""
        return cls(
            added=report.added, changed=report.changed, strangers=list(report.strangers), unread=list(report.unread)
        )


@strawberry.type
class CoursesPayload(Payload):
    report: CoursesReportType | None = strawberry.field(
        default=None, description="Told once: a repeat under one key has none."
    )

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:  # noqa: ARG003  # what it did is told once
        """Nothing but that it was done."""
        return cls()


@strawberry.type
class ImportsMutation:
    @strawberry.mutation(description="Read and check a people file. Nothing of it is applied.")
    async def preview_import(self, info: Info, input: PreviewImportInput) -> ImportPayload:
        return await perform(
            info, ImportPayload, input,
            lambda actor: actions.preview_import(actor, input.file_name, input.content.encode(), input.complete),
            long=True,
        )

    @strawberry.mutation(description="Mend cells of a previewed file, and check everything again.")
    async def correct_import(self, info: Info, input: CorrectImportInput) -> ImportPayload:
        cells: dict[int, dict[str, str]] = {}
        for cell in input.cells:
            cells.setdefault(cell.row, {})[cell.column] = cell.value
        return await perform(
            info, ImportPayload, input,
            lambda actor: actions.correct_rows(actor, key_of("ImportRun", input.id), cells), long=True,
        )

    @strawberry.mutation(description="Write what the preview showed.")
    async def apply_import(self, info: Info, input: ApplyImportInput) -> ImportPayload:
        return await perform(
            info, ImportPayload, input,
            lambda actor: actions.apply_import(actor, key_of("ImportRun", input.id), input.confirmed), long=True,
        )

    @strawberry.mutation(description="Take over a competency framework from CSV or JSON.")
    async def import_framework(self, info: Info, input: FileInput) -> OrganizationPayload:
        async def act(actor: Actor) -> list[UUID]:
            await import_framework(actor, input.content.encode(), input.file_name)
            return []

        return await perform(info, OrganizationPayload, input, act)

    @strawberry.mutation(description="Take over completed courses from CSV: employee_id, course, completed_on, "
                                     "and if there are any course_id and skills.")
    async def import_courses(self, info: Info, input: FileInput) -> CoursesPayload:
        told: list[CoursesReport] = []

        async def act(actor: Actor) -> list[UUID]:
            told.append(await import_courses(actor, input.content.encode(), input.file_name))
            return []

        payload = await perform(info, CoursesPayload, input, act, long=True)
        for report in told:
            payload.report = CoursesReportType.of(report)
        return payload


async def imports_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, ImportRun]:
    """Those among some imports that the actor may see."""
    return {row.id: row for row in await _shown(actor).filter(id__in=ids)}


def _shown(actor: Actor) -> QuerySet[ImportRun]:
    return queries.runs(actor).only(*SHOWN)
