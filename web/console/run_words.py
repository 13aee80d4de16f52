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
from server.matchmaking.runs.comparison import Change, Why
from server.matchmaking.runs.records import audit_of
from server.matchmaking.runs.telling import advice_of
from server.matchmaking.states import RunKind, RunState
from server.programs.rules import is_among_peers, is_of_circles
from server.programs.states import ParticipantRole
from web.console import audit_words, circle_words, peer_words
from web.console.audit_words import Fairness
from web.console.review_words import wait_words
from web.dates import moment, upper_first
from web.waiting import ordinal

if TYPE_CHECKING:
    from server.matchmaking.models import MatchRun
    from server.matchmaking.queue.queries import Wish
    from server.matchmaking.runs.queries import RunPair, RunRecord, RunsCompared, RunWaiting
    from server.programs.models import Enrollment


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
    return _("%(mentee)s and %(mentor)s") % {"mentee": _first(pair.mentee), "mentor": _first(pair.mentor)}


def pair_rows(pairs: list[RunPair]) -> list[tuple[str, str]]:
    """Pairs with their fit."""
    return [(pair_name(one), f"{one.suggestion.fit:.0f}") for one in pairs]


def waiting_rows(record: RunRecord) -> list[tuple[str, str, str, str]]:
    """Everybody who waits: name, place in line, why, and what would open most."""
    peers = is_among_peers(record.cohort.program) or is_of_circles(record.cohort.program)
    return [
        (_full(one.mentee), upper_first(ordinal(one.position)) if one.position else "–",
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


def made(record: RunRecord) -> list[tuple[str, str]]:
    """How the run was made: all that is needed to repeat it."""
    run = record.run
    return [
        (_("When"), moment(run.started_at)),
        (_("For"), for_whom(run)),
        (_("Who"), record.started_by.full_name if record.started_by else _("By itself")),
        (_("Engine"), _("version %(number)s") % {"number": run.engine_version}),
        (_("Seed"), str(run.seed)),
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
            f"{here}/against/{one.id}" if is_comparable(one) and is_comparable(shown) else "",
            upper_first(moment(one.started_at)), _pairs_and_waiting(one))
        for one in runs if one.id != shown.id
    ]


def is_comparable(run: MatchRun) -> bool:
    """Whether a run can be read beside another one: it kept who took part, and its people are pairs."""
    return "mentors" in run.result and run.kind in (RunKind.FULL, RunKind.PREVIEW)


def figures(shown: RunsCompared) -> list[tuple[str, str]]:
    """Both runs in figures."""
    told = [(one, audit_of(one.result)) for one in (shown.earlier, shown.later)]
    fits = [f"{audit.mean_fit:.0f}" if audit and audit.mean_fit is not None else "–" for _run, audit in told]
    return [
        (_("Earlier run"), f"{moment(shown.earlier.started_at)}. {_pairs_and_waiting(shown.earlier)}"),
        (_("Later run"), f"{moment(shown.later.started_at)}. {_pairs_and_waiting(shown.later)}"),
        (_("Mean fit"), _("%(after)s, was %(before)s") % {"before": fits[0], "after": fits[1]}),
    ]


def _pairs_and_waiting(run: MatchRun) -> str:
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


def settings(shown: RunsCompared) -> list[tuple[str, str]]:
    """What the two runs were given differently; one line that says so when it was the same."""
    found = shown.comparison.settings
    told = [
        (category_name(name), _("%(before)s, now %(after)s") % {"before": f"{before:.0%}", "after": f"{after:.0%}"})
        for name, before, after in found.weights
    ]
    if found.rules:
        told.append((_("Rules"), ", ".join(found.rules)))
    for label, pair in ((_("Engine"), found.engine), (_("Seed"), found.seed)):
        if pair:
            told.append((label, _("%(before)s, now %(after)s") % {"before": pair[0], "after": pair[1]}))
    people = _("Nothing about them changed") if found.same_people else _("Somebody came, went or changed")
    return [*told, (_("People"), people)]


def same_words(shown: RunsCompared) -> str:
    """How many kept their mentor, or their partner."""
    same = shown.comparison.same
    if _of_peers(shown):
        return peer_words.same(same)
    if not same:
        return _("No mentee has the same mentor.")
    said = ngettext("%(num)d mentee has the same mentor.", "%(num)d mentees have the same mentor.", same)
    return said % {"num": same}


def changed_title(shown: RunsCompared) -> str:
    """How many did not."""
    count = len(shown.comparison.changes)
    if not count:
        return _("Both runs came to the same pairs")
    if _of_peers(shown):
        return peer_words.changed_title(count)
    return ngettext("%(num)d mentee is placed differently", "%(num)d mentees are placed differently", count) % {
        "num": count}


def change_rows(shown: RunsCompared, most: int) -> list[tuple[str, str, str, str]]:
    """Mentee or peer, whom they had before and have after, and why; who was in both runs comes first."""
    changes = sorted(shown.comparison.changes, key=lambda one: one.why in (Why.JOINED, Why.LEFT))
    return [
        (_full(shown.people.get(one.mentee)), _side(shown, one, "before"), _side(shown, one, "after"),
         why_words(shown, one))
        for one in changes[:most]
    ]


def change_heads(shown: RunsCompared) -> list[str]:
    """What the columns of the changes hold."""
    return [_("Peer") if _of_peers(shown) else _("Mentee"), _("Before"), _("Now"), _("Why")]


def all_the_same(shown: RunsCompared) -> str:
    """That nothing differs."""
    if _of_peers(shown):
        return _("Everybody has the same partner in both runs, and the same people wait.")
    return _("Everybody has the same mentor in both runs, and the same people wait.")


def _of_peers(shown: RunsCompared) -> bool:
    return any(row.role is ParticipantRole.PEER for row in shown.people.values())


def why_words(shown: RunsCompared, one: Change) -> str:
    """Why somebody's mentor, or partner, is another one."""
    peers = _of_peers(shown)
    kept = {pair.mentor for pair in one.before} & {pair.mentor for pair in one.after}
    lost = next((pair.mentor for pair in one.before if pair.mentor not in kept), None)
    gained = next((pair.mentor for pair in one.after if pair.mentor not in kept), None)
    names = {
        "old": _first(shown.people.get(lost)) if lost else "",
        "new": _first(shown.people.get(gained)) if gained else "",
        "other": _first(shown.people.get(one.taken_by)) if one.taken_by else "",
        "then": f"{one.fit_then or 0:.0f}", "now": f"{one.fit_now or 0:.0f}",
    }
    said = {
        Why.JOINED: _("Was not in the earlier run."), Why.LEFT: _("Is not in the later run."),
        Why.MENTOR_LEFT: _("%(old)s had no place any more."), Why.MENTOR_JOINED: _("%(new)s had no place before."),
        Why.FIT_FELL: _("The fit with %(old)s fell from %(then)s to %(now)s."),
        Why.FIT_ROSE: _("The fit with %(new)s rose."),
        Why.AS_GOOD: _("%(new)s fits no worse."),
        Why.GIVEN_UP: _("The place with %(old)s goes to %(other)s.") if one.taken_by else _(
            "The places do more for all in this way."),
        Why.NO_LONGER_LISTED: _("%(old)s is no longer among the best here, or a rule forbids it."),
        Why.PLACE_FREED: _("A place with %(new)s came free."),
    }[one.why] % names
    return f"{said} {wait_words(one.waits, among_peers=peers)}." if one.waits and one.why is not Why.LEFT else said


def _side(shown: RunsCompared, one: Change, side: str) -> str:
    pairs = one.before if side == "before" else one.after
    told = [_("%(name)s, %(fit)s") % {"name": _full(shown.people.get(pair.mentor)), "fit": f"{pair.fit:.0f}"}
            for pair in pairs]
    return "; ".join(told) or "–"


def _first(row: Enrollment | None) -> str:
    return row.person.first_name if row else _("somebody who is gone")


def _full(row: Enrollment | None) -> str:
    return row.person.full_name if row else _("Somebody who is gone")
