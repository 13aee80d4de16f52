"""Weights, rules and their preview in words: what each part means, what a setting comes to, what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import CATEGORIES, Category, RuleCode
from server.matchmaking.engine.wording import Names, Reader, category_name, sentence
from server.matchmaking.weighing.settings import Settings, contradictions, fixed, settings_of
from server.programs.rules import is_among_peers, is_of_circles
from server.programs.states import ParticipantRole, ProgramType
from web.console.learning_words import stage_name
from web.console.review_words import wait_words
from web.dates import moment, upper_first

if TYPE_CHECKING:
    from server.matchmaking.engine.score import Stage
    from server.matchmaking.weighing.queries import Past, Preview, Version
    from server.matchmaking.weighing.sampling import Sample
    from server.matchmaking.weighing.trying import Outcome, Together, Trial
    from server.programs.models import Program

OPEN_ROWS = 4
"""So many weights stand open, the heaviest; the rest opens below them."""
CHANGES_TOLD = 3
NAMED = 3
NUMBERS = (
    *(f"weight-{name}" for name in CATEGORIES), "reporting_depth", "repeat_months", "overlap_hours", "gap_least",
    "gap_most", "max_pairs", "min_fit", "wait_points",
    "reserve",
)
SWITCHES = ("reporting_line", "same_team", "repeat", "overlap", "common_language", "grade_gap", "company")
Fact = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Weight:
    """One part of a fit with its field."""

    field: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule with its switch and whom it touches; `fixed` says why nobody turns it off in this type."""

    field: str
    name: str
    detail: str
    touches: str
    fixed: str


@dataclass(frozen=True, slots=True)
class Told:
    """A preview in words. `moved` is the person of the example, `example` what became of them; `compared` has everybody
    who meets somebody else: with what is in force, and with these settings."""

    people: str
    training: str
    facts: list[Fact]
    best: list[tuple[str, str]]
    weakest: list[tuple[str, str]]
    changes: str
    moved: str
    example: str
    compared: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An earlier version; `number` is "" for the one in force."""

    number: str
    name: str
    detail: str


def fields(settings: Settings) -> dict[str, str]:
    """Settings as the fields of the form hold them. The numbers of a rule that is off stand as they would begin."""
    rules, gap = settings.rules, settings.rules.grade_gap or (1, 4)
    on = {
        "reporting_line": rules.reporting_line, "same_team": rules.same_team, "repeat": rules.repeat,
        "overlap": rules.min_overlap_half_hours > 0, "common_language": rules.common_language,
        "grade_gap": rules.grade_gap is not None, "company": rules.company is not None,
    }
    return {
        **{f"weight-{name}": str(settings.amounts.get(name, 0)) for name in CATEGORIES},
        **{name: "1" if one else "" for name, one in on.items()},
        "reporting_depth": _whole(rules.reporting_depth), "repeat_months": _whole(rules.repeat_months),
        "overlap_hours": str(max(1, -(-rules.min_overlap_half_hours // 2))),
        "gap_least": str(gap[0]), "gap_most": str(gap[1]), "company_kind": rules.company or "different",
        "max_pairs": _whole(rules.max_pairs), "min_fit": _whole(rules.min_fit),
        "wait_points": _whole(100 * rules.wait_bonus), "reserve": _whole(100 * rules.reserve),
    }


def weight_rows(in_force: Settings) -> tuple[list[Weight], list[Weight]]:
    """The heaviest parts of what is in force, then the others, each in the order of its weight."""
    details = {
        Category.GOALS: _("What they want, what the other offers"),
        Category.EXPERTISE: _("Skills and words both share"),
        Category.STAGE: _("Levels and years between them"),
        Category.AVAILABILITY: _("Free hours in working time of both"),
        Category.HISTORY: _("Sessions held, and what past pairs came to"),
        Category.ORGANISATION: _("Department and unit of both"),
        Category.PREFERENCE: _("Wishes of both, for people and departments"),
        Category.BEHAVIOUR: _("Requests answered, appointments kept"),
        Category.STYLE: _("Languages, and how both like to work"),
    }
    ranked = sorted(CATEGORIES, key=lambda name: -in_force.amounts[name])
    rows = [Weight(f"weight-{name}", category_name(name), details[name]) for name in ranked]
    return rows[:OPEN_ROWS], rows[OPEN_ROWS:]


def rule_rows(found: Preview | None, program: Program) -> list[Rule]:
    """The hard rules in their order."""
    levels = _("Mentor’s level minus mentee’s")
    if is_among_peers(program):
        levels = _("One’s level minus the other’s, one way round")
    if is_of_circles(program):
        levels = _("Level of who leads minus a member’s")
    names = {
        RuleCode.REPORTING_LINE: ("reporting_line", _("No reporting line"), _("At any depth, both ways")),
        RuleCode.SAME_TEAM: ("same_team", _("Not the same team"), _("Nobody with one line manager")),
        RuleCode.REPEAT: ("repeat", _("Never paired before"), _("In any programme")),
        RuleCode.OVERLAP: ("overlap", _("Shared hours every week"), _("In working time of both")),
        RuleCode.LANGUAGE: ("common_language", _("A shared language"), ""),
        RuleCode.GRADE_GAP: ("grade_gap", _("Levels between them"), levels),
        RuleCode.COMPANY: ("company", _("Companies"), ""),
    }
    held, trial = fixed(program.type), found.trial if found else None
    return [Rule(*named, _touches(code, trial), held.get(named[0], "")) for code, named in names.items()]


def _touches(code: RuleCode, trial: Trial | None) -> str:
    if trial is None:
        return ""
    some, alone = trial.touched[code]
    said = ngettext("Touches %(num)d person here", "Touches %(num)d people here", some) % {"num": some}
    if not alone:
        return said
    left = ngettext("leaves %(num)d with nobody", "leaves %(num)d with nobody", alone) % {"num": alone}
    return _("%(touches)s, %(leaves)s") % {"touches": said, "leaves": left}


def starts() -> list[tuple[str, str]]:
    """The types whose factory setting one can start from."""
    names = {
        ProgramType.ONE_TO_ONE: _("One-to-one"), ProgramType.REVERSE: _("Reverse"), ProgramType.PEER: _("Peer"),
        ProgramType.CIRCLE: _("Circle, 4 to 8"), ProgramType.FLASH: _("Flash"),
        ProgramType.ONBOARDING: _("Onboarding"), ProgramType.HIGH_POTENTIAL: _("High potential"),
        ProgramType.CROSS_COMPANY: _("Cross-company"),
    }
    return [(kind.value, name) for kind, name in names.items()]


def briefing(found: Preview | None) -> str:
    """How many people a preview runs on."""
    if found is None or found.sample is None or found.trial is None:
        return _("Change a weight and the preview runs on your own people, once a group has some.")
    count = len(found.sample.rows)
    return ngettext(
        "Change a weight and the preview runs again on %(num)d of your own people.",
        "Change a weight and the preview runs again on %(num)d of your own people.", count,
    ) % {"num": count}


def learned(stages: Mapping[Stage, bool]) -> str:
    """Of which stages a model of past pairs stands, and what the weights decide beside it; "" where none does."""
    by_model = [stage for stage, knows_who in stages.items() if knows_who]
    if not stages:
        return ""
    named = {"stages": ", ".join(_("“%(stage)s”") % {"stage": stage_name(one)} for one in by_model or stages)}
    if not by_model:
        return _("How often pairs work was learned from past pairs for %(stages)s; who fits is still what these "
                 "weights say.") % named
    return _("A model of past pairs says what to expect for %(stages)s; these weights still make the fit, and let a "
             "pair count up to twice as much, or half.") % named


def scaled(settings: Settings) -> str:
    """That weights were brought to 100, and from what; "" where they came to 100 by themselves."""
    total = sum(settings.amounts.values())
    if total == 100:
        return ""
    return _("The weights came to %(total)s. Each counts by its share of 100.") % {"total": total}


def warnings(found: Preview | None, settings: Settings, program: Program) -> list[str]:
    """What stands against itself, and a rule that leaves nobody."""
    said = [*contradictions(program.type, settings.rules, found.standing if found else 0)]
    trial = found.trial if found else None
    if trial is not None and trial.leaves_nobody:
        most = max(trial.now.waiting, key=lambda code: trial.now.waiting[code])
        said.append(_("With these rules nobody finds anybody. For most: %(why)s.") % {
            "why": wait_words(most, among_peers=is_among_peers(program))})
    return said


def told(found: Preview, settings: Settings, program: Program) -> Told | None:
    """A preview; None while there is nobody to try it on."""
    if found.trial is None or found.sample is None:
        return None
    trial, names = found.trial, _Names(found.sample)
    example = trial.example
    return Told(
        _people(found.sample), _training(found.sample), _facts(found, trial),
        [names.row(one) for one in trial.now.best], [names.row(one) for one in trial.now.weakest],
        _changes(trial, settings, settings_of(program)),
        names.first(example.who[0]) if example else "", names.became(trial.now, example) if example else "",
        [] if is_of_circles(program) else names.compared(trial),
    )


def spoken(shown: Told | None, errors: object) -> str:
    """What is said aloud when the preview was exchanged."""
    if errors:
        return _("Something has to be fixed before the preview can run.")
    if shown is None:
        return ""
    (_mean, fit, was), (_placed, placed, of) = shown.facts[0], shown.facts[1]
    return _("Mean fit %(fit)s, %(was)s. Placed %(placed)s %(of)s.") % {
        "fit": fit, "was": was, "placed": placed, "of": of}


def version_rows(found: list[Version], program: Program) -> list[VersionRow]:
    """Every version with who set it and when, the newest first; below them the factory setting."""
    rows = [
        VersionRow(
            str(one.row.number) if one.row.number != program.weights_version else "",
            _("Version %(number)s") % {"number": one.row.number}, _whence(one),
        )
        for one in found
    ]
    factory = VersionRow("0" if program.weights_version else "", _("Factory setting"), _("As its type begins"))
    return [*rows, factory]


def _whence(one: Version) -> str:
    who = one.by.full_name if one.by else _("by itself") if one.row.set_by else _("before versions were kept")
    said = _("%(who)s, %(when)s") % {"who": who, "when": moment(one.row.set_at)}
    if one.row.restores is not None:
        origin = _("version %(number)s") % {"number": one.row.restores} if one.row.restores else _("factory setting")
        return _("%(said)s, put back: %(origin)s") % {"said": upper_first(said), "origin": origin}
    return upper_first(said)


def _people(of: Sample) -> str:
    mentors = sum(row.role is ParticipantRole.MENTOR for row in of.rows.values())
    people = ngettext("%(num)d person", "%(num)d people", len(of.rows)) % {"num": len(of.rows)}
    if len(of.rows) < of.of:
        people = _("%(people)s of %(all)s") % {"people": people, "all": of.of}
    if not mentors:
        return people
    count = ngettext("%(num)d mentor", "%(num)d mentors", mentors) % {"num": mentors}
    return _("%(people)s, %(mentors)s") % {"people": people, "mentors": count}


def _training(of: Sample) -> str:
    """Who of the people of a preview would not be in a run now; "" for nobody."""
    if not of.untrained:
        return ""
    names = sorted(of.rows[key].person.full_name for key in of.untrained)
    said, more = ", ".join(names[:NAMED]), len(names) - NAMED
    if more > 0:
        said = _("%(names)s and %(num)d more") % {"names": said, "num": more}
    return _("Training still open: %(names)s. A run leaves them out until it is done.") % {"names": said}


def _facts(found: Preview, trial: Trial) -> list[Fact]:
    now, was = trial.now, trial.was
    asked = now.placed + sum(now.waiting.values())
    return [
        (_("Mean fit"), _fit(now.mean), _("was %(fit)s") % {"fit": _fit(was.mean)}),
        (_("Placed"), str(now.placed), _("of %(num)s, was %(was)s") % {"num": asked, "was": was.placed}),
        (_("Said yes before"), _share(found.now), _past(found.now, found.was)),
        (_("Lowest"), _fit(now.lowest), _("was %(fit)s") % {"fit": _fit(was.lowest)}),
    ]


def _past(now: Past, was: Past) -> str:
    pairs = ngettext(
        "%(num)d past pair that these weights call good", "%(num)d past pairs that these weights call good", now.good
    ) % {"num": now.good}
    if now.share is None:
        return _("Too few: %(pairs)s") % {"pairs": pairs}
    return _("%(pairs)s, was %(was)s") % {"pairs": pairs, "was": _share(was)} if was.share is not None else pairs


def _changes(trial: Trial, wanted: Settings, in_force: Settings) -> str:
    before, after = in_force.amounts, wanted.percents
    differing = sorted((name for name in CATEGORIES if after[name] != before[name]),
                       key=lambda name: -abs(after[name] - before[name]))
    said = [_("%(part)s goes from %(before)s to %(after)s.") % {
        "part": category_name(name), "before": before[name], "after": after[name]}
        for name in differing[:CHANGES_TOLD]]
    if len(differing) > CHANGES_TOLD:
        rest = len(differing) - CHANGES_TOLD
        others = ngettext("%(num)d other weight gives way.", "%(num)d other weights give way.", rest)
        said.append(others % {"num": rest})
    if wanted.rules != in_force.rules:
        said.append(_("The rules differ."))
    if not said:
        return _("Nothing yet: these are the weights and rules in force.")
    moved = ngettext("%(num)d of %(all)s pairs is different.", "%(num)d of %(all)s pairs are different.", trial.moved)
    return " ".join([*said, moved % {"num": trial.moved, "all": len(trial.now.together)}])


class _Names:
    """What the people of a sample are called."""

    def __init__(self, of: Sample) -> None:
        self.rows = of.rows

    def first(self, key: str) -> str:
        return self.rows[key].person.first_name

    def row(self, one: Together) -> tuple[str, str]:
        return self._together(one), f"{one.fit:.0f}"

    def compared(self, trial: Trial) -> list[tuple[str, str, str]]:
        """Everybody who looks for somebody and meets another one now, by name."""
        was, now = (self._meets(outcome) for outcome in (trial.was, trial.now))
        moved = [one for one in {*was, *now} if was.get(one, ("",))[0] != now.get(one, ("",))[0]]
        return sorted((self.rows[one].person.full_name, self._met(was.get(one)), self._met(now.get(one)))
                      for one in moved)

    def _meets(self, outcome: Outcome) -> dict[str, tuple[str, float]]:
        """Whom each person meets, and the fit: of peers each of the two, otherwise the mentee."""
        return {
            one: (other, pair.fit)
            for pair in outcome.together for one, other in permutations(pair.who)
            if self.rows[one].role is not ParticipantRole.MENTOR
        }

    def _met(self, found: tuple[str, float] | None) -> str:
        return _("%(name)s, %(fit)s") % {"name": self.first(found[0]), "fit": _fit(found[1])} if found else _("Nobody")

    def became(self, now: Outcome, one: Together) -> str:
        """Whom somebody meets now, and the first reason."""
        return " ".join([_("now meets %(name)s.") % {"name": self._others(one)}, *self._why(now, one)])

    def _why(self, now: Outcome, one: Together) -> Iterator[str]:
        explanation = now.explain(one)
        if explanation and explanation.reasons:
            names = Names(self.first(one.who[1]), self.first(one.who[0]))
            yield sentence(explanation.reasons[0], names, Reader.MANAGER).title + "."

    def _together(self, one: Together) -> str:
        return _("%(one)s and %(other)s") % {"one": self.first(one.who[0]), "other": self._others(one)}

    def _others(self, one: Together) -> str:
        rest = one.who[1:]
        if len(rest) == 1:
            return self.first(rest[0])
        return ngettext("%(num)d other", "%(num)d others", len(rest)) % {"num": len(rest)}


def _fit(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _share(past: Past) -> str:
    return "–" if past.share is None else f"{past.share:.0%}"


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
