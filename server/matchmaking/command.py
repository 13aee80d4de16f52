"""`ithaca match`: the engine on files alone, so that anyone can judge it on their own records."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path

from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.contract import Order, Paths, read_order
from server.matchmaking.engine import Certificate, Explanation, MatchingResult, RefusedPin, run_matching
from server.matchmaking.engine.groups.circles import form_circles
from server.matchmaking.engine.groups.pairs.peers import pair_peers
from server.matchmaking.engine.groups.words import circle_lines, circle_words, peer_lines, peer_words, waiting_lines
from server.matchmaking.engine.learning.learn import Learned, learn
from server.matchmaking.engine.learning.report import report_of
from server.matchmaking.engine.learning.words import calibration_words, stage_line
from server.matchmaking.engine.wording import Names, Reader, one_line
from server.matchmaking.files import BadFiles, write_tables
from server.programs.states import ProgramType

BAD_INPUT, CANNOT_WRITE = 2, 1
MISTAKES_SHOWN = 30


def add_arguments(parser: ArgumentParser) -> None:
    """Give a parser the arguments of `ithaca match`."""
    parser.description = _("Match mentors and mentees, peers or circles from files, without a database.")
    parser.add_argument("--participants", type=Path, required=True, help=_("people, one row each (CSV)"))
    parser.add_argument("--program", type=Path, required=True, help=_("type and rules of the programme (JSON)"))
    parser.add_argument("--history", type=Path, help=_("past pairs, to learn from and not to repeat (CSV)"))
    parser.add_argument("--overrides", type=Path, help=_("pairs to pin or ban (CSV)"))
    parser.add_argument("--current", type=Path, help=_("pairs to keep (CSV)"))
    parser.add_argument("--out", type=Path, required=True, help=_("where the pairs go (CSV)"))
    parser.add_argument("--waitlist", type=Path, required=True, help=_("where those who wait go (CSV)"))
    parser.add_argument("--report", type=Path, help=_("where the report of what was learned goes (JSON)"))
    parser.add_argument("--seed", type=int, default=0, help=_("decides between equals; the same seed, the same pairs"))


def run(args: Namespace) -> int:
    """Match, write both files and say how good the result is.

    Returns 0, or 2 with nothing written when the files hold mistakes, or 1 when the result cannot be written.
    """
    try:
        order = read_order(Paths(args.participants, args.program, args.history, args.overrides, args.current))
    except BadFiles as bad:
        _say_mistakes(bad)
        return BAD_INPUT
    for warning in order.warnings:
        print(_("Warning: {warning}").format(warning=warning), file=sys.stderr)
    if order.terms.kind is ProgramType.CIRCLE:
        return _circles(order, args)
    if order.is_one_sided:
        return _peers(order, args)
    learned = learn(order.pool, order.weights)
    result = run_matching(
        order.pool, order.rules, order.weights, standing=order.standing, seed=args.seed, outlook=learned.outlook
    )
    reports = {args.report: report_of(learned, order.weights, clock.now())} if args.report else {}
    try:
        write_tables({args.out: _matches(result), args.waitlist: _waitlist(result)}, reports)
    except OSError as error:
        return _not_written(error)
    _say_result(result)
    _say_learned(learned)
    return 0


def _not_written(error: OSError) -> int:
    print(_("Nothing was written: {error}").format(error=error), file=sys.stderr)
    return CANNOT_WRITE


def _circles(order: Order, args: Namespace) -> int:
    size, bans = order.terms.circle_size, order.standing.bans
    result = form_circles(order.pool, order.rules, order.weights, size=size, bans=bans, seed=args.seed)
    try:
        write_tables({args.out: circle_lines(result), args.waitlist: waiting_lines(result.waitlist)})
    except OSError as error:
        return _not_written(error)
    print("\n".join(circle_words(result)))
    if args.report:
        print(_("Circles are composed, not learned: no report was written."), file=sys.stderr)
    return 0


def _peers(order: Order, args: Namespace) -> int:
    result = pair_peers(
        order.pool, order.rules, order.weights, standing=order.standing, seed=args.seed, by_draw=order.terms.by_draw
    )
    try:
        write_tables({args.out: peer_lines(result), args.waitlist: waiting_lines(result.waitlist)})
    except OSError as error:
        return _not_written(error)
    _say_refused(result.refused_pins)
    print("\n".join(peer_words(result, proven=not order.terms.by_draw)))
    if args.report:
        print(_("Nothing is learned about peers yet: no report was written."), file=sys.stderr)
    return 0


def _matches(result: MatchingResult) -> list[list[object]]:
    lines: list[list[object]] = [["mentor_id", "mentee_id", "score", "p_accept", "confidence", "reasons"]]
    told = result.explain_many([(pair.mentor, pair.mentee) for pair in result.pairs])
    for pair, explanation in zip(result.pairs, told, strict=True):
        numbers = [f"{pair.fit:.2f}", f"{pair.p_accept:.4f}", f"{pair.confidence:.4f}"]
        lines.append([pair.mentor, pair.mentee, *numbers, _reasons(explanation)])
    return lines


def _reasons(explanation: Explanation) -> str:
    names = Names(explanation.mentor, explanation.mentee)
    lines = [one_line(reason, names, Reader.MANAGER) for reason in explanation.reasons]
    return "; ".join(line.replace(";", ",") for line in lines)


def _waitlist(result: MatchingResult) -> list[list[object]]:
    waiting = [[one.mentee, one.position] for one in result.waitlist if one.position is not None]
    return [["mentee_id", "position"], *waiting]


def _say_refused(pins: Iterable[RefusedPin]) -> None:
    for pin in pins:
        line = _("Warning: the pin of {mentor} and {mentee} breaks the rule {rule} and was left out.")
        print(line.format(mentor=pin.mentor, mentee=pin.mentee, rule=pin.code), file=sys.stderr)


def _say_mistakes(bad: BadFiles) -> None:
    for mistake in bad.mistakes[:MISTAKES_SHOWN]:
        print(mistake, file=sys.stderr)
    if (more := len(bad.mistakes) - MISTAKES_SHOWN) > 0:
        print(ngettext("One more mistake.", "{count} more mistakes.", more).format(count=more), file=sys.stderr)
    print(_("Nothing was written."), file=sys.stderr)


def _say_result(result: MatchingResult) -> None:
    _say_refused(result.refused_pins)
    proof, pairs = result.certificate, len(result.pairs)
    waiting = len([one for one in result.waitlist if one.position is not None])
    print(ngettext("One pair.", "{count} pairs.", pairs).format(count=pairs))
    print(ngettext("One mentee waits.", "{count} mentees wait.", waiting).format(count=waiting))
    print(_proven(proof))


def _proven(proof: Certificate) -> str:
    words = _("Proven within {gap:.4%} of the best possible result.")
    if not proof.over_all:
        words = _("Proven within {gap:.4%} of the best result that the listed pairs allow.")
    return words.format(gap=proof.gap)


def _say_learned(learned: Learned) -> None:
    print(_("Probabilities are {state}.").format(state=calibration_words(learned.outlook.calibration)))
    for stage in learned.stages if len(learned.examples) else ():
        print(stage_line(stage))
