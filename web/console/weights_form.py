"""The form of weights and hard rules, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.datastructures import FormData

from server.kernel.text import gettext as _
from server.matchmaking.engine import CATEGORIES, RuleSet
from server.matchmaking.gather import rules_of
from server.matchmaking.weighing.settings import MOST, Settings, fixed
from server.programs.rules import is_of_circles
from web.console import weighing_words as words
from web.forms import Errors, integer, text, ticked

if TYPE_CHECKING:
    from server.programs.models import Program

IDS = {"grade_gap": "gap_least", "min_overlap_half_hours": "overlap_hours", "wait_bonus": "wait_points"}
"""Where what a rule says is mended, if its field has another name."""
NUMBER_LETTERS = 12


def typed_weights(form: FormData, program: Program) -> tuple[dict[str, str], Settings, Errors]:
    """What was typed, as it was typed and as settings; what is no number at all is in the errors."""
    errors = Errors()
    typed = {name: text(form, name, NUMBER_LETTERS) for name in words.NUMBERS}
    held = fixed(program.type)
    typed |= {name: "1" if name in held or ticked(form, name) else "" for name in words.SWITCHES}
    typed["company_kind"] = text(form, "company_kind", NUMBER_LETTERS)
    amounts = {
        name: number or 0 for name in CATEGORIES
        for number in [integer(form, f"weight-{name}", errors, least=-MOST, most=10 * MOST)]
    }
    rules = _rules(form, typed, errors, rules_of(program))
    return typed, Settings(amounts, rules if is_of_circles(program) else _limits(form, errors, rules)), errors


def _rules(form: FormData, typed: Mapping[str, str], errors: Errors, in_force: RuleSet) -> RuleSet:
    """The rules that are on, each with its numbers; those of a rule that is off do not count."""
    depth, months, hours = (
        integer(form, name, errors) if typed[switch] else None
        for switch, name in (("reporting_line", "reporting_depth"), ("repeat", "repeat_months"),
                             ("overlap", "overlap_hours"))
    )
    least, most = (integer(form, name, errors, least=-99, most=99) or 0 for name in ("gap_least", "gap_most"))
    if typed["overlap"] and not hours:
        errors.add("min_overlap_half_hours", _("Say how many hours, at least 1."))
    return replace(
        in_force, reporting_line=bool(typed["reporting_line"]), reporting_depth=depth,
        same_team=bool(typed["same_team"]), repeat=bool(typed["repeat"]), repeat_months=months,
        common_language=bool(typed["common_language"]),
        min_overlap_half_hours=2 * (hours or 0), grade_gap=(least, most) if typed["grade_gap"] else None,
        company=("same" if typed["company_kind"] == "same" else "different") if typed["company"] else None,
    )


def _limits(form: FormData, errors: Errors, rules: RuleSet) -> RuleSet:
    """The same rules with what else steers the pairs of a group; what was left empty is none."""
    most, least, points, held = (
        integer(form, name, errors) for name in ("max_pairs", "min_fit", "wait_points", "reserve")
    )
    return replace(
        rules, max_pairs=most, min_fit=least or 0, wait_bonus=(points or 0) / 100, reserve=(held or 0) / 100
    )
