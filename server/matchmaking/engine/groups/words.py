"""Circles and pairs of peers in tables and words, for files and for whoever reads the terminal."""

from collections.abc import Iterable, Iterator

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine.groups.circles import Circle, CirclesResult
from server.matchmaking.engine.groups.pairs.peers import PeersResult
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK
from server.matchmaking.engine.result import MatchedPair
from server.matchmaking.engine.waitlist import Waiting
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Names, Reader, one_line

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HALF_HOURS_A_DAY, REASONS_EACH = 48, 2


def circle_lines(result: CirclesResult) -> list[list[object]]:
    """One line for each circle: number, host, members, fit, and what all of them share; lists are joined by `;`."""
    header: list[object] = ["circle", "host_id", "member_ids", "score"]
    header += ["common_times_utc", "common_languages", "shared_goals"]
    return [header, *(_line(number, circle) for number, circle in enumerate(result.circles, 1))]


def waiting_lines(waitlist: Iterable[Waiting]) -> list[list[object]]:
    """One line for each person who waits, with the code of the reason."""
    lines: list[list[object]] = [["mentee_id", "position", "reason"]]
    return lines + [[one.mentee, one.position, one.code.value] for one in waitlist if one.position is not None]


def circle_words(result: CirclesResult) -> list[str]:
    """How many circles there are, how many still need a host, who waits, and that no rule was broken."""
    circles, waiting = len(result.circles), sum(one.position is not None for one in result.waitlist)
    lines = [ngettext("One circle.", "{count} circles.", circles).format(count=circles)]
    if alone := sum(circle.host is None for circle in result.circles):
        lines.append(ngettext("One circle has no host.", "{count} circles have no host.", alone).format(count=alone))
    lines.append(ngettext("One person waits.", "{count} people wait.", waiting).format(count=waiting))
    broken = result.violations
    lines.append(ngettext("One rule is broken.", "{count} rules are broken.", broken).format(count=broken))
    return lines


def peer_lines(result: PeersResult) -> list[list[object]]:
    """One line for each pair, with what each brings the other: two reasons from each side, `;` between them."""
    lines: list[list[object]] = [["mentor_id", "mentee_id", "score", "p_accept", "confidence", "reasons"]]
    for pair in result.pairs:
        numbers = [f"{pair.fit:.2f}", f"{pair.p_accept:.4f}", f"{pair.confidence:.4f}"]
        lines.append([pair.mentor, pair.mentee, *numbers, "; ".join(_reasons(result, pair))])
    return lines


def _reasons(result: PeersResult, pair: MatchedPair) -> list[str]:
    """What the first brings, then what the second does that was not said yet; goals are each one's own."""
    said: dict[str, Category] = {}
    for mentor, mentee in ((pair.mentor, pair.mentee), (pair.mentee, pair.mentor)):
        known = set(said.values()) - {Category.GOALS}
        fresh = [one for one in result.explain(mentor, mentee).reasons if one.category not in known]
        for reason in fresh[:REASONS_EACH]:
            said[one_line(reason, Names(mentor, mentee), Reader.MANAGER).replace(";", ",")] = reason.category
    return list(said)


def peer_words(result: PeersResult, *, proven: bool) -> list[str]:
    """How many pairs there are and who waits, and how near they are to the best; chances are not calibrated."""
    pairs, waiting = len(result.pairs), sum(one.position is not None for one in result.waitlist)
    lines = [ngettext("One pair.", "{count} pairs.", pairs).format(count=pairs)]
    lines.append(ngettext("One person waits.", "{count} people wait.", waiting).format(count=waiting))
    if proven:
        lines.append(_("Proven within {gap:.4%} of the best possible result.").format(gap=result.gap))
    past = sum(one.accepted is not None for one in result.people.market.columns.pool.history)
    note = ngettext("based on one pair", "based on {count} pairs", past).format(count=past)
    return [*lines, _("Probabilities are not yet calibrated, {note}.").format(note=note)]


def spans(times: int) -> Iterator[str]:
    """Free stretches of the UTC week, day by day: `Mon 08:00-12:00`."""
    free = [bool(times >> at & 1) for at in range(HALF_HOURS_A_WEEK)]
    start = 0
    for at, is_free in enumerate(free):
        begins = is_free and (at % HALF_HOURS_A_DAY == 0 or not free[at - 1])
        start = at if begins else start
        if is_free and ((at + 1) % HALF_HOURS_A_DAY == 0 or not free[at + 1]):
            first, last = start % HALF_HOURS_A_DAY, at % HALF_HOURS_A_DAY + 1
            yield f"{DAYS[at // HALF_HOURS_A_DAY]} {_clock(first)}-{_clock(last)}"


def _line(number: int, circle: Circle) -> list[object]:
    times = ";".join(spans(circle.times)) if circle.times else ""
    goals = ";".join(f"{goal.tag} ({goal.members})" for goal in circle.goals)
    members, languages = ";".join(circle.members), ";".join(circle.languages or ())
    return [f"C{number:03d}", circle.host or "", members, f"{circle.fit:.2f}", times, languages, goals]


def _clock(half_hours: int) -> str:
    return f"{half_hours // 2:02d}:{half_hours % 2 * 30:02d}"
