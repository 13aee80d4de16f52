"""The messages of a programme's own, as part of its document: read with what is wrong by path. Pure.

    [messages.OWN.say-hello]
    name = "Say hello"
    when = "NOT_WRITTEN"
    days = 2
    to = "MENTEE"
    only_if = "FIRST_MATCH"
    words = {en = {subject = "A word to {other}?", body = "Two lines are enough."}}
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from server.automation.steps import TRIGGERS
from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.notifications.conditions.choices import own_choices, own_fault
from server.notifications.wording.names import names_of_own
from server.notifications.wording.words import faults_beside
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.telling import OWN, Condition, Reader, Trigger, Wording, own_messages

MOST, DAYS_MOST, NAME_LETTERS, KEY_LETTERS = 10, 366, 80, 20
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WAITS_FOR = frozenset({
    Trigger.NOT_MATCHED, Trigger.NOT_WRITTEN, Trigger.UNANSWERED, Trigger.NOT_BOOKED, Trigger.NOT_MET, Trigger.QUIET,
    Trigger.NO_GOAL,
})
"""What tells that something did not happen: that takes a day at least."""
AFTER_ALL = frozenset({
    Trigger.FORM_DONE, Trigger.JOINED, Trigger.NOT_MATCHED, Trigger.FIRST_UNMATCH, Trigger.GOAL_SET, Trigger.GOAL_DONE,
    Trigger.ENDED,
})
"""What does not need a match that runs: the rest goes before its last day or never."""
ReadWords = Callable[[Problems, str, object], Json]


def read_own(problems: Problems, path: str, given: object, words: ReadWords) -> Json:
    """A programme's messages of its own by their keys; `words` reads those of each language."""
    if not isinstance(given, dict) or len(given) > MOST:
        problems[path] = _("Here a table is needed, with at most %d messages by their keys.") % MOST
        return {}
    shape: Shape = {
        "name": Setting(fields.words(NAME_LETTERS, needed=True)),
        "when": Setting(fields.one_of(Trigger)),
        "days": Setting(fields.whole(0, DAYS_MOST), 0),
        "to": Setting(fields.one_of(Reader), Reader.BOTH.value),
        "only_if": Setting(fields.maybe(fields.one_of(Condition)), None),
        "words": Setting(words),
    }
    return {str(key): _read_one(problems, f"{path}.{key}", str(key), given[key], shape) for key in given}


def beyond(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Days that never come, because a match is over by then, by path."""
    for one in own_messages(content["messages"]):
        if one.when not in AFTER_ALL and one.days >= content["duration_days"]:
            words = _("A match lasts %d days here. There is no such moment in it.")
            yield f"messages.{OWN}.{one.key}.days", words % content["duration_days"]


def _read_one(problems: Problems, path: str, key: str, given: object, shape: Shape) -> Json:
    before = len(problems)
    read = fields.read(problems, given, shape, path)
    if len(problems) == before:
        problems |= {f"{path}.{name}" if name else path: said for name, said in _wrong(key, read)}
    return read


def _wrong(key: str, read: Json) -> Iterator[tuple[str, str]]:
    """What cannot be together in one message, by the end of its path."""
    when, to = Trigger(read["when"]), Reader(read["to"])
    if not KEY.fullmatch(key) or len(key) > KEY_LETTERS:
        yield "", _("Its key has small letters, digits and hyphens alone, and at most %d of them.") % KEY_LETTERS
    if not read["days"] and when in WAITS_FOR:
        yield "days", _("That something did not happen takes a day at least.")
    if to not in TRIGGERS[when].readers:
        yield "to", _("Who runs the programme hears nothing of this one by one: goals and firsts are people’s own.")
    if read["only_if"]:
        condition = Condition(read["only_if"])
        if wrong := own_fault(when, condition):
            yield "only_if", wrong
        elif condition not in own_choices(when, to):
            yield "only_if", _("Write one of these: %s.") % ", ".join(one.value for one in own_choices(when, to))
    if not read["words"]:
        yield "words", _("Write its words in one language at least.")
    for tag, words in read["words"].items():
        needed = "who" if to is Reader.RUNS else ""
        for name, said in faults_beside(names_of_own(when, to), Wording(**words), needed).items():
            yield f"words.{tag}.{name}", said
