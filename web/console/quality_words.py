"""How good a matching is in figures, in words: each with what it says, its value, what it should come to, and how it
stands."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.learned.quality import Found, Measure, Standard
from server.programs.rules import is_among_peers
from web.console.audit_words import Judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.matchmaking.runs.queries import RunRecord

Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `means` is what it says, and on how much it rests."""

    name: str
    means: str
    value: str
    aim: str
    judged: Judged


def of_run(record: RunRecord) -> list[Row]:
    """The figures of a run."""
    if record.circles and not record.proof:
        return of_circles(record.quality)
    return of_peers(record.quality) if is_among_peers(record.cohort.program) else of_pairs(record.quality)


def of_pairs(found: Iterable[Found]) -> list[Row]:
    """The figures of mentors with mentees."""
    return _rows(found, {
        Measure.COVERAGE: _("Mentees with a mentor, of as many as there are places for."),
        Measure.ENVY: _("Mentees whom another mentor fits ten points better, who has a place free or would gain ten "
                        "points too."),
        Measure.PARITY: _("Share placed and mean fit of each group of mentees, as a multiple of everybody else’s: the "
                          "lowest and the highest."),
    })


def of_peers(found: Iterable[Found]) -> list[Row]:
    """The figures of pairs of peers."""
    return _rows(found, {
        Measure.COVERAGE: _("Peers in a pair, of as many as can be paired."),
        Measure.ENVY: _("Peers whom another one fits ten points better, who is free or would gain ten points too."),
        Measure.PARITY: _("Share placed and mean fit of each group, as a multiple of everybody else’s: the lowest and "
                          "the highest."),
    })


def of_circles(found: Iterable[Found]) -> list[Row]:
    """The figures of circles."""
    return _rows(found, {
        Measure.VIOLATIONS: _("Hard rules broken inside the finished circles."),
        Measure.COVERAGE: _("People in a circle, of all who looked for one."),
        Measure.PARITY: _("Share placed and best help inside for each group, as a multiple of everybody else’s: the "
                          "lowest and the highest."),
    })


def _rows(found: Iterable[Found], own: Mapping[Measure, str]) -> list[Row]:
    return [
        Row(_name(one.measure), " ".join(filter(None, [own.get(one.measure) or _means(one.measure), _rests_on(one)])),
            _on_one_line(_value(one)), _on_one_line(_aim(one.measure)), _standing(one))
        for one in found
    ]


def _on_one_line(words: str) -> str:
    """Figures in a narrow column are not broken: the eye runs down them."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _name(measure: Measure) -> str:
    return {
        Measure.VIOLATIONS: _("Rules broken"), Measure.COVERAGE: _("Placed"), Measure.OPTIMUM: _("Total fit"),
        Measure.ENVY: _("Clearly better elsewhere"), Measure.FLOOR: _("Weakest tenth"),
        Measure.CALIBRATION: _("Confidence, off by"), Measure.RANKING: _("Knows who meets twice"),
        Measure.PARITY: _("Groups side by side"),
    }[measure]


def _means(measure: Measure) -> str:
    return {
        Measure.VIOLATIONS: _("Pairs that break a hard rule, counted again from the finished pairs."),
        Measure.OPTIMUM: _("Of the best total that these people and rules allow, at least."),
        Measure.FLOOR: _("Nine of ten pairs fit at least so well, of 100."),
        Measure.CALIBRATION: _("How far the chances given to past pairs were from what came, luck included."),
        Measure.RANKING: _("How often a past pair that met twice was ranked above one that did not (AUC). Guessing "
                           "gives 0.50."),
    }[measure]


def _rests_on(found: Found) -> str:
    """On how many past pairs a figure rests, and how sure it is; why a ratio beyond its limits may be luck."""
    if found.measure is Measure.PARITY and found.standard is Standard.RED:
        return _("Small groups differ by luck; the tables of groups tell which differ by more.")
    if found.pairs is None:
        return ""
    on = ngettext("On %(num)d later pair.", "On %(num)d later pairs.", found.pairs) % {"num": found.pairs}
    if found.second is None:
        return on
    if found.measure is Measure.CALIBRATION:
        return _("%(on)s Brier score %(score)s.") % {"on": on, "score": f"{found.second:.2f}"}
    return _("%(on)s Give or take %(error)s.") % {"on": on, "error": f"{Z95 * found.second:.2f}"}


def _value(found: Found) -> str:
    if found.value is None:
        return "–"
    match found.measure:
        case Measure.VIOLATIONS | Measure.FLOOR:
            return str(floor(found.value))
        case Measure.COVERAGE | Measure.OPTIMUM:
            return _rounded_down(found.value)
        case Measure.ENVY | Measure.CALIBRATION:
            return f"{found.value:.1%}" if found.value else "0%"
        case Measure.RANKING:
            return f"{found.value:.2f}"
        case Measure.PARITY:
            return _("%(low)s to %(high)s") % {"low": f"{found.value:.2f}", "high": f"{found.second:.2f}"}


def _rounded_down(share: float) -> str:
    """What should be whole is never rounded up to it."""
    return "100%" if share >= 1 else f"{floor(share * 1000) / 10:.1f}%"


def _aim(measure: Measure) -> str:
    return {
        Measure.VIOLATIONS: _("none"), Measure.COVERAGE: _("98% or more"), Measure.OPTIMUM: _("98% or more"),
        Measure.ENVY: _("under 5%"), Measure.FLOOR: _("50 or more"), Measure.CALIBRATION: _("under 5%"),
        Measure.RANKING: _("0.65 or more"), Measure.PARITY: _("0.80 to 1.25"),
    }[measure]


def _standing(found: Found) -> Judged:
    if found.standard is None:
        return Judged({
            Measure.CALIBRATION: _("Not known yet"), Measure.RANKING: _("Not known yet"),
            Measure.PARITY: _("Nothing to compare"),
        }.get(found.measure, _("Not counted")), "", "info")
    return {
        Standard.MET: Judged(_("Meets the aim"), "leaf", "tick"),
        Standard.SHORT: Judged(_("Short of the aim"), "sun", "minus"),
        Standard.RED: Judged(_("Look into it"), "rust", "warning"),
    }[found.standard]
