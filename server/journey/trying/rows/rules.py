"""Which hard rules a trial holds: those of its kind of programme, and what was chosen beside them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from server.kernel.db import Json
from server.matchmaking.engine import RuleSet, held_to, rules_for
from server.programs.states import ProgramType

HALF_HOURS = 2
MOST_HOURS = 8


class Company(StrEnum):
    """From which companies two people may be."""

    ANY = "ANY"
    SAME = "SAME"
    DIFFERENT = "DIFFERENT"


COMPANIES: Mapping[Company, Literal["same", "different"] | None] = {
    Company.ANY: None, Company.SAME: "same", Company.DIFFERENT: "different",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rules that were chosen by hand; what is None is as the kind of programme has it. `hours` are shared each week."""

    reporting_line: bool | None = None
    same_team: bool | None = None
    common_language: bool | None = None
    company: Company | None = None
    hours: int | None = None


AS_USUAL = Chosen()


def rules_of(kind: ProgramType, chosen: Chosen) -> RuleSet:
    """The hard rules of a kind of programme with those that were chosen over them, as far as the kind lets them go."""
    said = {name: getattr(chosen, name) for name in ("reporting_line", "same_team", "common_language")}
    rules = replace(rules_for(kind), **{name: value for name, value in said.items() if value is not None})
    if chosen.company is not None:
        rules = replace(rules, company=COMPANIES[chosen.company])
    if chosen.hours is not None:
        rules = replace(rules, min_overlap_half_hours=chosen.hours * HALF_HOURS)
    return held_to(kind, rules)


def dump_chosen(chosen: Chosen) -> Json:
    """Chosen rules as they are stored."""
    return asdict(chosen)


def load_chosen(stored: Mapping[str, Any]) -> Chosen:
    """What `dump_chosen` was given."""
    company = stored.get("company")
    return Chosen(**{**stored, "company": Company(company) if company else None})


def dump_rules(rules: RuleSet) -> Json:
    """The rules a trial held, as its result keeps them."""
    return {
        "reporting_line": rules.reporting_line, "same_team": rules.same_team, "repeat": rules.repeat,
        "repeat_months": rules.repeat_months, "company": rules.company, "common_language": rules.common_language,
        "half_hours": rules.min_overlap_half_hours, "grade_gap": list(rules.grade_gap) if rules.grade_gap else None,
    }
