"""Weights and hard rules as somebody sets them: whole percents of nine parts, and the rules that can be switched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.matchmaking.engine import CATEGORIES, Category, RuleSet, Weights, hundred, rules_for, weights_for
from server.matchmaking.gather import rules_from, rules_of, weights_from, weights_of
from server.programs.models import Program
from server.programs.states import ProgramType

MOST = 1000
"""The most that one weight may be before all are brought to 100."""
MOST_MONTHS, MOST_HOURS, MOST_LEVELS = 120, 40, 20
GRADES = 9
"""Levels run from 1 to 10: two people are at most nine apart."""

SWITCHED = (
    "reporting_line", "reporting_depth", "same_team", "repeat", "repeat_months", "company", "common_language",
    "min_overlap_half_hours", "grade_gap",
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


def settings_for(kind: ProgramType) -> Settings:
    """The factory setting of a type."""
    return Settings(hundred(weights_for(kind).shares), rules_for(kind))


def checked(settings: Settings) -> Settings:
    """The same settings with amounts that add up to 100.

    Raises:
        Invalid: something in them cannot be; each thing by its field (`weight-GOALS`, `weights`, or a rule's name).
    """
    if wrong := {**_wrong_amounts(settings.amounts), **_wrong_rules(settings.rules)}:
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
    return replace(settings, rules=rules_from(kind, stored_rules(settings, stored)))


def contradictions(kind: ProgramType, rules: RuleSet) -> Iterator[str]:
    """What a rule asks for that the type itself does not want, in words for whoever sets it."""
    gap, ideal = rules.grade_gap, weights_for(kind).shape.ideal_gap
    if gap and not gap[0] <= ideal <= gap[1]:
        wanted = _("above their mentees") if ideal > 0 else _("below their mentees") if ideal else _("of one level")
        yield _("This type of programme looks for mentors %(wanted)s: most pairs within the rule of levels fit less."
                ) % {"wanted": wanted}
    if kind is ProgramType.CROSS_COMPANY and rules.company == "same":
        yield _("This type of programme brings companies together, and the rule keeps them apart.")


def _wrong_amounts(amounts: Mapping[Category, int]) -> dict[str, str]:
    wrong = {f"weight-{name}": _("A weight cannot be below 0.") for name, one in amounts.items() if one < 0}
    wrong |= {
        f"weight-{name}": _("Choose a number up to %(most)d.") % {"most": MOST}
        for name, one in amounts.items() if one > MOST
    }
    if not any(amounts.values()):
        wrong["weights"] = _("At least one part must count: all weights are 0.")
    return wrong


def _wrong_rules(rules: RuleSet) -> dict[str, str]:
    wrong, gap = {}, rules.grade_gap
    if gap and not -GRADES <= gap[0] <= gap[1] <= GRADES:
        wrong["grade_gap"] = _("The least must not be above the most, and both lie from %(least)d to %(most)d.") % {
            "least": -GRADES, "most": GRADES}
    limits = {
        "repeat_months": (rules.repeat_months, MOST_MONTHS), "reporting_depth": (rules.reporting_depth, MOST_LEVELS),
        "min_overlap_half_hours": (rules.min_overlap_half_hours / 2 or None, MOST_HOURS),
    }
    for name, (value, most) in limits.items():
        if value is not None and not 0 < value <= most:
            wrong[name] = _("Choose a number from 1 to %(most)d.") % {"most": most}
    return wrong
