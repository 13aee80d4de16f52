"""The part `messages` of a programme's document: read with what is wrong by path, and what contradicts itself. Pure.

Only what a programme sets itself stands there: `messages.F01 = {on, moments, words, only_if, channel, sender}`; the
rest is as the catalogue and its step have it, so that a better translation arrives everywhere.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from babel import Locale, UnknownLocaleError

from server.automation.moments import Count
from server.automation.subjects import began, ends, first_met, last_met, met
from server.automation.telling.allowed import (
    MOST,
    step_of,
    usual_of,
    why_always,
    why_its_channel,
    why_its_sender,
    why_its_words,
    why_on,
    why_then,
)
from server.automation.telling.own import beyond, read_own
from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE
from server.notifications.conditions.choices import ASKED_OF, fault
from server.notifications.wording.words import BODY_LETTERS, SUBJECT_LETTERS, faults
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part
from server.programs.plans.telling import BY_OPTION, OWN, ByChannel, Condition, Own, Wording, own

LANGUAGES_MOST, NUMBER_LETTERS = 40, 120
IN_TURN = (("E03", "E04"), ("F01", "F02", "F03", "F04"), ("I01", "I02", "I03", "I04", "I05"), ("Z01", "Z02", "Z03"))
"""Messages of which each says more than the one before: their days keep that order."""
TELLS_OF = {"F04": ("F01", "F02", "F03"), "I03": ("I01", "I02"), "I04": ("I01", "I02", "I03")}
"""Reports whose words say that others were sent."""
WITHIN = {"M04": "answer_within_days", "E03": "invitation_days", "E04": "invitation_days"}
"""Reminders of what is open only for so long, and the setting that says how long."""
DURING = (began, ends, first_met, last_met, met)
"""From which moments steps are counted that happen while a match lasts."""
WORDING: Shape = {
    "subject": Setting(fields.words(SUBJECT_LETTERS, needed=True)),
    "body": Setting(fields.words(BODY_LETTERS, needed=True)),
}


def read_messages(problems: Problems, path: str, given: object) -> Json:
    """What a programme sets of each kind of message, in the catalogue's order; what is as usual is left out."""
    if not isinstance(given, dict):
        problems[path] = _("Here stands one value, and a table of settings is needed.")
        return {}
    for name in given:
        if name not in CATALOGUE:
            problems[f"{path}.{name}"] = _unknown(str(name))
    there = [kind for kind in CATALOGUE if kind in given and kind != OWN]
    read = {kind: _read_one(problems, f"{path}.{kind}", given[kind], kind) for kind in there}
    if OWN in given:
        read[OWN] = read_own(problems, f"{path}.{OWN}", given[OWN], _by_language(_read_wording))
    return {kind: one for kind, one in read.items() if one}


MESSAGES_PART = Part("messages", read_messages, {})


def contradictions(content: Mapping[str, Any]) -> Problems:
    """What messages cannot be together, or beside the rest of a document, by path."""
    messages = content["messages"]
    said = {kind: own(messages, kind) for kind in messages if kind in CATALOGUE and kind != OWN}
    found = {path: words for kind, one in said.items() for path, words in _too_late(kind, one, content)}
    found |= dict(beyond(content))
    for sequence in IN_TURN:
        found |= dict(_out_of_turn([kind for kind in sequence if own(messages, kind).is_on], messages))
    for report, told in TELLS_OF.items():
        its = own(messages, report)
        for kind in told:
            one = own(messages, kind)
            if its.is_on and not its.words and (not one.is_on or one.only_if):
                found[f"messages.{kind}.{'only_if' if one.is_on else 'on'}"] = _(
                    "“%(report)s” says that this was sent. Switch that off too, or give it words of its own."
                ) % {"report": _(CATALOGUE[report].name)}
    return found


def strangers(messages: Mapping[str, Any], held: Mapping[str, Any], may_sign: Collection[str]) -> Problems:
    """Letters in the name of somebody who runs nothing here, by path. What is in force already stays: without them it
    comes from the installation, and nobody has to mend that before they change something else."""
    signed = {kind: (own(messages, kind).sender, own(held, kind).sender) for kind in messages}
    return {
        f"messages.{kind}.sender": _(
            "Nobody with the number %s runs this programme and has an address for answers. Choose somebody who does."
        ) % now for kind, (now, was) in signed.items() if now and now != was and now not in may_sign
    }


def unsigned(messages: Mapping[str, Any], *, but_by: Collection[str] = ()) -> Json:
    """The same in nobody's name, or in the names of these alone: who runs one programme did not agree to sign the
    letters of another, and a version of last year names who has left."""
    return {
        kind: {name: value for name, value in one.items() if kind == OWN or name != "sender" or value in but_by}
        for kind, one in messages.items()
    }


def amounts_of(kind: str, told: Own) -> list[tuple[Count, int]]:
    """In what the moments of a kind are counted, and how much of it a programme has."""
    usual = usual_of(kind)
    if told.moments is None:
        return usual
    return [(count, amount) for (count, _usual), amount in zip(usual, told.moments, strict=False)]


def _read_one(problems: Problems, path: str, given: object, kind: str) -> Json:
    shape = {
        "on": Setting(fields.yes_no, kind not in BY_OPTION), "moments": Setting(fields.maybe(_moments(kind)), None),
        "words": Setting(_words(kind), {}), "only_if": Setting(fields.maybe(_only_if(kind)), None),
        "channel": Setting(fields.maybe(_unless(why_its_channel(kind), fields.one_of(ByChannel))), None),
        "sender": Setting(_unless(why_its_sender(kind), fields.words(NUMBER_LETTERS)), ""),
    }
    read = fields.read(problems, given, shape, path)
    if not read:
        return {}
    if not read["on"] and (why := why_on(kind)):
        problems[f"{path}.on"] = why
    return {name: value for name, value in read.items() if value != shape[name].usual}


def _moments(kind: str) -> fields.Kind:
    counts = usual_of(kind)

    def read(problems: Problems, path: str, given: object) -> list[int]:
        if not counts:
            problems[path] = why_then(kind)
            return []
        most = MOST[counts[0][0]]
        amounts: list[int] = fields.many(fields.whole(_least(counts), most), 1, len(counts))(problems, path, given)
        later = counts[0][0] is Count.DAYS_AFTER
        if any(one >= other if later else one <= other for one, other in pairwise(amounts)):
            problems[path] = _("Each of them has to be later than the one before.")
        return amounts
    return read


def _only_if(kind: str) -> fields.Kind:
    def read(problems: Problems, path: str, given: object) -> str | None:
        offered = {one.value: one for one in ASKED_OF.get(kind, ())}
        if not isinstance(given, str) or given not in offered:
            problems[path] = _("Write one of these: %s.") % ", ".join(offered)
        elif wrong := fault(kind, Condition(given)):
            problems[path] = wrong
        return given if isinstance(given, str) else None
    return _unless(why_always(kind), read)


def _unless(why: str, kind: fields.Kind) -> fields.Kind:
    """A setting that some messages cannot have, with why not."""
    def refuse(problems: Problems, path: str, given: object) -> None:  # noqa: ARG001  # as every kind is called
        problems[path] = why
    return refuse if why else kind


def _least(counts: Sequence[tuple[Count, int]]) -> int:
    return min(1, *(usual for _count, usual in counts))


def _words(kind: str) -> fields.Kind:
    return _unless(
        why_its_words(kind), _by_language(lambda problems, path, given: _read_words(problems, path, given, kind))
    )


def _by_language(read_one: Callable[[Problems, str, object], Json]) -> Callable[[Problems, str, object], Json]:
    """Words by the tags of their languages."""
    def read(problems: Problems, path: str, given: object) -> Json:
        if not isinstance(given, dict) or len(given) > LANGUAGES_MOST:
            problems[path] = _("Here a table is needed, with the words of each language.")
            return {}
        for tag in given:
            if not _is_language(str(tag)):
                problems[f"{path}.{tag}"] = _("Write the tag of a language, like en or pt-BR.")
        return {tag: read_one(problems, f"{path}.{tag}", given[tag]) for tag in sorted(given)}
    return read


def _read_wording(problems: Problems, path: str, given: object) -> Json:
    return fields.read(problems, given, WORDING, path)


def _read_words(problems: Problems, path: str, given: object, kind: str) -> Json:
    before = len(problems)
    read = _read_wording(problems, path, given)
    if len(problems) == before:
        problems |= {f"{path}.{name}": words for name, words in faults(kind, Wording(**read)).items()}
    return read


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return False
    return True


def _unknown(name: str) -> str:
    near = get_close_matches(name, CATALOGUE, n=1)
    if near:
        return _("There is no such message. Do you mean %s?") % str(near[0])
    return _("There is no such message.")


def _too_late(kind: str, told: Own, content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A moment that a programme chose, and that never comes in it."""
    if told.moments is None:
        return
    step = step_of(kind)
    setting = WITHIN.get(kind) or ("duration_days" if step and step.since in DURING else None)
    if setting and max(told.moments) >= content[setting]:
        words = {
            "answer_within_days": _("A request is open for %d days. Choose a day before it lapses."),
            "invitation_days": _("An invitation is open for %d days. Choose a day before it lapses."),
        }.get(setting, _("A match lasts %d days here. There is no such moment in it."))
        yield f"messages.{kind}.moments", words % content[setting]


def _out_of_turn(kinds: Sequence[str], messages: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Messages of a sequence that would go before the one they follow, where a programme moved one of them."""
    for before, after in pairwise(kinds):
        one, other = own(messages, before), own(messages, after)
        if one.moments is None and other.moments is None:
            continue
        (count, first), (_same, second) = amounts_of(before, one)[-1], amounts_of(after, other)[0]
        if first >= second if count is Count.DAYS_AFTER else first <= second:
            moved = after if other.moments else before
            yield f"messages.{moved}.moments", _("“%(after)s” has to come after “%(before)s”.") % {
                "after": _(CATALOGUE[after].name), "before": _(CATALOGUE[before].name)}
