"""An audit in words that a manager understands: proof, rules, envy, and how groups fared beside everybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import floor, log10

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import Audit
from server.matchmaking.engine.differences import Compared, Verdict
from server.matchmaking.engine.fairness import SMALL_GROUP, Figure, GroupFigures, Parity, verdict_of
from server.matchmaking.runs.records import Dimension, Proof, Tenure
from web.dates import count_words, upper_first
from web.items import Kind

PROVEN_BEST, SHOWN_GAP, WIDE_GAP = 1e-9, 1e-4, 0.01
Cells = Callable[[GroupFigures], tuple[str, str]]
HIDDEN_ROWS, ROUND_FROM = 3, 10
"""So many hidden groups have a line of their own; more of them share one."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison as a chip with the figures behind it."""

    text: str
    kind: Kind
    icon: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in a table: its name, its figures in words, and how it compares."""

    name: str
    cells: tuple[str, ...]
    judged: Judged


@dataclass(frozen=True, slots=True)
class ParityTable:
    """The groups of one dimension on one side."""

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True, slots=True)
class Fairness:
    """The card "Is it fair?"."""

    finding: str
    envy: str
    tables: list[ParityTable]
    small: str

    @property
    def has_ranges(self) -> bool:
        """Whether a table shows where a difference may lie."""
        return any(row.judged.detail for table in self.tables for row in table.rows)


def fairness(audit: Audit, named: dict[str, str] | None = None) -> Fairness:
    """Envy and parity in words. `named` holds the names of dimensions that a file brought."""
    return Fairness(fairness_words(audit), envy(audit), tables(audit, named), small_words())


def title(mentees: int, waiting: int) -> str:
    """Who has a mentor, counted."""
    placed = mentees - waiting
    said = ngettext("%(placed)s of %(num)d mentee has a mentor", "%(placed)s of %(num)d mentees have a mentor", mentees)
    return said % {"placed": placed, "num": mentees}


def best_words(proof: Proof) -> str:
    """How far from the best possible total the result can be."""
    if not proof.matched:
        return _("No pair could be made.")
    if proof.by_draw:
        return _("The pairs were drawn by lot, and not for their fit.")
    if proof.gap <= PROVEN_BEST:
        return _("No better total exists for %(given)s. That is proven.") % {"given": _given(proof)}
    if proof.gap > WIDE_GAP:
        return _("A better total may exist for %(given)s, by %(gap)s at most.") % {
            "given": _given(proof), "gap": gap_words(proof)}
    return _("No better total exists for %(given)s, within 1 part in %(parts)s.") % {
        "given": _given(proof), "parts": f"{_rounded_down(1 / proof.gap):,}"}


def _given(proof: Proof) -> str:
    """For what the bound holds: never for more than was searched, and by what was counted."""
    if not proof.over_all:
        return _("what was learned, among the pairs that were listed")
    return _("what was learned and these weights") if proof.by_models else _("these weights")


def gap_words(proof: Proof) -> str:
    """The gap as a percentage, never rounded to nothing."""
    if proof.gap <= PROVEN_BEST:
        return "0%"
    return f"{proof.gap:.2%}" if proof.gap >= SHOWN_GAP else _("under 0.01%")


def facts(audit: Audit, proof: Proof, lowest: str) -> list[tuple[str, str, str]]:
    """The run in figures. `lowest` names the pair that fits least."""
    checks = ngettext("%(rules)d rule, %(num)s check", "%(rules)d rules, %(num)s checks", audit.checks)
    return [
        (_("Mean fit"), _number(audit.mean_fit), _("of 100")),
        (_("Lowest"), _number(audit.lowest_fit), lowest),
        _gap(proof),
        (_("Top three"), _percent(audit.top_three), _("got one of the three who fit them best")),
        (_("Rules broken"), str(len(audit.violations)), checks % {"rules": audit.rules, "num": f"{audit.checks:,}"}),
    ]


def _gap(proof: Proof) -> tuple[str, str, str]:
    """How far the total can be from the best; a draw looks for no best one."""
    if proof.by_draw:
        return _("Gap to the best"), "–", _("drawn by lot")
    return _("Gap to the best"), gap_words(proof), _("at most, proven") if proof.over_all else _(
        "at most, among the listed pairs")


def envy(audit: Audit) -> str:
    """How many would fit better with somebody else's mentor, and by how much."""
    found = audit.envy
    if not found.asked:
        return ""
    if not found.rather:
        return _("Nobody would fit better with somebody else’s mentor.")
    said = ngettext(
        "%(rather)s of %(num)d mentee would fit better with somebody else’s mentor, by %(gain)s points on average.",
        "%(rather)s of %(num)d mentees would fit better with somebody else’s mentor, by %(gain)s points on average.",
        found.asked,
    ) % {"rather": found.rather, "num": found.asked, "gain": f"{found.mean_gain:.1f}"}
    if not found.claims:
        return said + " " + _("That mentor fits the other one better each time.")
    return said + " " + ngettext(
        "For one of them that mentor would fit no worse.", "For %(num)d of them that mentor would fit no worse.",
        found.claims,
    ) % {"num": found.claims} + " " + _("Giving them that place would cost others more.")


def tables(audit: Audit, named: dict[str, str] | None = None) -> list[ParityTable]:
    """How the groups of each dimension fared. `named` holds the names of dimensions that a file brought."""
    return parity_tables(audit.parity, named)


def parity_tables(parity: Iterable[Parity], named: dict[str, str] | None = None) -> list[ParityTable]:
    """The same of the dimensions alone; one in which everybody is of the same group tells nothing."""
    made = (_table(one, number, side, named or {}) for number, one in enumerate(parity) for side in (0, 1))
    return [one for one in made if len(one.rows) > 1]


def fairness_words(audit: Audit) -> str:
    """The finding in one sentence."""
    return parity_words(audit.parity)


def parity_words(parity: Iterable[Parity]) -> str:
    """The finding about the groups of some dimensions."""
    groups = [row for one in parity for row in (*one.mentees, *one.mentors) if row.people is not None]
    uneven = [row for row in groups if any(verdict_of(*told) is Verdict.LOWER for told in row.figures.items())]
    compared = sum(bool(row.figures) for row in groups)
    if not compared:
        return _("No two groups are large enough to be compared.")
    if not uneven:
        return _("No group fares worse than the others by more than chance would explain.")
    said = ngettext(
        "%(count)s of %(num)d groups fares worse than the others by more than chance would explain.",
        "%(count)s of %(num)d groups fare worse than the others by more than chance would explain.", len(uneven),
    )
    return upper_first(said % {"count": count_words(len(uneven)), "num": compared})


def small_words() -> str:
    """Why some groups are not shown."""
    return _("Groups of fewer than %(num)d people are hidden, and so is what would give them away.") % {
        "num": SMALL_GROUP}


def dimension_name(dimension: str, named: dict[str, str]) -> str:
    """What people are compared by."""
    own = {
        Dimension.PLACE.value: _("Place"), Dimension.DEPARTMENT.value: _("Department"),
        Dimension.TENURE.value: _("Time in the organisation"),
    }
    return named.get(dimension) or own.get(dimension) or dimension


def group_name(group: str) -> str:
    """A group as it is shown."""
    own = {"": _("Not known"), Tenure.NEW.value: _("Under 2 years"), Tenure.LONGER.value: _("2 years or more")}
    return own.get(group, group)


def _table(parity: Parity, number: int, side: int, named: dict[str, str]) -> ParityTable:
    name = dimension_name(parity.dimension, named)
    if side == 0:
        heads = (name, _("Mentees"), _("With a mentor"), _("Mean fit"), _("Compared"))
        return ParityTable(f"mentees-{number}", _("%(name)s: mentees") % {"name": name}, heads,
                           _rows(parity.mentees, _mentee_cells, (Figure.MATCHED, Figure.FIT)))
    heads = (name, _("Mentors"), _("Places taken"), _("Lists per place"), _("Compared"))
    return ParityTable(f"mentors-{number}", _("%(name)s: mentors") % {"name": name}, heads,
                       _rows(parity.mentors, _mentor_cells, (Figure.PLACES, Figure.SHOWN)))


def _rows(groups: Iterable[GroupFigures], cells: Cells, figures: tuple[Figure, ...]) -> tuple[GroupRow, ...]:
    every = list(groups)
    unseen = [one for one in every if one.people is None]
    rows = [GroupRow(group_name(one.group), (f"{one.people:,}", *cells(one)), _judged(one, figures))
            for one in every if one.people is not None]
    if not rows:
        return ()
    small = Judged(_("Hidden"), "", "lock")
    hidden = (_("hidden"),) * 3
    if len(unseen) <= HIDDEN_ROWS:
        return (*rows, *(GroupRow(group_name(one.group), hidden, small) for one in unseen))
    more = ngettext("%(num)d small group", "%(num)d small groups", len(unseen)) % {"num": len(unseen)}
    return (*rows, GroupRow(more, hidden, small))


def _mentee_cells(row: GroupFigures) -> tuple[str, str]:
    return _with_ratio(row, Figure.MATCHED, "{:.0%}"), _with_ratio(row, Figure.FIT, "{:.0f}")


def _with_ratio(row: GroupFigures, figure: Figure, form: str) -> str:
    """A figure with how many times that of everybody else it is, such as "84% (×0.97)"."""
    told = row.figures.get(figure)
    if told is None or told.ratio is None:
        return _told(row, figure, form)
    return _("%(value)s (×%(ratio)s)") % {"value": form.format(told.value), "ratio": f"{told.ratio:.2f}"}


def _mentor_cells(row: GroupFigures) -> tuple[str, str]:
    return _told(row, Figure.PLACES, "{:.0%}"), _told(row, Figure.SHOWN, "{:.1f}")


def _told(row: GroupFigures, figure: Figure, form: str) -> str:
    found = row.figures.get(figure)
    return form.format(found.value) if found else "–"


def _judged(row: GroupFigures, figures: tuple[Figure, ...]) -> Judged:
    """The first figure in which a group stands apart; lower before higher."""
    if not any(figure in row.figures for figure in figures):
        return Judged(_("Nothing to compare"), "", "info")
    for verdict in (Verdict.LOWER, Verdict.HIGHER):
        for figure in figures:
            told = row.figures.get(figure)
            if told and verdict_of(figure, told) is verdict:
                kind: Kind = "sun" if verdict is Verdict.LOWER else "sea"
                icon = "minus" if verdict is Verdict.LOWER else "info"
                return Judged(_NAMES[verdict, figure](), kind, icon, range_words(figure, told))
    return Judged(_("Even"), "leaf", "tick")


def range_words(figure: Figure, told: Compared) -> str:
    """The difference and where it may lie, such as "7 points lower (2 to 12)"."""
    scale = 100 if figure in (Figure.MATCHED, Figure.PLACES) else 1
    form = "{:.0f}" if abs(told.difference) * scale >= ROUND_FROM else "{:.1f}"
    low, high = sorted((abs(told.low), abs(told.high)))
    values = {"gap": form.format(abs(told.difference) * scale), "low": form.format(low * scale),
              "high": form.format(high * scale)}
    if figure is Figure.SHOWN:
        return _("by %(gap)s (%(low)s to %(high)s)") % values
    return _("by %(gap)s points (%(low)s to %(high)s)") % values


_NAMES = {
    (Verdict.LOWER, Figure.MATCHED): lambda: _("Fewer placed"),
    (Verdict.LOWER, Figure.FIT): lambda: _("Lower fit"),
    (Verdict.LOWER, Figure.PLACES): lambda: _("Fewer places taken"),
    (Verdict.LOWER, Figure.SHOWN): lambda: _("In fewer lists"),
    (Verdict.HIGHER, Figure.MATCHED): lambda: _("More placed"),
    (Verdict.HIGHER, Figure.FIT): lambda: _("Higher fit"),
    (Verdict.HIGHER, Figure.PLACES): lambda: _("More places taken"),
    (Verdict.HIGHER, Figure.SHOWN): lambda: _("In more lists"),
}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _rounded_down(parts: float) -> int:
    """One leading digit, downwards: a promise is never rounded up."""
    step = 10 ** floor(log10(parts))
    return int(parts // step * step)
