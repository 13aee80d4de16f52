"""Previewing, correcting and applying a people file."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from server.journey.importing import ground, queries
from server.journey.importing.checks import freed_addresses, late_problem
from server.journey.importing.columns import COLUMNS
from server.journey.importing.outcomes import Kind, Outcome, outcome_of
from server.journey.importing.planning import (
    BATCH_ROWS,
    Prepared,
    endings_of,
    make_report,
    prepare_checked,
    prepare_resumed,
)
from server.journey.importing.records import Problem
from server.journey.importing.report import Endings
from server.journey.importing.storing import end_people, store
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import clean, ngettext
from server.kernel.text import gettext as _
from server.people import rules
from server.people.models import ImportRun
from server.people.states import ImportState
from server.people.tables import CELL_LETTERS_MAX, check_size

FILE_NAME_LETTERS = 200
UNFINISHED = (ImportState.PREVIEWED, ImportState.RUNNING)


async def preview_import(
    actor: Actor,
    file_name: str,
    content: bytes,
    complete: bool = False,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> ImportRun:
    """Read and check a people file; nothing of it is applied. The same file again returns the run that waits for it.

    Args:
        actor: who imports.
        file_name: as the person knows it, for messages.
        content: the file, at most 10 MB.
        complete: the file claims to name everybody: who is not in it has left.
        mapping: other columns of the file -> the column of the contract they hold.
        defaults: column -> value for cells of program, role and capacity that are empty or absent.

    Raises:
        Refused: the actor may not import people.
        Invalid: the file as a whole cannot be used (field "file").
    """
    require(rules.can_import_people(actor), _("import people"))
    check_size(len(content), file_name)
    run = ImportRun(
        organization_id=actor.organization_id, file_name=clean(file_name)[:FILE_NAME_LETTERS] or _("the file"),
        digest=hashlib.sha256(content).hexdigest(), content=content, complete=complete, mapping=dict(mapping or {}),
        defaults=_checked_defaults(defaults or {}), started_by=actor.id,
    )
    waiting = await _same(actor, run)
    if waiting is not None:
        return waiting
    made = await make_report(actor, run)
    run.rows_total, run.summary = sum(made.counts.values()), {"counts": _plain(made.counts)}
    async with unit_of_work(actor) as unit:
        await run.save()
        await unit.audit("import.preview", run, rows=run.rows_total, **_plain(made.counts))
        await unit.publish("import.previewed", subject_id=run.id, run_id=run.id)
    return run


async def correct_rows(actor: Actor, run_id: UUID, cells: Mapping[int, Mapping[str, str]]) -> ImportRun:
    """Mend cells of a previewed file, row number -> column -> value, and check everything again.

    Raises:
        NotFound: no such run, or not the actor's to see.
        Invalid: a row or column that the file does not have, by "row 17 email".
        Conflict: the run has begun, or somebody else corrected it meanwhile.
    """
    run = await queries.visible_run(actor, run_id)
    _check_cells(await prepare_checked(actor, run), cells)
    before, run.corrections = run.corrections, _merged(run.corrections, cells)
    if run.corrections == before:
        return run
    made = await make_report(actor, run)
    async with unit_of_work(actor) as unit:
        stored = await queries.visible_run(actor, run_id, lock=True)
        if stored.state is not ImportState.PREVIEWED or stored.corrections != before:
            raise Conflict(_("Somebody else went on with this import. Look at it again."), kind="begun")
        run.summary = {"counts": _plain(made.counts)}
        await run.save(update_fields=["corrections", "summary"])
        await unit.audit("import.correct", run, rows=sorted(cells))
        await unit.publish("import.previewed", subject_id=run.id, run_id=run.id)
        return run


async def apply_import(actor: Actor, run_id: UUID, confirmed: bool = False) -> ImportRun:
    """Write what the preview showed, 500 rows a transaction; refused rows wait in the report.

    Killed anywhere, the same call goes on from the mark and ends the same. Applied already, it changes nothing.

    Raises:
        NotFound: no such run, or not the actor's to see.
        Conflict: a complete file would end more than 20 people or 10 % and nobody `confirmed` (kind "confirm"), or has
            rows that do not say whom they speak of (kind "unreadable_rows"). Nothing was written.
    """
    run = await queries.visible_run(actor, run_id)
    prepared = await _begin(actor, run, confirmed) if run.state is ImportState.PREVIEWED else None
    run = await queries.visible_run(actor, run_id)
    if run.state is ImportState.RUNNING:
        prepared = prepared or await prepare_resumed(actor, run)
        while await _apply_batch(actor, prepared):
            pass
        while await _end_batch(actor, prepared):
            pass
    return await queries.visible_run(actor, run_id)


async def _same(actor: Actor, run: ImportRun) -> ImportRun | None:
    """An unfinished run of the same content, read in the same way."""
    waiting = queries.runs(actor).filter(digest=run.digest, complete=run.complete, state__in=UNFINISHED)
    found = await waiting.order_by("-created_at")
    return next((one for one in found if (one.mapping, one.defaults) == (run.mapping, run.defaults)), None)


async def _begin(actor: Actor, run: ImportRun, confirmed: bool) -> Prepared | None:
    """Fix which rows are refused: from here on the run ends the same however often it is interrupted.

    None when somebody else began it meanwhile, perhaps with other rows refused.
    """
    prepared = await prepare_checked(actor, run)
    endings = await endings_of(actor, prepared)
    _check_endings(endings, confirmed)
    async with unit_of_work(actor) as unit:
        run = await queries.visible_run(actor, run.id, lock=True)
        if run.state is not ImportState.PREVIEWED:
            return None
        problems = [asdict(problem) for found in prepared.file.problems.values() for problem in found]
        run.state = ImportState.RUNNING
        run.rows_total = len(prepared.file.order)
        run.summary = {"counts": {Kind.REFUSED.value: len(prepared.file.problems)}, "refused": problems}
        run.summary["givers"] = prepared.file.givers   # the order of a resumed run, when their addresses have moved
        await run.save(update_fields=["state", "rows_total", "summary"])
        await unit.audit("import.begin", run, rows=run.rows_total, endings=endings.count if endings else 0)
        await unit.publish("import.begun", subject_id=run.id, run_id=run.id)
        return prepared


async def _apply_batch(actor: Actor, prepared: Prepared) -> bool:
    """Apply the next rows behind the mark; False when none are left."""
    async with unit_of_work(actor) as unit:
        run = await queries.visible_run(actor, prepared.run.id, lock=True)
        until = max(run.rows_applied + BATCH_ROWS, len(prepared.file.givers))
        numbers = prepared.file.order[run.rows_applied : until]
        if not numbers or run.state is not ImportState.RUNNING:
            return False
        made = await _outcomes(actor, prepared, run, numbers)
        await store(unit, run, made)
        counts = run.summary["counts"]
        for outcome in made:
            counts[outcome.kind.value] = counts.get(outcome.kind.value, 0) + 1
        run.rows_applied += len(numbers)
        await run.save(update_fields=["rows_applied", "summary"])
        return True


async def _outcomes(actor: Actor, prepared: Prepared, run: ImportRun, numbers: list[int]) -> list[Outcome]:
    """What these rows mean now; those that lost their ground since the preview join the refused."""
    records = [prepared.file.records[number] for number in numbers if number in prepared.file.records]
    held = await ground.held_for(actor, records, prepared.cohorts)
    freed = freed_addresses(records, held)
    made: list[Outcome] = []
    for record in records:
        lost = late_problem(record, held, prepared.setting.arrived, freed)
        if lost is None:
            made.append(outcome_of(record, held, prepared.setting))
        else:
            run.summary["refused"].append(asdict(Problem(record.number, *lost)))
            run.summary["counts"][Kind.REFUSED.value] += 1
    return made


async def _end_batch(actor: Actor, prepared: Prepared) -> bool:
    """End the next people whom a complete file does not speak of, then close the run; False when it is closed."""
    async with unit_of_work(actor) as unit:
        run = await queries.visible_run(actor, prepared.run.id, lock=True)
        if run.state is not ImportState.RUNNING:
            return False
        absent = await ground.absent_people(actor, run, prepared.file.employee_ids) if run.complete else []
        if absent:
            await end_people(unit, run, absent[:BATCH_ROWS])
            run.summary["ended"] = run.summary.get("ended", 0) + len(absent[:BATCH_ROWS])
            await run.save(update_fields=["summary"])
            return True
        run.state, run.finished_at = ImportState.DONE, clock.now()
        await run.save(update_fields=["state", "finished_at"])
        await unit.audit("import.finish", run, **run.summary["counts"], ended=run.summary.get("ended", 0))
        await unit.publish("import.finished", subject_id=run.id, run_id=run.id)
        return False


def _check_endings(endings: Endings | None, confirmed: bool) -> None:
    if endings is None or not endings.count:
        return
    if endings.blocked_by:
        text = _("Row %d does not say whom it speaks of, so nobody can be ended by this file. Mend it first.")
        raise Conflict(text % endings.blocked_by[0], kind="unreadable_rows")
    if endings.asks and not confirmed:
        text = ngettext(
            "%(count)d of %(of)d people is not in the file and would be marked as left. Say that this is right first.",
            "%(count)d of %(of)d people are not in the file and would be marked as left. Say that this is right first.",
            endings.count,
        )
        raise Conflict(text % {"count": endings.count, "of": endings.of}, kind="confirm")


def _check_cells(prepared: Prepared, cells: Mapping[int, Mapping[str, str]]) -> None:
    wrong = {
        f"row {number} {column}": _("There is no such cell to correct.")
        for number, values in cells.items()
        for column, value in values.items()
        if number not in prepared.file.people or column not in COLUMNS or len(value) > CELL_LETTERS_MAX
    }
    if wrong:
        raise Invalid(wrong)


def _checked_defaults(defaults: Mapping[str, str]) -> dict[str, str]:
    wrong = {name: _("Only programme, role and places can be given for a whole file.")
             for name in defaults if name not in ("program", "role", "capacity")}
    if wrong:
        raise Invalid(wrong)
    return dict(defaults)



def _merged(
    held: Mapping[str, Mapping[str, str]], cells: Mapping[int, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    merged = {number: dict(values) for number, values in held.items()}
    for number, values in cells.items():
        merged.setdefault(str(number), {}).update(values)
    return merged


def _plain(counts: Mapping[Kind, int]) -> dict[str, int]:
    return {kind.value: count for kind, count in counts.items()}
