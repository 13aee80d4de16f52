"""Trials of files as text, without a database."""

import csv
import io
from typing import Any

from server.journey.trying.matching import match
from server.journey.trying.rows.columns import past_suggestions, suggestions
from server.journey.trying.rows.plan import File, Plan, Who
from server.journey.trying.rows.reading import Read, read_files
from server.journey.trying.rows.rules import AS_USUAL, Chosen
from server.programs.states import ProgramType
from tests.server.matchmaking.desk import Table


def read_alike(rows: Table) -> Table:
    """Rows that a trial and `ithaca match` read alike: without wishes that are known already, and empty languages,
    which the strict file takes for "none"."""
    return [
        row | {
            "goals": ";".join(one for one in row["goals"].split(";") if one not in row["skills"].split(";")),
            "languages": row["languages"] or "en",
        }
        for row in rows
    ]


def plan_of(
    *files: tuple[Who, str], kind: ProgramType = ProgramType.ONE_TO_ONE, chosen: Chosen = AS_USUAL, **numbers: int
) -> tuple[list[File], Plan]:
    """Files with the plan that their columns suggest."""
    held = [File(f"{number}.csv", text) for number, (_who, text) in enumerate(files)]
    columns = tuple(
        (past_suggestions if who is Who.PAST else suggestions)(one.table())
        for one, (who, _text) in zip(held, files, strict=True)
    )
    return held, Plan(tuple(who for who, _text in files), columns, kind, chosen=chosen, **numbers)


def read(*files: tuple[Who, str], **how: Any) -> Read:
    """The people in some files."""
    return read_files(*plan_of(*files, **how))


def tried(*files: tuple[Who, str], **how: Any) -> dict[str, Any]:
    """What the matching of some files comes to."""
    held, plan = plan_of(*files, **how)
    return match(read_files(held, plan), plan)


def pairs_of(document: dict[str, Any]) -> set[tuple[str, str]]:
    """The pairs made, (mentee, mentor)."""
    return {(one["mentee"], one["mentor"]) for one in document["pairs"]}


def text_of(rows: list[dict[str, str]]) -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO(newline="")
    written = csv.DictWriter(out, list(rows[0]))
    written.writeheader()
    written.writerows(rows)
    return out.getvalue()
