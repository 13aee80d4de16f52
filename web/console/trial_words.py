"""A trial of one's own records before it is matched, in words: files, columns, kinds of programme, rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.journey.trying.queries import FileShown, TrialShown
from server.journey.trying.rows.columns import Field
from server.journey.trying.rows.plan import Who
from server.journey.trying.rows.rules import Chosen, Company
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.states import ProgramType
from web.dates import moment

if TYPE_CHECKING:
    from server.matchmaking.models import MatchTrial

SAMPLE_LETTERS = 60
HOURS = (1, 2, 3, 4)
YES, NO = "YES", "NO"


@dataclass(frozen=True, slots=True)
class ColumnAsked:
    """One column with its select: the name of the form's field, what is chosen, and examples."""

    field: str
    name: str
    chosen: str
    examples: str


@dataclass(frozen=True, slots=True)
class FileAsked:
    """One file on the page of columns."""

    field: str
    name: str
    rows: str
    who: str
    columns: list[ColumnAsked]
    of_past: bool


@dataclass(frozen=True, slots=True)
class RuleAsked:
    """One rule with its select."""

    field: str
    name: str
    options: list[tuple[str, str]]
    chosen: str


def who_options() -> list[tuple[str, str]]:
    """Who the rows of a file are."""
    return [
        (Who.MENTORS.value, _("Mentors")), (Who.MENTEES.value, _("Mentees")),
        (Who.COLUMN.value, _("A column says who is what")), (Who.EVERYBODY.value, _("Everybody, on one side")),
    ]


def kind_options() -> list[tuple[str, str]]:
    """The kinds of programme."""
    return [
        (ProgramType.ONE_TO_ONE.value, _("One to one")), (ProgramType.REVERSE.value, _("Reverse: the junior teaches")),
        (ProgramType.PEER.value, _("Peers")), (ProgramType.CIRCLE.value, _("Circles")),
        (ProgramType.FLASH.value, _("Flash: one question")),
        (ProgramType.ONBOARDING.value, _("Onboarding")), (ProgramType.HIGH_POTENTIAL.value, _("High potential")),
        (ProgramType.CROSS_COMPANY.value, _("Across companies")),
    ]


def field_options() -> list[tuple[str, str]]:
    """What a column may hold."""
    return [
        (Field.NOTHING.value, _("Leave out")), (Field.ID.value, _("Number or id")), (Field.NAME.value, _("Name")),
        (Field.ROLE.value, _("Mentor or mentee")), (Field.PLACES.value, _("Places a mentor has")),
        (Field.SKILLS.value, _("What they know (list)")), (Field.WISHES.value, _("What they want to learn (list)")),
        (Field.SKILL_TEXT.value, _("What they know, in words")), (Field.GOAL_TEXT.value, _("Their goal, in words")),
        (Field.LANGUAGES.value, _("Languages")), (Field.CITY.value, _("City or site")),
        (Field.TIME_ZONE.value, _("Time zone")), (Field.TIMES.value, _("Free times")),
        (Field.LEVEL.value, _("Level, 1 to 10")), (Field.DEPARTMENT.value, _("Department")),
        (Field.UNIT.value, _("Business unit")),
        (Field.COMPANY.value, _("Company")), (Field.MANAGER.value, _("Their manager (id, e-mail or name)")),
        (Field.TENURE.value, _("Years with us")), (Field.ROLE_YEARS.value, _("Years in the role")),
        (Field.HIRED.value, _("Hire date")), (Field.LIFE_STAGE.value, _("Stage of life or career")),
        (Field.PREFERS.value, _("Whom they would like (list)")),
        (Field.AVOIDS.value, _("Whom they must not meet (list)")),
        (Field.DEPARTMENT_WISH.value, _("Department wanted (any, same, different)")),
        (Field.RESPONSE_RATE.value, _("How often they answer (0 to 1, or %)")),
        (Field.NOSHOW_RATE.value, _("How often they miss sessions (0 to 1, or %)")),
        (Field.SESSIONS_PRIOR.value, _("Sessions held before")), (Field.ENROLLED_ON.value, _("Day they signed up")),
        (Field.WAITED.value, _("Cycles they have waited")), (Field.GROUP.value, _("Only to check fairness")),
    ]


def past_options() -> list[tuple[str, str]]:
    """What a column of past pairs may hold."""
    return [
        (Field.NOTHING.value, _("Leave out")), (Field.PAST_MENTOR.value, _("The mentor’s id or name")),
        (Field.PAST_MENTEE.value, _("The mentee’s id or name")), (Field.CYCLE.value, _("Cycle or year")),
        (Field.ACCEPTED.value, _("Both said yes (yes or no)")), (Field.SESSIONS.value, _("Sessions they held")),
        (Field.SATISFACTION.value, _("Satisfaction, 1 to 5")),
        (Field.GOALS.value, _("Goals reached (0 to 1, %, or yes)")),
        (Field.CHOSEN_BY.value, _("Who chose the pair (manager or engine)")),
    ]


def rules(chosen: Chosen) -> list[RuleAsked]:
    """The rules that can be chosen, each as the kind of programme has it until somebody says otherwise."""
    usual, held = ("", _("As usual")), [(YES, _("Yes")), (NO, _("No"))]
    names = [
        ("reporting_line", _("Nobody in their own reporting line")), ("same_team", _("Nobody under the same manager")),
        ("common_language", _("A language in common")),
    ]
    companies = [(Company.ANY.value, _("Any")), (Company.SAME.value, _("Only within one")),
                 (Company.DIFFERENT.value, _("Never within one"))]
    hours = [(str(most), ngettext("%(num)d hour a week", "%(num)d hours a week", most) % {"num": most})
             for most in HOURS]
    return [
        *[RuleAsked(rule_field(name), words, [usual, *held], _yes_no(getattr(chosen, name))) for name, words in names],
        RuleAsked(rule_field("company"), _("Companies"), [usual, *companies],
                  chosen.company.value if chosen.company else ""),
        RuleAsked(rule_field("hours"), _("Free hours in common"), [usual, ("0", _("None needed")), *hours],
                  "" if chosen.hours is None else str(chosen.hours)),
    ]


def rule_field(name: str) -> str:
    """The form's field for a rule."""
    return f"rule-{name}"


def files(found: Sequence[FileShown], shown: TrialShown) -> list[FileAsked]:
    """Every file with its columns to be named."""
    return [
        FileAsked(
            f"who-{number}", one.name, ngettext("%(num)s row", "%(num)s rows", one.rows) % {"num": f"{one.rows:,}"},
            shown.plan.who[number].value,
            [ColumnAsked(column_field(number, place), name, field.value, _examples(examples))
             for place, (name, field, examples) in enumerate(one.columns)],
            shown.plan.who[number] is Who.PAST,
        )
        for number, one in enumerate(found)
    ]


def column_field(file: int, place: int) -> str:
    """The form's field for a column."""
    return f"column-{file}-{place}"


def erased(shown: TrialShown) -> str:
    """What becomes of the files, and when."""
    said = _("These files stay in a trial of your own, which nobody else sees. They are erased on %(when)s. Nobody in "
             "them is written to.")
    return said % {"when": moment(shown.trial.erase_at)}


def kept_until(trial: MatchTrial) -> str:
    """How long an earlier trial is still there."""
    return _("It is erased on %(when)s.") % {"when": moment(trial.erase_at)}


def _yes_no(chosen: bool | None) -> str:
    return "" if chosen is None else YES if chosen else NO


def _examples(found: Sequence[str]) -> str:
    short = [one if len(one) <= SAMPLE_LETTERS else f"{one[:SAMPLE_LETTERS]}…" for one in found]
    return " · ".join(short) or _("Empty")
