"""From the content of a run to what each of its rows means: read, checked, compared, batch by batch."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.journey.importing import ground, report
from server.journey.importing.checks import check, merge
from server.journey.importing.ground import Directory
from server.journey.importing.outcomes import Kind, Outcome, Setting, outcome_of
from server.journey.importing.records import PeopleFile, Problem, Reading, read_people
from server.journey.importing.report import Endings, Report
from server.kernel.actor import Actor
from server.kernel.text import gettext as _
from server.people import queries as people
from server.people.frameworks import TagIndex
from server.people.models import Competency, ImportRun
from server.people.states import PersonStatus

BATCH_ROWS = 500
"""Rows of one transaction (contract of the people file)."""
ASKS_ABOVE, ASKS_ABOVE_SHARE = 20, 0.10
"""More endings than this, or than this share of all, need a person's word (contract of the people file)."""
NAMES_SHOWN = 50


@dataclass(slots=True)
class Prepared:
    """A run, read and with what its rows are compared with at hand."""

    run: ImportRun
    file: PeopleFile
    directory: Directory
    setting: Setting
    competencies: list[Competency]

    @property
    def cohorts(self) -> list[UUID]:
        """The groups that rows may enrol in."""
        return [offer.cohort_id for offer in self.setting.offers.values() if offer.cohort_id]


async def prepare(actor: Actor, run: ImportRun) -> Prepared:
    """Read the file of a run and what the organisation knows, without checking one against the other.

    Raises:
        Invalid: the file as a whole cannot be used.
    """
    organization = await people.organization_of(actor)
    reading = Reading(run.mapping, run.defaults, run.corrections, organization.seniority_words)
    file = await asyncio.to_thread(read_people, bytes(run.content), run.file_name, reading)
    directory = await ground.directory(actor)
    competencies = await people.competencies(actor)
    setting = Setting(organization, directory.offers, TagIndex(competencies))
    return Prepared(run, file, directory, setting, competencies)


async def prepare_checked(actor: Actor, run: ImportRun) -> Prepared:
    """As `prepare`, with every row refused that does not fit.

    Raises:
        Invalid: the file as a whole cannot be used.
    """
    prepared = await prepare(actor, run)
    await asyncio.to_thread(check, prepared.file, prepared.directory)
    return prepared


async def prepare_resumed(actor: Actor, run: ImportRun) -> Prepared:
    """As `prepare`, with the rows refused that were refused when the run began: a resumed run ends as a whole one."""
    prepared = await prepare(actor, run)
    merge(prepared.file)
    for number in {int(problem["number"]) for problem in run.summary["refused"]}:
        prepared.file.records.pop(number, None)
    prepared.file.put_first(list(run.summary.get("givers", [])))
    return prepared


async def batches(actor: Actor, prepared: Prepared) -> AsyncGenerator[list[Outcome], None]:
    """What every row means, in batches, nothing written."""
    order = prepared.file.order
    for start in range(0, len(order), BATCH_ROWS):
        yield await outcomes(actor, prepared, order[start : start + BATCH_ROWS])


async def outcomes(actor: Actor, prepared: Prepared, numbers: Sequence[int]) -> list[Outcome]:
    """What some rows mean; refused ones are left out."""
    records = [prepared.file.records[number] for number in numbers if number in prepared.file.records]
    held = await ground.held_for(actor, records, prepared.cohorts)
    return [outcome_of(record, held, prepared.setting) for record in records]


async def make_report(actor: Actor, run: ImportRun) -> Report:
    """A run as a person reads it: what it would do now, or what it did.

    Raises:
        Invalid: the file as a whole cannot be used any more.
    """
    made = Report(run.id, run.file_name, run.state, run.rows_total, run.rows_applied, stored_counts(run))
    made.ended = int(run.summary.get("ended", 0))
    prepared = await prepare_checked(actor, run)
    made.form = _form(prepared)
    if "refused" in run.summary:
        made.refused = _refused(prepared, [Problem(**problem) for problem in run.summary["refused"]])
        return made
    made.refused = _refused(prepared, [one for found in prepared.file.problems.values() for one in found])
    await _add_rows(actor, prepared, made)
    made.counts = counts_of(made)
    made.endings = await endings_of(actor, prepared)
    return made


def stored_counts(run: ImportRun) -> dict[Kind, int]:
    """How many rows of a run are in which list, as stored."""
    return {kind: int(run.summary.get("counts", {}).get(kind, 0)) for kind in Kind}


def counts_of(made: Report) -> dict[Kind, int]:
    """How many rows are in which list of a preview."""
    return {
        Kind.CREATED: len(made.created), Kind.CHANGED: len(made.changed), Kind.UNCHANGED: len(made.unchanged),
        Kind.REFUSED: len(made.refused),
    }


async def endings_of(actor: Actor, prepared: Prepared) -> Endings | None:
    """Who a complete file would end; None when the file does not claim to be complete."""
    if not prepared.run.complete:
        return None
    living = [known for known in prepared.directory.people.values() if known.status is not PersonStatus.ENDED]
    absent = await ground.absent_people(actor, prepared.run, prepared.file.employee_ids)
    names = tuple(person.full_name for person in absent[:NAMES_SHOWN])
    asks = len(absent) > ASKS_ABOVE or len(absent) > ASKS_ABOVE_SHARE * len(living)
    return Endings(len(absent), len(living), names, asks, tuple(prepared.file.rows_without_person))


def _form(prepared: Prepared) -> report.Form:
    table, header = prepared.file.table, prepared.file.header
    return report.Form(table.delimiter, table.has_bom, tuple(header.places), header.ignored)


def _refused(prepared: Prepared, problems: list[Problem]) -> list[report.RefusedRow]:
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.number, []).append(problem)
    rows = {row.number: row.cells for row in prepared.file.table.rows}
    places = prepared.file.header.places
    return [
        report.RefusedRow(
            number, prepared.file.people.get(number, ""), _name_in(rows.get(number, ()), places), tuple(found)
        )
        for number, found in sorted(by_row.items())
    ]


def _name_in(cells: tuple[str, ...], places: dict[str, int]) -> str:
    """The name as a refused row writes it."""
    names = (cells[places[name]] for name in ("given_name", "family_name") if places[name] < len(cells))
    return " ".join(name.strip() for name in names).strip()


async def _add_rows(actor: Actor, prepared: Prepared, made: Report) -> None:
    labelled = report.labels()
    names = {known.id: known.name for known in prepared.directory.people.values()}
    names |= {competency.id: competency.name for competency in prepared.competencies}
    moved: list[Outcome] = []
    async for batch in batches(actor, prepared):
        names |= {outcome.person.id: outcome.person.full_name for outcome in batch if outcome.is_new}
        for outcome in batch:
            _add_row(outcome, made, names, labelled)
        moved.extend(outcome for outcome in batch if outcome.was is not outcome.person.status)
    for rows in (made.created, made.changed, made.unchanged, made.kept):
        rows.sort(key=lambda row: row.number)
    pairs = await ground.running_pairs(actor, [outcome.person.id for outcome in moved if outcome.was])
    said = [
        report.side_effect(one.person.full_name, one.was, one.person.status, pairs[one.person.id])
        for one in sorted(moved, key=lambda one: one.record.number)
    ]
    made.side_effects = [text for text in said if text]


def _add_row(outcome: Outcome, made: Report, names: dict[UUID, str], labelled: dict[str, str]) -> None:
    record, person = outcome.record, outcome.person
    seat = _seat_words(outcome)
    line = report.RowLine(record.number, record.employee_id, person.full_name, seat)
    if outcome.kind is Kind.CREATED:
        made.created.append(line)
    elif outcome.kind is Kind.UNCHANGED:
        made.unchanged.append(line)
    else:
        shown = tuple(report.show_change(change, names, labelled) for change in outcome.changes)
        made.changed.append(
            report.ChangedRow(record.number, record.employee_id, person.full_name, shown, seat)
        )
    if outcome.kept:
        made.kept.append(report.KeptNote(record.number, person.full_name, tuple(dict.fromkeys(outcome.kept))))
    made.missed_tags.update(outcome.missed)
    made.zones_assumed += person.zone_assumed and "zone_assumed" in outcome.facts


def _seat_words(outcome: Outcome) -> str:
    seat = outcome.record.seat
    if outcome.seat is None or seat is None:
        return ""
    return _("%(program)s, as %(role)s") % {"program": seat.program, "role": seat.role.value.lower()}
