"""A run as files: its pairs and its changes as tables, and everything with the proof as one JSON document."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from server.kernel.text import csv_bytes
from server.kernel.text import gettext as _
from server.matchmaking.circles.comparing import Formed
from server.matchmaking.engine import Explanation
from server.matchmaking.engine.wording import Names, Reader, one_line
from server.matchmaking.learned.quality import Found, dump_measured
from server.matchmaking.models import MatchRun
from server.matchmaking.runs.queries import RunCircle, RunPair, RunsCompared
from server.matchmaking.stored import load
from server.programs.models import Enrollment

REASONS = 3
PAIRS = ("mentor_number", "mentor", "mentee_number", "mentee", "fit", "confidence", "rank_for_mentee")
TOLD = (*(f"reason_{number}" for number in range(1, REASONS + 1)), "caution")
CIRCLES = ("circle", "number", "name", "role", "fit", "languages", "shared_goals")
CHANGES = ("mentee_number", "mentee", "mentors_before", "mentors_after", "why", "fit_then", "fit_now")
HEADER = ("engine_version", "weights_version", "weights", "rules", "seed", "pool_digest", "started_by")


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """A document as indented UTF-8 JSON."""
    return json.dumps(document, ensure_ascii=False, indent=1, default=str).encode()


def told(explanation: Explanation | None, names: Names) -> list[str]:
    """Three reasons and the caution as lines in the reader's language; "" for what there is none of."""
    if explanation is None:
        return [""] * len(TOLD)
    reasons = [one_line(one, names, Reader.MANAGER) for one in explanation.reasons]
    caution = one_line(explanation.caution, names, Reader.MANAGER) if explanation.caution else ""
    return [*reasons, *[""] * (REASONS - len(reasons)), caution]


def pairs_csv(pairs: Iterable[RunPair]) -> bytes:
    """Every pair of a run with fit (0 to 100), confidence (0 to 1) and its reasons."""
    return csv_bytes((*PAIRS, *TOLD), map(_row, pairs))


def circles_csv(circles: Iterable[RunCircle]) -> bytes:
    """Every circle of a run, numbered from 1, one row for each of its people: who leads first, then the members, with
    what the circle brings each of them."""
    return csv_bytes((*CIRCLES, *TOLD), [
        (number, *_who(row), role, one.fit, *_shared(one), *_brought(one, row))
        for number, one in enumerate(circles, 1)
        for role, row in ([("facilitator", one.leads)] if one.leads else []) + [("member", row) for row in one.members]
    ])


def changes_csv(found: RunsCompared) -> bytes:
    """Every mentee whose mentors differ between two runs, and whoever sits in or leads another circle, with the code of
    the reason."""
    rows: list[Sequence[object]] = [
        (*_who(found.people.get(one.mentee)), *(_names(found.people, [pair.mentor for pair in side])
         for side in (one.before, one.after)), one.why.value, _number(one.fit_then), _number(one.fit_now))
        for one in found.comparison.changes
    ]
    for moved in found.circles.changes if found.circles else ():
        sides = (_together(found.people, moved.person, side) for side in (moved.before, moved.after))
        rows.append((*_who(found.people.get(moved.person)), *sides, moved.why.value, "", ""))
    return csv_bytes(CHANGES, rows)


def run_json(run: MatchRun, pairs: Iterable[RunPair], quality: Iterable[Found] = ()) -> bytes:
    """A run whole: what it was given, its proof, audit and figures, every pair by id and those who wait."""
    made = [
        {"mentor": one.suggestion.mentor_enrollment_id, "mentee": one.suggestion.mentee_enrollment_id,
         "fit": round(one.suggestion.fit, 2), "confidence": round(one.suggestion.confidence, 4),
         "rank": one.suggestion.rank + 1}
        for one in pairs
    ]
    return json_bytes({
        "run": run.id, "cohort": run.cohort_id, "started_at": run.started_at, "finished_at": run.finished_at,
        **{name: getattr(run, name) for name in HEADER}, **run.result, "quality": dump_measured(quality), "pairs": made,
    })


def _row(pair: RunPair) -> list[object]:
    one = pair.suggestion
    names = Names(*(side.person.first_name if side else "" for side in (pair.mentor, pair.mentee)))
    return [*_who(pair.mentor), *_who(pair.mentee), _number(one.fit), round(one.confidence, 4), one.rank + 1,
            *told(load(one.factors), names)]


def _shared(one: RunCircle) -> tuple[str, str]:
    """The languages of a circle and the goals that several have, for a cell each."""
    goals = (_("%(goal)s (%(count)d)") % {"goal": goal.tag, "count": goal.members} for goal in one.common.goals)
    return "; ".join(one.common.languages or []), "; ".join(goals)


def _brought(one: RunCircle, row: Enrollment | None) -> list[str]:
    """Three reasons and the caution as lines; "" for what there is none of."""
    found = one.reasons(row) if row else []
    lines = [why.line for why in found if not why.is_caution]
    caution = "".join(why.line for why in found if why.is_caution)
    return [*lines, *[""] * (REASONS - len(lines)), caution]


def _who(row: Enrollment | None) -> tuple[str, str]:
    return (row.person.employee_id, row.person.full_name) if row else ("", "")


def _names(people: Mapping[UUID, Enrollment], ids: Iterable[UUID]) -> str:
    return "; ".join(people[one].person.full_name for one in ids if one in people)


def _together(people: Mapping[UUID, Enrollment], person: UUID, circles: Iterable[Formed]) -> str:
    """The others of somebody's circles."""
    return " | ".join(_names(people, [one for one in circle.members if one != person]) for circle in circles)


def _number(value: float | None) -> float | str:
    return "" if value is None else round(value, 2)
