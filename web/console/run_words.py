"""A run in words: what it came to, how it was made, and what differs from the run before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.circles.forming import proof_of
from server.matchmaking.engine.living.words import advice_words, unmet_words
from server.matchmaking.engine.watch import Step
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import category_name
from server.matchmaking.runs.queries import are_comparable
from server.matchmaking.runs.telling import advice_of
from server.matchmaking.states import RunKind, RunState
from server.programs.rules import is_among_peers, is_of_circles
from web.console import audit_words, circle_words, peer_words
from web.console.audit_words import Fairness
from web.console.review_words import wait_words
from web.dates import moment, upper_first
from web.waiting import ordinal

if TYPE_CHECKING:
    from server.matchmaking.models import MatchRun
    from server.matchmaking.queue.queries import Wish
    from server.matchmaking.runs.queries import RunPair, RunRecord, RunWaiting
    from server.programs.models import Enrollment


LONG_S = 10
"""From so many seconds tenths are of no interest."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """A row of expected against happened; `percent` is drawn as the dot, `target_percent` as the line."""

    expected: str
    happened: str
    percent: int
    target_percent: int
    red_from: int = 0
    red_to: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Another run of the group; `against` is "" for one that cannot be compared."""

    href: str
    against: str
    when: str
    words: str


def under_way(newest: MatchRun | None) -> str:
    """What the run that was asked for last does just now; "" when it is over."""
    return doing(newest) if newest and newest.state is RunState.RUNNING else ""


def gave_up(newest: MatchRun | None) -> str:
    """Why the run that was asked for last has no result; "" when it has one, or was stopped."""
    return failed() if newest and newest.state is RunState.FAILED else ""


def doing(run: MatchRun) -> str:
    """What a run that is under way does just now."""
    return {
        None: _("It begins in a moment."),
        Step.SEARCHING: _("Comparing everybody with everybody."),
        Step.ASSIGNING: _("Finding the best pairs for all together."),
        Step.EXPLAINING: _("Writing down why."),
    }[run.step]


def outcome(run: MatchRun) -> str:
    """What came of a run that is over."""
    if run.state is RunState.CANCELLED:
        return _("Stopped. The queue is as it was.")
    if run.state is RunState.FAILED:
        return failed()
    return _("Nothing has moved yet.") if run.kind is RunKind.PREVIEW else _found(run)


def preview_of(*runs: MatchRun) -> MatchRun | None:
    """The preview among some runs, that can be put into the queue."""
    return next((run for run in runs if run.kind is RunKind.PREVIEW and run.state is RunState.DONE), None)


def failed() -> str:
    """What to do after a run that gave up."""
    return _("The matching came to no result, and the queue is as it was. Try again; if it happens again, tell "
             "whoever looks after Ithaca.")


def _found(run: MatchRun) -> str:
    found, waiting, circled = int(run.result["matched"]), int(run.result["waiting"]), proof_of(run.result)
    if circled and not found:
        return circle_words.of_run(circled)
    said = [ngettext("One pair found.", "%(num)d pairs found.", found) % {"num": found}]
    if waiting:
        said.append(ngettext("One person waits.", "%(num)d people wait.", waiting) % {"num": waiting})
    said += [circle_words.of_run(circled)] if circled else []
    return " ".join([*said, *left_out(run)])


def left_out(run: MatchRun) -> list[str]:
    """What became of found pairs that are not in the queue; nothing when all are."""
    out = int(run.result.get("left_out", 0))
    return [ngettext(
        "One of these pairs is not in the queue: somebody was matched or left while the run was under way.",
        "%(num)d of these pairs are not in the queue: somebody was matched or left while the run was under way.", out,
    ) % {"num": out}] if out else []


def title(record: RunRecord) -> str:
    """Who has a mentor or peer, counted; for a run without an audit how many pairs it found."""
    if record.circles and not record.proof:
        return circle_words.run_title(record.circles)
    if record.audit and record.proof and is_among_peers(record.cohort.program):
        return peer_words.title(record.audit.mentees, record.proof.waiting)
    if record.audit and record.proof:
        return audit_words.title(record.audit.mentees, record.proof.waiting)
    unfinished = {
        RunState.RUNNING: _("This run is under way"), RunState.FAILED: _("This run did not come to its end"),
        RunState.CANCELLED: _("This run was stopped"),
    }
    return unfinished.get(record.run.state) or pairs_found(record) or _("This run found no pair")


def without_audit(record: RunRecord) -> str:
    """Why there are no figures."""
    if record.run.state is not RunState.DONE:
        return _("Nothing of it was kept. A finished run shows its figures here.")
    return _("This run was made before audits were kept. Match again to get one.")


def fairness(record: RunRecord) -> Fairness | None:
    """How fair it is; None for a run without an audit."""
    if record.audit is None:
        return None
    if is_among_peers(record.cohort.program):
        return peer_words.fairness(record.audit)
    return audit_words.fairness(record.audit)


def group_name(record: RunRecord) -> str:
    """Programme and group."""
    return _("%(program)s, %(group)s") % {"program": record.cohort.program.name, "group": record.cohort.name}


def pairs_found(record: RunRecord) -> str:
    """How many pairs; "" for none."""
    matched = record.proof.matched if record.proof else 0
    return ngettext("%(num)d pair", "%(num)d pairs", matched) % {"num": matched} if matched else ""


def briefing(record: RunRecord) -> str:
    """How good the result is, who waits, and what of it did not go to the queue."""
    if record.proof is None:
        return " ".join(([circle_words.of_run(record.circles)] if record.circles else []) + left_out(record.run))
    waits = record.proof.waiting
    waiting = ngettext("%(num)d mentee waits.", "%(num)d mentees wait.", waits)
    if is_among_peers(record.cohort.program):
        waiting = ngettext("%(num)d peer waits.", "%(num)d peers wait.", waits)
    told = waiting % {"num": waits} if waits else ""
    said = [came(record.run), audit_words.best_words(record.proof), told, *left_out(record.run)]
    said += [circle_words.of_run(record.circles)] if record.circles else []
    return " ".join(filter(None, said))


def came(run: MatchRun) -> str:
    """How many a run for newcomers found new; "" for any other."""
    if "came" not in run.result:
        return ""
    mentees, mentors = run.result["came"]["mentees"], run.result["came"]["mentors"]
    first = ngettext("%(num)d mentee", "%(num)d mentees", mentees) % {"num": mentees}
    second = ngettext("%(num)d mentor", "%(num)d mentors", mentors) % {"num": mentors}
    return _("%(mentees)s and %(mentors)s came since the run before.") % {"mentees": first, "mentors": second}


def pair_name(pair: RunPair | None) -> str:
    """Both first names; "" for nobody."""
    if pair is None:
        return ""
    return _("%(mentee)s and %(mentor)s") % {"mentee": first_name(pair.mentee), "mentor": first_name(pair.mentor)}


def pair_rows(pairs: list[RunPair]) -> list[tuple[str, str]]:
    """Pairs with their fit."""
    return [(pair_name(one), f"{one.suggestion.fit:.0f}") for one in pairs]


def waiting_rows(record: RunRecord) -> list[tuple[str, str, str, str]]:
    """Everybody who waits: name, place in line, why, and what would open most."""
    peers = is_among_peers(record.cohort.program) or is_of_circles(record.cohort.program)
    return [
        (full_name(one.mentee), upper_first(ordinal(one.position)) if one.position else "–",
         wait_words(one.code, among_peers=peers), _would_help(record.run, one))
        for one in record.waiting
    ]


def _would_help(run: MatchRun, one: RunWaiting) -> str:
    found = advice_of(run.result, one.mentee.id) if one.mentee else []
    return advice_words(found[0]) if found else "–"


def unmet_rows(found: list[Wish]) -> list[tuple[str, str, str]]:
    """Wishes that were not met: who asked, for whom, and why not."""
    return [
        (one.mentee.person.full_name, one.mentor.person.full_name,
         unmet_words(one.why.code, one.why.rule, one.why.points, to_mentee=False))
        for one in found
    ]


def alone(record: RunRecord) -> str:
    """What those who wait are without."""
    if is_of_circles(record.cohort.program):
        return _("Without a circle")
    return _("Without a peer") if is_among_peers(record.cohort.program) else _("Without a mentor")


def confidence(record: RunRecord) -> str:
    """Whether probabilities were checked against outcomes, and on how many pairs they rest."""
    based = ngettext("based on %(num)d pair", "based on %(num)d pairs", record.based_on) % {"num": record.based_on}
    if record.calibrated:
        return _("Calibrated, %(based)s.") % {"based": based}
    return _("Not yet calibrated, %(based)s.") % {"based": based}


def time_taken(run: MatchRun) -> list[tuple[str, str, str]]:
    """How long the engine took, and the seed; nothing for a run from before that was written down."""
    if "seconds" not in run.result:
        return []
    seconds = float(run.result["seconds"])
    said = _("%(num)s s") % {"num": f"{seconds:.0f}" if seconds >= LONG_S else f"{max(seconds, 0.1):.1f}"}
    return [(_("Time"), said, _("seed %(seed)s") % {"seed": run.seed})]


def foretold_rows(record: RunRecord) -> list[Foretold]:
    """What was expected of past pairs and what came, in percent."""
    return [
        Foretold(f"{one.expected:.0%}", f"{one.happened:.0%}", round(100 * one.happened), round(100 * one.expected))
        for one in record.foretold
    ]


def held_back(record: RunRecord) -> list[tuple[str, str]]:
    """The places that a run held back for newcomers, or that it made of those held back before."""
    held = len(record.run.result.get("held_back", []))
    told = []
    if held:
        places = ngettext("%(num)d place, one of a mentor", "%(num)d places, one of a mentor", held) % {"num": held}
        told.append((_("Held back for newcomers"), places))
    if record.used:
        pairs = ngettext("%(num)d pair", "%(num)d pairs", record.used) % {"num": record.used}
        told.append((_("On places held back"), pairs))
    return told


def made(record: RunRecord) -> list[tuple[str, str]]:
    """How the run was made: all that is needed to repeat it."""
    run = record.run
    return [
        (_("When"), moment(run.started_at)),
        (_("For"), for_whom(run)),
        (_("Who"), record.started_by.full_name if record.started_by else _("By itself")),
        (_("Engine"), _("version %(number)s") % {"number": run.engine_version}),
        (_("Seed"), str(run.seed)), *held_back(record),
        (_("Weights"), weights_name(run)),
        *((category_name(Category(name)), f"{share:.0%}") for name, share in run.weights.items()),
    ]


def for_whom(run: MatchRun) -> str:
    """Whom a run was for."""
    return {
        RunKind.FULL: _("Everybody who waited"), RunKind.PREVIEW: _("Everybody who waits, as a preview"),
        RunKind.NEWCOMERS: _("Who was left; all others stayed"),
        RunKind.SINGLE: _("One person; all others stayed"),
    }[run.kind]


def weights_name(run: MatchRun) -> str:
    """Whose weights they were."""
    own, _colon, number = run.weights_version.partition(":")
    if own != "program":
        return _("Factory setting %(version)s") % {"version": run.weights_version}
    return _("The programme’s own, version %(number)s") % {"number": number} if number.isdigit() else _(
        "The programme’s own")


def run_rows(here: str, shown: MatchRun, runs: list[MatchRun]) -> list[Run]:
    """The others of the runs of a group, each with the address that compares it with the one that is shown."""
    return [
        Run(f"/console/matches/runs/{one.id}",
            f"{here}/against/{one.id}" if are_comparable(one, shown) else "",
            upper_first(moment(one.started_at)), pairs_and_waiting(one))
        for one in runs if one.id != shown.id
    ]


def pairs_and_waiting(run: MatchRun) -> str:
    """How many pairs a run made, and how many people wait."""
    matched, waits = int(run.result.get("matched", 0)), int(run.result.get("waiting", 0))
    pairs, circled = ngettext("%(num)d pair", "%(num)d pairs", matched) % {"num": matched}, proof_of(run.result)
    if circled:
        count = ngettext("%(num)d circle", "%(num)d circles", circled.circles) % {"num": circled.circles}
        pairs = _("%(pairs)s, %(circles)s") % {"pairs": pairs, "circles": count} if matched else count
    told = {"pairs": pairs, "waiting": waits}
    return {
        RunKind.NEWCOMERS: _("Newcomers: %(pairs)s, %(waiting)s waiting"),
        RunKind.PREVIEW: _("Preview: %(pairs)s, %(waiting)s waiting"),
    }.get(run.kind, _("%(pairs)s, %(waiting)s waiting")) % told


def first_name(row: Enrollment | None) -> str:
    """What somebody is called; in the middle of a sentence."""
    return row.person.first_name if row else _("somebody who is gone")


def full_name(row: Enrollment | None) -> str:
    """Somebody's whole name."""
    return row.person.full_name if row else _("Somebody who is gone")
