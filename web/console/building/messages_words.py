"""What people hear, and when, in words: each message with its moment, its channel, and what makes it needless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.lists import format_list

from server.automation import subjects
from server.automation.launching.planning import CALL, DAYS
from server.automation.moments import Count
from server.automation.steps import TRIGGERS
from server.automation.telling.allowed import OF_ACCOUNTS, is_timed, step_of
from server.automation.telling.limits import Crowd, crowds
from server.automation.telling.part import amounts_of
from server.kernel.text import gettext as _
from server.kernel.text import language_name, locale, ngettext
from server.notifications.catalogue import CATALOGUE
from server.notifications.conditions.choices import choices, said
from server.notifications.states import MessageClass
from server.notifications.wording.names import names_of
from server.programs.plans.telling import (
    BY_OPTION,
    OWN,
    ByChannel,
    Condition,
    Own,
    OwnMessage,
    own,
    own_message,
    own_messages,
)
from web.console.building import own_words
from web.console.building.part import Part
from web.dates import upper_first

if TYPE_CHECKING:
    from server.automation.building.queries import Plan
    from server.automation.protocol import Since

WEEK = 7


@dataclass(frozen=True, slots=True)
class Card:
    """One message of the timeline: `mark` says in a word what the programme set itself."""

    kind: str
    name: str
    detail: str
    mark: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a programme's time, with what goes by itself in it, and what is told when it happens."""

    title: str
    cards: list[Card]
    at_once: list[Card]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen from a list, by its name in the document; or `why` it cannot be."""

    name: str
    options: list[tuple[str, str]]
    why: str
    hint: str = ""

    @property
    def label(self) -> str:
        """What stands above the list."""
        return upper_first(_settings()[self.name])


def conditions(kind: str, chosen: str) -> list[tuple[str, str]]:
    """On what a message may depend, with what is chosen though it may not be."""
    offered = [*choices(kind), *(one for one in Condition if one == chosen and one not in choices(kind))]
    return [("", _("Nothing more: its own rule")), *((one.value, upper_first(said(one))) for one in offered)]


def channels() -> list[tuple[str, str]]:
    """How a message may go."""
    return [("", _("As each person has it")), *((one.value, text) for one, text in _channels().items())]


def senders(people: Mapping[str, str], chosen: str) -> list[tuple[str, str]]:
    """In whose name a message may come, with who is chosen though they run the programme no more."""
    gone = {chosen: _("Number %s, who runs it no more") % chosen} if chosen and chosen not in people else {}
    return [("", _("Ithaca, as usual")), *people.items(), *gone.items()]


def stands_in(people: Mapping[str, str], chosen: str) -> str:
    """Who signs instead of somebody who runs the programme no more; empty while who is chosen does."""
    return _("Until you choose again, it comes from Ithaca as usual.") if chosen and chosen not in people else ""


def _settings() -> dict[str, str]:
    """What the settings of a message are called that are neither words nor moments."""
    return {"on": _("it goes"), "only_if": _("only if"), "channel": _("how it goes"), "sender": _("in whose name")}


def _channels() -> dict[ByChannel, str]:
    return {
        ByChannel.PUSH_FIRST: _("Push first, mail only where push does not arrive"),
        ByChannel.MAIL_ONLY: _("Mail only"),
    }


def stretches(messages: Mapping[str, Any]) -> list[Stretch]:
    """Every message that belongs to a programme, in the order in which people meet them."""
    found: dict[tuple[int, str], Stretch] = {}
    for kind in CATALOGUE:
        if kind in OF_ACCOUNTS or kind == OWN:
            continue
        told = own(messages, kind)
        place = _place(kind, told)
        there = found.setdefault(place, Stretch(place[1], [], []))
        (there.cards if is_timed(kind) else there.at_once).append(_card(kind, told))
    return [found[place] for place in sorted(found)]


def named(kind: str, messages: Mapping[str, Any] | None = None) -> str:
    """What a message is called; one of the programme's own (`OWN.key`) as its `messages` name it."""
    its_own = own_message(messages or {}, kind.partition(".")[2])
    return its_own.name if its_own else _(CATALOGUE[kind.partition(".")[0]].name)


def moment(kind: str, told: Own) -> str:
    """When a message goes, as the programme has it."""
    amounts = amounts_of(kind, told)
    if not is_timed(kind):
        return _("When it happens")
    if not amounts:
        return _("At moments that are fixed")
    if amounts[0] == (Count.DAYS_AFTER, 0):
        return _("On the day %s") % event(kind)
    return _("%(time)s %(event)s") % {"time": counted(amounts), "event": event(kind)}


def counted(amounts: list[tuple[Count, int]]) -> str:
    """"1 and 4 days after", without what it follows."""
    numbers = format_list([str(amount) for _count, amount in amounts], "standard", locale())
    last = amounts[-1][1]
    words = {
        Count.DAYS_AFTER: ngettext("%s day after", "%s days after", last),
        Count.DAYS_BEFORE: ngettext("%s day before", "%s days before", last),
        Count.WORKING_DAYS_BEFORE: ngettext("%s working day before", "%s working days before", last),
        Count.HOURS_AFTER: ngettext("%s hour after", "%s hours after", last),
        Count.HOURS_BEFORE: ngettext("%s hour before", "%s hours before", last),
    }
    return words[amounts[0][0]] % numbers


def unit(count: Count) -> str:
    """The label of a field for such an amount."""
    return {
        Count.DAYS_AFTER: _("Days after"), Count.DAYS_BEFORE: _("Days before"),
        Count.WORKING_DAYS_BEFORE: _("Working days before"), Count.HOURS_AFTER: _("Hours after"),
        Count.HOURS_BEFORE: _("Hours before"),
    }[count]


def event(kind: str, its_own: OwnMessage | None = None) -> str:
    """What a message that goes by itself is counted from."""
    if kind in DAYS:
        return _("you hear that places are short") if kind == CALL else _("people can join")
    step = TRIGGERS[its_own.when] if its_own else step_of(kind)
    said = _events().get(step.since) if step else None
    return said or _("what it follows")


def _events() -> dict[Since, str]:
    return {
        subjects.invited: _("the invitation"), subjects.started: _("the form was begun"),
        subjects.asked: _("the request"), subjects.began: _("the match begins"),
        subjects.ends: _("the last day"), subjects.last_met: _("the last session"),
        subjects.first_met: _("the first session"), subjects.met: _("a session"),
        subjects.takes_place: _("the session"), subjects.took_place: _("the session"),
        subjects.waits: _("they began to wait"), subjects.takes_part: _("they take part"),
        subjects.step_due: _("the day of the step"), subjects.promised: _("the day of the promise"),
        subjects.had_its_time: _("the last day"), subjects.asked_meanwhile: _("the questions"),
        subjects.asked_last: _("the questions"), subjects.rests_since: _("the last change"),
        subjects.handed_in: _("the form is handed in"), subjects.ended_early: _("a match ended early"),
        subjects.first_word: _("the first message"), subjects.last_word: _("the last message"),
        subjects.first_booked: _("the first session is booked"), subjects.worded: _("a goal is set"),
        subjects.achieved: _("a goal is reached"),
    }


def channel(kind: str, told: Own) -> str:
    """How a message reaches people."""
    if told.channel is ByChannel.PUSH_FIRST:
        return _("Push, else mail")
    return _("Mail, and push") if CATALOGUE[kind].pushes and told.channel is None else _("Mail")


def stops(kind: str) -> str:
    """What makes a message needless."""
    return _(CATALOGUE[kind].stops_when)


def setting(name: str) -> str:
    """What a setting of a message is called, by the end of its path (`F01.words.en.subject`)."""
    kind, _dot, rest = name.partition(".")
    if kind == OWN:
        return own_words.setting(rest)
    of = _("“%s”") % (named(kind) if kind in CATALOGUE else kind)
    if not rest.startswith("words."):
        return f"{of}: {_settings().get(rest, _('moment'))}"
    tag, _dot, part = rest.removeprefix("words.").rpartition(".")
    return f"{of}: {_('subject') if part == 'subject' else _('text')}, {language_name(tag)}"


def set_to(path: str, given: object) -> str:
    """What one of them is set to, where that is not said as everywhere."""
    if given is None:
        return _("as usual")
    if path.startswith(f"messages.{OWN}.") and (told := own_words.set_to(path, given)):
        return told
    if path.endswith(".only_if"):
        return said(Condition(str(given)))
    if path.endswith(".channel"):
        return _channels()[ByChannel(str(given))]
    return ", ".join(str(one) for one in given) if isinstance(given, list) else ""


def languages(told: Own) -> str:
    """In which languages a programme has words of its own."""
    return ", ".join(language_name(tag) for tag in told.words) or _("As usual, in every language")


def language_links(tags: Iterable[str]) -> list[tuple[str, str]]:
    """Languages by their tags and names."""
    return [(tag, language_name(tag)) for tag in tags]


def about(kind: str, told: Own, signers: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is known of a message beside its fields; `signers`: who may sign it, by their numbers."""
    only_if = [(_("Only if"), said(told.only_if))] if told.only_if else []
    return [
        (_("Goes"), moment(kind, told)), *only_if, (_("By"), channel(kind, told)),
        (_("From"), signers.get(told.sender, _("Ithaca, as usual"))), (_("Stops when"), stops(kind)),
        (_("Own words"), languages(told)),
    ]


def names(kind: str) -> list[tuple[str, str]]:
    """The names in braces that words for a message may hold, and what they mean."""
    return [(f"{{{key}}}", _(one.means)) for key, one in names_of(kind).items()]


def limits(messages: Mapping[str, Any], kind: str = "") -> tuple[str, str, str]:
    """Whether reminders meet the limits: words, kind and icon of a note; with `kind`, those that this one meets."""
    met = [one for one in crowds(messages) if not kind or kind in one.kinds]
    if met:
        return " ".join(_meets(one, messages) for one in met), "sun", "warning"
    rule = _("Within the limits: one reminder a day and three in seven days for each person, over all programmes.")
    return rule, "leaf", "tick"


def _meets(crowd: Crowd, messages: Mapping[str, Any]) -> str:
    names = [_("“%s”") % named(kind, messages) for kind in dict.fromkeys(crowd.kinds)]
    told = format_list(names, "standard", locale())
    count = Count.DAYS_AFTER if crowd.day >= 0 else Count.DAYS_BEFORE
    begins = event(crowd.kinds[0], own_message(messages, crowd.kinds[0].partition(".")[2]))
    when = _("%(time)s %(event)s") % {"time": counted([(count, abs(crowd.day))]), "event": begins}
    if crowd.is_one_day:
        return _("%(messages)s meet %(when)s, and go in one letter.") % {"messages": told, "when": when}
    return _("%(messages)s are more than three in seven days. The last of them, %(when)s, waits.") % {
        "messages": told, "when": when}


def sent() -> str:
    """Said after a test was asked for."""
    return _("A test is on its way to your mailbox. Nobody else gets it.")


def _card(kind: str, told: Own) -> Card:
    when = moment(kind, told)
    if told.only_if:
        when = _("%(moment)s, only if %(condition)s") % {"moment": when, "condition": said(told.only_if)}
    return Card(
        kind, named(kind), _("%(moment)s. %(channel)s") % {"moment": when, "channel": channel(kind, told)}, _mark(told)
    )


def _mark(told: Own) -> str:
    if not told.is_on:
        return _("Off")
    if told.words:
        return _("Own words")
    return _("Moved") if told.moments else ""


def _place(kind: str, told: Own) -> tuple[int, str]:
    """Where a message stands: its order, and the title of that stretch."""
    step, amounts = step_of(kind), amounts_of(kind, told)
    if CATALOGUE[kind].message_class is MessageClass.REPORT:
        return 900, _("To who runs it")
    if step and step.since is subjects.began and amounts:
        week = (amounts[0][1] - 1) // WEEK + 1
        return 200 + week, _("Week %d") % week
    return _places()[next((key for key in _places() if kind.startswith(key)), "")]


def _places() -> dict[str, tuple[int, str]]:
    return {
        "L": (50, _("When it opens")),
        "Z01": (700, _("Last month")), "Z02": (700, _("Last month")), "Z03": (700, _("Last month")),
        "Z09": (100, _("Joining")), "E": (100, _("Joining")), "M": (150, _("Until a match")),
        "S": (400, _("Sessions")), "A": (400, _("Sessions")), "G": (450, _("Goals")), "R": (500, _("Questions")),
        "C": (500, _("Questions")), "I": (600, _("When it goes quiet")), "Z": (800, _("After")),
        "X": (850, _("When something changes")), "": (950, _("Everything else")),
    }


def _title() -> str:
    return _("Messages")


def _told(plan: Plan) -> str:
    messages = plan.content["messages"]
    set_here = {kind: own(messages, kind) for kind in messages if kind != OWN}
    its_own = len(own_messages(messages))
    if not set_here and not its_own:
        return _("Everything goes as usual.")
    off = sum(not one.is_on for one in set_here.values())
    besides = sum(one.is_on for kind, one in set_here.items() if kind in BY_OPTION)
    worded = sum(bool(one.words) for one in set_here.values())
    moved = sum(one.moments is not None for one in set_here.values())
    narrowed = sum(one.only_if is not None for one in set_here.values())
    sent = sum(one.channel is not None for one in set_here.values())
    signed = sum(bool(one.sender) for one in set_here.values())
    return " ".join(words for count, words in (
        (off, ngettext("%d message is off.", "%d messages are off.", off) % off),
        (besides, ngettext("%d goes that is off as usual.", "%d go that are off as usual.", besides) % besides),
        (moved, ngettext("%d goes on another day.", "%d go on other days.", moved) % moved),
        (worded, ngettext("%d has words of its own.", "%d have words of their own.", worded) % worded),
        (narrowed, ngettext("%d depends on something more.", "%d depend on something more.", narrowed) % narrowed),
        (sent, ngettext("%d goes by a channel of its own.", "%d go by channels of their own.", sent) % sent),
        (signed, ngettext("%d is signed by somebody.", "%d are signed by somebody.", signed) % signed),
        (its_own, ngettext("%d is the programme's own.", "%d are the programme's own.", its_own) % its_own),
    ) if count)


PART = Part("messages", _title, _told)
