"""The part `audience` of a programme's document: how rules are read, and what they cannot be. Pure.

    [audience]
    people_fit = "ALL"
    people = [
      {fact = "department", how = "IS", value = ["Field Operations"]},
      {fact = "tenure_days", how = "UNDER", value = 90},
    ]

No rules mean everybody who works in the organisation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from server.kernel.db import Json
from server.kernel.text import folded
from server.kernel.text import gettext as _
from server.programs.audience.states import MOST, Fact, Fit, How, Side, ways_for
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part
from server.programs.states import ProgramType

RULES_MOST, VALUES_MOST, VALUE_LETTERS = 12, 50, 200
NAMED_MOST = 20
"""How many of the known values a refusal names."""

Known = Mapping[Fact, Mapping[str, str]]
"""The values that people of the organisation have, each with its name for people."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition. `value` is a list of texts, a number, or yes and no, as its fact has it."""

    fact: Fact
    how: How
    value: tuple[str, ...] | int | bool

    @property
    def texts(self) -> tuple[str, ...]:
        """What is chosen among, where the fact is a text."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest whole number that fit, where the fact is a number."""
        at = self.value if isinstance(self.value, int) else 0
        return {
            How.UNDER: (-inf, at - 1), How.AT_MOST: (-inf, at), How.AT_LEAST: (at, inf), How.OVER: (at + 1, inf),
        }.get(self.how, (-inf, inf))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one side, and whether all of them must hold."""

    fit: Fit
    rules: tuple[Rule, ...]

    def up_to(self, count: int) -> "Rules":
        """The first so many of them."""
        return Rules(self.fit, self.rules[:count])

    def without(self, place: int) -> "Rules":
        """All but one."""
        return Rules(self.fit, self.rules[:place] + self.rules[place + 1:])


def read_rule(problems: Problems, path: str, given: object) -> Json:
    """A rule of a document, as it is stored."""
    told = fields.read(problems, given, _RULE, path)
    if not told or any(where.startswith(path) for where in problems):
        return told
    fact = Fact(told["fact"])
    if How(told["how"]) not in ways_for(fact):
        choices = ", ".join(ways_for(fact))
        problems[f"{path}.how"] = _("This fact is compared otherwise. Write one of these: %s.") % choices
    return {**told, "value": _value_kind(fact)(problems, f"{path}.value", told["value"])}


AUDIENCE: Shape = {
    name: setting for side in Side for name, setting in (
        (f"{side}_fit", Setting(fields.one_of(Fit), Fit.ALL.value)),
        (side.value, Setting(fields.many(read_rule, 0, RULES_MOST), [])),
    )
}
AUDIENCE_PART = Part("audience", fields.table(AUDIENCE), {})


def looked_at(given: object, kind: ProgramType, known: Known, live: Mapping[str, Any]) -> tuple[Json, Problems]:
    """What somebody is about to set, as it would be stored, with what is wrong by path. Nothing is refused yet."""
    problems = Problems()
    read = fields.read(problems, given, AUDIENCE, "audience")
    if problems:
        return {}, problems
    problems |= contradictions(kind, read)
    return settled(problems, read, known, live), problems


def rules_of(audience: Mapping[str, Any], side: Side) -> Rules:
    """The rules of a side, of a part of a document as it is stored or told."""
    return Rules(
        Fit(audience.get(f"{side}_fit", Fit.ALL)),
        tuple(_rule(one) for one in audience.get(side, [])),
    )


def contradictions(kind: ProgramType, audience: Mapping[str, Any]) -> Problems:
    """What nobody can fit, and a side that the type of programme does not have, by path."""
    wrong = Problems()
    if kind is ProgramType.PEER and audience[Side.MENTORS]:
        wrong[f"audience.{Side.MENTORS}"] = _("Among peers nobody is a mentor. Say whom it is for, no more.")
    for side in Side:
        rules = rules_of(audience, side)
        if rules.fit is Fit.ALL:
            wrong |= {f"audience.{side}[{place}]": words for place, words in _against(rules.rules)}
    return wrong


def settled(problems: Problems, audience: Mapping[str, Any], known: Known, live: Mapping[str, Any]) -> Json:
    """The same with each value spelt as the records have it. One that nobody has is a problem, unless what is in force
    names it already."""
    held = {(rule.fact, text) for side in Side for rule in rules_of(live, side).rules for text in rule.texts}
    return {
        **audience,
        **{side.value: [
            _spelt(problems, f"audience.{side}[{place}].value", one, known, held)
            for place, one in enumerate(audience[side], start=1)
        ] for side in Side},
    }


def _spelt(
    problems: Problems, path: str, one: Mapping[str, Any], known: Known, held: set[tuple[Fact, str]]
) -> Json:
    fact, there = Fact(one["fact"]), known.get(Fact(one["fact"]), {})
    if not isinstance(one["value"], list):
        return {**one}
    spelling = {folded(name): value for value, name in there.items()} | {folded(value): value for value in there}
    texts: list[str] = one["value"]
    spelt = list(dict.fromkeys(
        text if text in there or (fact, text) in held else spelling.get(folded(text), text) for text in texts
    ))
    unknown = [text for text in spelt if text not in there and (fact, text) not in held]
    if unknown:
        problems[path] = _unknown(", ".join(unknown), list(there))
    return {**one, "value": spelt}


def _unknown(text: str, there: list[str]) -> str:
    if not there:
        return _("The records know no such value: %(value)s. They have none of this kind.") % {"value": text}
    names = ", ".join(there[:NAMED_MOST]) + (" …" if len(there) > NAMED_MOST else "")
    return _("The records know no such value: %(value)s. They have: %(names)s.") % {"value": text, "names": names}


def _against(rules: tuple[Rule, ...]) -> Iterator[tuple[int, str]]:
    """Each rule that leaves nobody beside one before it, by its place."""
    for place, rule in enumerate(rules, start=1):
        clash = next((at for at, other in enumerate(rules[:place - 1], start=1) if _clash(rule, other)), None)
        if clash:
            yield place, _("This and rule %d leave nobody: no one can fit both.") % clash


def _clash(one: Rule, other: Rule) -> bool:
    if one.fact is not other.fact or one.fact is Fact.COURSE:
        return False
    if one.fact in MOST:
        (low, high), (least, most) = one.bounds, other.bounds
        return max(low, least) > min(high, most)
    if one.fact is Fact.MANAGES:
        return one.value != other.value
    if one.how is other.how is How.IS:
        return not set(one.texts) & set(other.texts)
    if one.how is not other.how:
        chosen, barred = (one, other) if one.how is How.IS else (other, one)
        return set(chosen.texts) <= set(barred.texts)
    return False


def _rule(stored: Mapping[str, Any]) -> Rule:
    value = stored["value"]
    return Rule(Fact(stored["fact"]), How(stored["how"]), tuple(value) if isinstance(value, list) else value)


def _value_kind(fact: Fact) -> fields.Kind:
    if fact in MOST:
        return fields.whole(0, MOST[fact])
    return fields.yes_no if fact is Fact.MANAGES else _texts


def _texts(problems: Problems, path: str, given: object) -> list[str]:
    """One text, or a list of them."""
    listed = [given] if isinstance(given, str) else given
    kind = fields.many(fields.words(VALUE_LETTERS, needed=True), 1, VALUES_MOST)
    return list(kind(problems, path, listed))


def _as_given(_problems: Problems, _path: str, given: object) -> object:
    """Read once the fact is known, which says of what kind it is."""
    return given


_RULE: Shape = {
    "fact": Setting(fields.one_of(Fact)), "how": Setting(fields.one_of(How)), "value": Setting(_as_given),
}
