"""Weights and hard rules as somebody sets them: whole percents of nine parts, and the rules that can be switched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import CATEGORIES, Category, RuleSet, Weights, held_to, hundred, rules_for, weights_for
from server.matchmaking.gather import rules_from, rules_of, weights_from, weights_of
from server.programs.models import Program
from server.programs.states import ProgramType

MOST = 1000
"""The most that one weight may be before all are brought to 100."""
MOST_MONTHS, MOST_HOURS, MOST_LEVELS, MOST_PAIRS = 120, 40, 20, 100_000
MOST_RESERVED = 20
"""The most mentors, in percent, of whom a place is held back for newcomers."""
MOST_POINTS = 5
"""The most points of fit that a cycle waited may count, five cycles at most: more would make bad pairs."""
GRADES = 9
"""Levels run from 1 to 10: two people are at most nine apart."""

SWITCHED = (
    "reporting_line", "reporting_depth", "same_team", "repeat", "repeat_months", "company", "common_language",
    "min_overlap_half_hours", "grade_gap", "max_pairs", "min_fit", "wait_bonus", "reserve",
)
"""The columns of `RuleSet` that a programme sets here; whatever else is stored of its rules stays."""


@dataclass(frozen=True)
class Settings:
    """Amounts of the nine parts on any scale (what is not named counts 0), and the rules."""

    amounts: Mapping[Category, int]
    rules: RuleSet

    @property
    def percents(self) -> dict[Category, int]:
        """The amounts brought to 100.

        Raises:
            ValueError: an amount is below 0, or all are 0.
        """
        return hundred(self.amounts)


def settings_of(program: Program) -> Settings:
    """What is in force in a programme."""
    return Settings(hundred(weights_of(program).shares), rules_of(program))


def settings_for(kind: ProgramType, within: ProgramType | None = None) -> Settings:
    """The factory setting of a type; for a programme of another type (`within`) with what that one means."""
    return Settings(hundred(weights_for(kind).shares), held_to(within or kind, rules_for(kind)))


def fixed(kind: ProgramType) -> dict[str, str]:
    """The rules that a type cannot be without, by their columns, and why in a few words: nobody turns these off."""
    team, line = _("Peers are never of one team."), _("No circle holds a line of command.")
    return {
        ProgramType.PEER: {"same_team": team},
        ProgramType.CIRCLE: {"reporting_line": line, "reporting_depth": line},
        ProgramType.CROSS_COMPANY: {"company": _("Across companies nobody meets their own.")},
        ProgramType.REVERSE: {"grade_gap": _("In a reverse programme the mentor stands below the mentee.")},
    }.get(kind, {})


def checked(settings: Settings, kind: ProgramType) -> Settings:
    """The same settings with amounts that add up to 100.

    Raises:
        Invalid: something in them cannot be, or not in a programme of this type; each thing by its field
            (`weight-GOALS`, `weights`, or a rule's name).
    """
    if wrong := {
        **_wrong_amounts(settings.amounts), **_against_the_type(kind, settings.rules), **_wrong_rules(settings.rules)
    }:
        raise Invalid(wrong)
    return Settings(settings.percents, settings.rules)


def as_weights(settings: Settings, kind: ProgramType, version: str) -> Weights:
    """Settings that were checked, as the engine takes them."""
    return weights_from(kind, stored_weights(settings), version)


def stored_weights(settings: Settings) -> dict[str, float]:
    """The weights as a programme stores them: shares of 1."""
    return {name.value: settings.amounts.get(name, 0) / 100 for name in CATEGORIES}


def stored_rules(settings: Settings, before: Mapping[str, Any]) -> Json:
    """The rules as a programme stores them, over those that it had before."""
    own = {name: getattr(settings.rules, name) for name in SWITCHED}
    return {**before, **own, "grade_gap": list(own["grade_gap"]) if own["grade_gap"] else None}


def with_rules(settings: Settings, kind: ProgramType, stored: Mapping[str, Any]) -> Settings:
    """Settings whose rules stand over everything else that a programme stores of them."""
    own = {name: getattr(settings.rules, name) for name in SWITCHED}
    return replace(settings, rules=replace(rules_from(kind, stored), **own))


def contradictions(kind: ProgramType, rules: RuleSet, standing: int = 0) -> Iterator[str]:
    """What a rule asks for that the type itself does not want, or that cannot be beside so many pairs that stand, in
    words for whoever sets it."""
    gap, ideal = rules.grade_gap, weights_for(kind).shape.ideal_gap
    if gap and not gap[0] <= ideal <= gap[1]:
        wanted = _("above their mentees") if ideal > 0 else _("below their mentees") if ideal else _("of one level")
        yield _("This type of programme looks for mentors %(wanted)s: most pairs within the rule of levels fit less."
                ) % {"wanted": wanted}
    if rules.max_pairs is not None and rules.max_pairs < standing:
        yield ngettext(
            "%(num)d pair stands in the group already, more than the limit: it stays, and no run adds one.",
            "%(num)d pairs stand in the group already, more than the limit: they stay, and no run adds one.", standing,
        ) % {"num": standing}


def _wrong_amounts(amounts: Mapping[Category, int]) -> dict[str, str]:
    wrong = {f"weight-{name}": _("A weight cannot be below 0.") for name, one in amounts.items() if one < 0}
    wrong |= {
        f"weight-{name}": _("Choose a number up to %(most)d.") % {"most": MOST}
        for name, one in amounts.items() if one > MOST
    }
    if not any(amounts.values()):
        wrong["weights"] = _("At least one part must count: all weights are 0.")
    return wrong


def _against_the_type(kind: ProgramType, rules: RuleSet) -> dict[str, str]:
    held = held_to(kind, rules)
    return {name: why for name, why in fixed(kind).items() if getattr(rules, name) != getattr(held, name)}


def _wrong_rules(rules: RuleSet) -> dict[str, str]:
    wrong, gap = {}, rules.grade_gap
    if gap and not -GRADES <= gap[0] <= gap[1] <= GRADES:
        wrong["grade_gap"] = _("The least must not be above the most, and both lie from %(least)d to %(most)d.") % {
            "least": -GRADES, "most": GRADES}
    limits = {
        "repeat_months": (rules.repeat_months, MOST_MONTHS), "reporting_depth": (rules.reporting_depth, MOST_LEVELS),
        "min_overlap_half_hours": (rules.min_overlap_half_hours / 2 or None, MOST_HOURS),
        "max_pairs": (rules.max_pairs, MOST_PAIRS),
    }
    for name, (value, most) in limits.items():
        if value is not None and not 0 < value <= most:
            wrong[name] = _("Choose a number from 1 to %(most)d.") % {"most": most}
    shares = {
        "min_fit": (rules.min_fit, 100), "wait_bonus": (100 * rules.wait_bonus, MOST_POINTS),
        "reserve": (100 * rules.reserve, MOST_RESERVED),
    }
    for name, (share, most) in shares.items():
        if not 0 <= share <= most:
            wrong[name] = _("Choose a number from 0 to %(most)d.") % {"most": most}
    return wrong
