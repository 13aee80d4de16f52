"""A run as the programme's manager reads it, alone or beside another one."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor, Permission
from server.kernel.db import Json
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matchmaking import queries
from server.matchmaking.circles.comparing import CirclesCompared, compare_circles
from server.matchmaking.circles.forming import CircleProof, drafts_of
from server.matchmaking.circles.forming import proof_of as circles_proof
from server.matchmaking.circles.telling import InCommon, Why, in_common, reasons_for
from server.matchmaking.engine import Audit, WaitCode
from server.matchmaking.engine.fairness import Parity
from server.matchmaking.engine.wording import Reader
from server.matchmaking.learned.quality import Found
from server.matchmaking.learned.queries import learnings
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.runs.comparison import Comparison, Settings, Side, compare, settings_between, side_of
from server.matchmaking.runs.records import Proof, audit_of, circles_parity, measured_of, proof_of
from server.matchmaking.states import RunKind, RunState
from server.people.models import Person
from server.people.queries import people_by_ids
from server.programs import queries as programs
from server.programs.models import Cohort, Enrollment
from server.programs.states import ProgramType

EXTREMES = 5
"""Pairs shown as the best and as the weakest."""
WAITING_SHOWN = 200
"""So many of those who wait are named; the record counts all of them."""
WHOLE = (RunKind.FULL, RunKind.PREVIEW)
"""Runs of everybody: what two runs are held against each other by."""
KEPT = frozenset({"mentors", "circles"})
"""What a run's record says of who took part: in pairs, and in circles."""
SETTINGS = ("weights", "rules", "engine_version", "seed", "pool_digest")


@dataclass(frozen=True)
class RunPair:
    """A pair that a run made; a person who is gone from the programme is None."""

    suggestion: MatchSuggestion
    mentor: Enrollment | None
    mentee: Enrollment | None


@dataclass(frozen=True)
class RunCircle:
    """A circle that a run formed; who is gone from the programme is None, as is who leads where nobody does."""

    leads: Enrollment | None
    members: list[Enrollment | None]
    fit: int
    explanation: Json

    @property
    def common(self) -> InCommon:
        """What its people have in common."""
        return in_common(self.explanation)

    def reasons(self, row: Enrollment) -> list[Why]:
        """What it brings one of its members, for who runs the programme; those who are gone help nobody."""
        inside = {one.id: one.person.first_name for one in self.members if one}
        return reasons_for(self.explanation, row.id, inside, Reader.MANAGER) if row.id in inside else []


@dataclass(frozen=True)
class RunWaiting:
    """Somebody without a mentor, the place in line and why."""

    mentee: Enrollment | None
    position: int | None
    code: WaitCode


@dataclass(frozen=True)
class Foretold:
    """Past pairs alike in how sure one was of them: what was expected of them, and what came, as shares from 0 to 1."""

    pairs: int
    expected: float
    happened: float


@dataclass(frozen=True)
class AgainstLast:
    """A run beside the one before it: how many of its pairs (`of`) both made, or where it made none how many of those
    in its circles sit in one that went on; and what the two were given differently."""

    last: MatchRun
    same: int
    of: int
    settings: Settings
    of_circles: bool = False


@dataclass(frozen=True)
class RunRecord:
    """One run. `audit` is None for a run made before audits were kept, `circles` for one of pairs alone; `circled` says
    how groups fared in them.

    `foretold` is what the model that it went by foretold of later pairs, none for the prior; `quality` are the eight
    figures of its pairs, for circles alone those that these have; `used` are its pairs on places that the run before
    had held back; `against` is None where there is no run to hold it against. `may_repeat` is whether the actor may ask
    what its seed comes to today.
    """

    run: MatchRun
    cohort: Cohort
    proof: Proof | None
    audit: Audit | None
    calibrated: bool
    based_on: int
    started_by: Person | None
    best: list[RunPair]
    weakest: list[RunPair]
    lowest: RunPair | None
    waiting: list[RunWaiting]
    circles: CircleProof | None
    circled: tuple[Parity, ...]
    foretold: list[Foretold]
    quality: list[Found]
    used: int
    against: AgainstLast | None
    may_repeat: bool


@dataclass(frozen=True)
class RunsCompared:
    """Two runs of one cohort; `people` are the enrolments of that cohort. `has_pairs` is whether they made any,
    `circles` is None where neither formed circles."""

    earlier: MatchRun
    later: MatchRun
    comparison: Comparison
    people: dict[UUID, Enrollment]
    has_pairs: bool = True
    circles: CirclesCompared | None = None


async def runs_of(actor: Actor, cohort_id: UUID, limit: int = 50) -> list[MatchRun]:
    """The finished runs of a cohort, the latest first, previews too; none of a programme that the actor does not
    run."""
    done = queries.runs(actor).filter(cohort_id=cohort_id, state=RunState.DONE).exclude(kind=RunKind.SINGLE)
    return await done.order_by("-started_at", "-id").limit(limit)


async def run_record(actor: Actor, run_id: UUID) -> RunRecord:
    """One run with its proof, its audit, its extremes and everybody who waits.

    Raises:
        NotFound: absent, or of a programme that the actor does not run.
    """
    run = await queries.visible_run(actor, run_id)
    report = await _report(actor, run)
    chosen = queries.suggestions(actor, run).filter(chosen=True)
    best = await chosen.order_by("-fit", "id").limit(EXTREMES)
    weakest = await chosen.order_by("fit", "id").limit(EXTREMES)
    waitlist = run.result.get("waitlist", [])[:WAITING_SHOWN]
    named = {UUID(one["enrollment_id"]) for one in waitlist} | _people_in([*best, *weakest])
    known = {row.id: row for row in await _cohort(actor, run).filter(id__in=list(named))} if named else {}
    calibration = run.result.get("calibration", {})
    pairs = [RunPair(one, known.get(one.mentor_enrollment_id), known.get(one.mentee_enrollment_id))
             for one in (*best, *weakest)]
    return RunRecord(
        run=run, cohort=await programs.cohort_by_id(actor, run.cohort_id), proof=proof_of(run.result),
        audit=audit_of(run.result), calibrated=calibration.get("calibrated", False),
        based_on=calibration.get("based_on", 0), started_by=await _starter(actor, run),
        circles=circles_proof(run.result), circled=circles_parity(run.result),
        best=pairs[: len(best)], weakest=pairs[len(best):], lowest=next(iter(pairs[len(best):]), None),
        waiting=[
            RunWaiting(known.get(UUID(one["enrollment_id"])), one["position"], WaitCode(one["code"]))
            for one in waitlist
        ],
        foretold=_foretold(report), quality=measured_of(run.result, report),
        used=await _used(actor, run), against=await _against_last(actor, run),
        may_repeat=run.kind in WHOLE and actor.may(Permission.PROGRAM_MATCHING_RUN, run.program_id),
    )


async def run_pairs(actor: Actor, run_id: UUID) -> list[RunPair]:
    """Every pair that a run made, by mentee.

    Raises:
        NotFound: absent, or of a programme that the actor does not run.
    """
    run = await queries.visible_run(actor, run_id)
    chosen = await queries.suggestions(actor, run).filter(chosen=True)
    known = {row.id: row for row in await _cohort(actor, run)}
    return [RunPair(one, known.get(one.mentor_enrollment_id), known.get(one.mentee_enrollment_id)) for one in chosen]


async def run_circles(actor: Actor, run_id: UUID) -> list[RunCircle]:
    """Every circle that a run formed, as it formed them.

    Raises:
        NotFound: absent, or of a programme that the actor does not run.
    """
    run = await queries.visible_run(actor, run_id)
    known = {row.id: row for row in await _cohort(actor, run)}
    return [
        RunCircle(known.get(one.facilitator_enrollment_id) if one.facilitator_enrollment_id else None,
                  [known.get(member) for member in one.member_enrollment_ids], one.fit, one.explanation)
        for one in drafts_of(run.result)
    ]


async def compared(actor: Actor, run_id: UUID, other_id: UUID) -> RunsCompared:
    """Two runs of one cohort: what they were given differently, whose mentor or circle changed, and why.

    Raises:
        NotFound: one is absent or not the actor's to read, or they are of two cohorts.
        Conflict: one was made before runs kept what a comparison needs (kind "too_old"), or for newcomers alone.
    """
    runs = [await queries.visible_run(actor, one) for one in (run_id, other_id)]
    if runs[0].cohort_id != runs[1].cohort_id:
        raise NotFound
    earlier, later = sorted(runs, key=lambda run: (run.started_at, run.id))
    if not are_comparable(earlier, later):
        if earlier.kind in WHOLE and later.kind in WHOLE:
            raise Conflict(
                _("The earlier run did not keep who took part, so the two cannot be compared."), kind="too_old"
            )
        raise Conflict(_("A run for newcomers has nobody in it whom the run before placed."), kind="newcomers")
    has_pairs = "mentors" in earlier.result and "mentors" in later.result
    has_circles = any("circles" in run.result for run in runs)
    found = await asyncio.to_thread(
        compare, await _side(actor, earlier), await _side(actor, later), _given(earlier, later)
    ) if has_pairs else Comparison(_given(earlier, later), 0, ())
    return RunsCompared(
        earlier, later, found, {row.id: row for row in await _cohort(actor, later)}, has_pairs,
        compare_circles(earlier.result, later.result) if has_circles else None,
    )


def are_comparable(*runs: MatchRun) -> bool:
    """Whether runs can be read beside each other: each was for everybody, and all kept the same of who took part."""
    return all(run.kind in WHOLE for run in runs) and bool(KEPT.intersection(*(run.result for run in runs)))


async def quality_of(actor: Actor, run_id: UUID) -> list[Found]:
    """How good the pairs of a run are, in eight figures; of circles alone in those that these have.

    Raises:
        NotFound: absent, or of a programme that the actor does not run.
    """
    run = await queries.visible_run(actor, run_id)
    return measured_of(run.result, await _report(actor, run))


def _foretold(report: Json | None) -> list[Foretold]:
    """How sure a model was of pairs that it had not learned from, and what came of them."""
    held_out = report.get("confidence", {}).get("held_out") if report else None
    return [Foretold(one["n"], one["foretold"], one["happened"]) for one in held_out["bins"]] if held_out else []


async def _report(actor: Actor, run: MatchRun) -> Json | None:
    """The report of the model that a run went by; None for the prior."""
    kind, _dot, number = str(run.result.get("calibration", {}).get("model", "")).partition(".")
    if kind not in set(ProgramType) or not number.isdigit():
        return None
    row = await learnings(actor).filter(program_type=ProgramType(kind), number=int(number)).first()
    return row.report if row else None


async def _used(actor: Actor, run: MatchRun) -> int:
    """Pairs of a run for newcomers, or for one person, on places that the run before it had held back."""
    if run.after_id is None or run.kind not in (RunKind.NEWCOMERS, RunKind.SINGLE):
        return 0
    before = await queries.runs(actor).filter(id=run.after_id).first()
    held = before.result.get("held_back", []) if before else []
    chosen = queries.suggestions(actor, run).filter(chosen=True, mentor_enrollment_id__in=list(map(UUID, held)))
    return len(set(await chosen.values_list("mentor_enrollment_id", flat=True))) if held else 0


async def _against_last(actor: Actor, run: MatchRun) -> AgainstLast | None:
    """A run of everybody beside the latest one of everybody before it, by what is stored with them alone."""
    if not are_comparable(run):
        return None
    earlier = queries.runs(actor).filter(
        cohort_id=run.cohort_id, state=RunState.DONE, kind=RunKind.FULL, started_at__lt=run.started_at
    )
    last = await earlier.order_by("-started_at", "-id").first()
    if last is None or not are_comparable(last, run):
        return None
    if "mentors" not in last.result or "mentors" not in run.result:
        seats = compare_circles(last.result, run.result)
        return AgainstLast(last, seats.same, seats.seated, _given(last, run), of_circles=True)
    now, then = await _made(actor, run), await _made(actor, last)
    return AgainstLast(last, len(now & then), len(now), _given(last, run))


async def _made(actor: Actor, run: MatchRun) -> set[frozenset[UUID]]:
    """The pairs of a run, each as its two enrolments."""
    chosen = queries.suggestions(actor, run).filter(chosen=True)
    return set(map(frozenset, await chosen.values_list("mentor_enrollment_id", "mentee_enrollment_id")))


def _given(earlier: MatchRun, later: MatchRun) -> Settings:
    return settings_between(*(
        {name: getattr(one, name) for name in SETTINGS} | {"learned": one.result.get("calibration", {}).get("model")}
        for one in (earlier, later)
    ))


async def _side(actor: Actor, run: MatchRun) -> Side:
    stored = await queries.suggestions(actor, run).values_list(
        "mentor_enrollment_id", "mentee_enrollment_id", "fit", "chosen"
    )
    rows = [(row[0], row[1], row[2], row[3]) for row in stored]
    if (await programs.cohort_by_id(actor, run.cohort_id)).program.type is ProgramType.PEER:
        made = {(mentor, mentee) for mentor, mentee, _fit, chosen in rows if chosen}
        rows = [(one, of, fit, bool({(one, of), (of, one)} & made)) for one, of, fit, _chosen in rows]
    return side_of(rows, run.result["mentors"], run.result["waitlist"])


async def _starter(actor: Actor, run: MatchRun) -> Person | None:
    """The person who started a run; None for a machine or for somebody whose record is gone."""
    try:
        person_id = UUID(run.started_by)
    except ValueError:
        return None
    return (await people_by_ids(actor, [person_id])).get(person_id)


def _people_in(pairs: Iterable[MatchSuggestion]) -> set[UUID]:
    return {one for pair in pairs for one in (pair.mentor_enrollment_id, pair.mentee_enrollment_id)}


def _cohort(actor: Actor, run: MatchRun) -> QuerySet[Enrollment]:
    """Everybody who is or was in the cohort of a run that the actor may read."""
    return programs.enrollments(actor).filter(cohort_id=run.cohort_id).select_related("person")
