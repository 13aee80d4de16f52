"""Weights and hard rules as part of a programme's document, by value: a number of a version means nothing elsewhere."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.matchmaking.engine import CATEGORIES, Category, RuleSet
from server.matchmaking.weighing.settings import (
    GRADES,
    MOST,
    MOST_HOURS,
    MOST_LEVELS,
    MOST_MONTHS,
    MOST_PAIRS,
    MOST_POINTS,
    MOST_RESERVED,
    SWITCHED,
    Settings,
    checked,
    settings_for,
    settings_of,
)
from server.programs.models import Program
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.states import ProgramType


class Company(StrEnum):
    """Whether two must be of one company, or of two."""

    SAME = "same"
    DIFFERENT = "different"


_KINDS: Mapping[str, fields.Kind] = {
    "reporting_line": fields.yes_no, "reporting_depth": fields.maybe(fields.whole(1, MOST_LEVELS)),
    "same_team": fields.yes_no, "repeat": fields.yes_no,
    "repeat_months": fields.maybe(fields.number(1, MOST_MONTHS)), "company": fields.maybe(fields.one_of(Company)),
    "common_language": fields.yes_no, "min_overlap_half_hours": fields.whole(0, 2 * MOST_HOURS),
    "grade_gap": fields.maybe(fields.many(fields.whole(-GRADES, GRADES), 2, 2)),
    "max_pairs": fields.maybe(fields.whole(1, MOST_PAIRS)), "min_fit": fields.number(0, 100),
    "wait_bonus": fields.number(0, MOST_POINTS / 100), "reserve": fields.number(0, MOST_RESERVED / 100),
}


def shape(kind: ProgramType) -> Shape:
    """The two tables, `weights` and `rules`; what is not said of them is as the type usually has it."""
    usual = weighed_as(settings_for(kind))
    weights = {name.value: Setting(fields.whole(0, MOST), 0) for name in CATEGORIES}
    rules = {name: Setting(_KINDS[name], usual["rules"][name]) for name in SWITCHED}
    both = {"weights": weights, "rules": rules}
    return {name: Setting(fields.table(one), usual[name]) for name, one in both.items()}


def weighed(program: Program) -> Json:
    """What is in force in a programme."""
    return weighed_as(settings_of(program))


def weighed_as(settings: Settings) -> Json:
    """Settings as a document holds them."""
    rules = {name: _plain(getattr(settings.rules, name)) for name in SWITCHED}
    return {"weights": {name.value: settings.percents[name] for name in CATEGORIES}, "rules": rules}


def settled(problems: Problems, kind: ProgramType, content: Json) -> Json:
    """The two tables as they are put in force: weights brought to 100. What cannot be is a problem of its setting."""
    try:
        return weighed_as(checked(settings_from(content, RuleSet()), kind))
    except Invalid as refused:
        problems |= {_path(name): words for name, words in refused.fields.items()}
        return {name: content[name] for name in ("weights", "rules")}


def settings_from(content: Mapping[str, Any], before: RuleSet) -> Settings:
    """The same as the matching takes them, over rules that a document does not hold."""
    rules = dict(content["rules"])
    if rules["grade_gap"]:
        rules["grade_gap"] = tuple(rules["grade_gap"])
    return Settings({Category(name): amount for name, amount in content["weights"].items()}, replace(before, **rules))


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return int(value) if isinstance(value, float) and value == int(value) else value


def _path(field: str) -> str:
    """`weight-GOALS` as `weights.GOALS`, a rule's name below `rules`."""
    if field == "weights":
        return field
    return f"weights.{field.removeprefix('weight-')}" if field.startswith("weight-") else f"rules.{field}"
