"""The messages of a programme's own in words: when this, then that, to whom, unless."""

from collections.abc import Mapping
from typing import Any

from server.kernel.text import gettext as _
from server.kernel.text import language_name, ngettext
from server.notifications.conditions.choices import UNTIL, said
from server.notifications.wording.names import names_of_own
from server.programs.plans.telling import Condition, OwnMessage, Reader, Trigger, own_messages
from web.dates import upper_first


def triggers() -> dict[Trigger, str]:
    """What a message may follow."""
    return {
        Trigger.FORM_DONE: _("Somebody has completed their profile: the form is handed in"),
        Trigger.JOINED: _("Somebody takes part"),
        Trigger.NOT_MATCHED: _("Somebody takes part and has no match"),
        Trigger.MATCHED: _("A match begins"),
        Trigger.FIRST_MATCH: _("Somebody’s first match begins"),
        Trigger.FIRST_UNMATCH: _("Somebody’s first match ends early"),
        Trigger.WROTE: _("The first message is written in a match"),
        Trigger.NOT_WRITTEN: _("A match begins and nobody writes"),
        Trigger.UNANSWERED: _("A message in a match is not answered"),
        Trigger.BOOKED: _("The first session is booked"),
        Trigger.NOT_BOOKED: _("A match begins and no session is booked"),
        Trigger.FIRST_MET: _("The first session took place"),
        Trigger.NOT_MET: _("A match begins and no session takes place"),
        Trigger.MET: _("A session took place, each time"),
        Trigger.QUIET: _("Nobody has met for so long"),
        Trigger.GOAL_SET: _("A goal is set, or worded anew"),
        Trigger.NO_GOAL: _("A match begins and no goal is set"),
        Trigger.GOAL_DONE: _("A goal is reached"),
        Trigger.ENDED: _("A match has had its time"),
    }


def readers() -> dict[Reader, str]:
    """To whom one may go."""
    return {
        Reader.BOTH: _("Everybody it is about"), Reader.MENTEE: _("Who learns: mentees, peers, members"),
        Reader.MENTOR: _("Who mentors or leads"), Reader.RUNS: _("Who runs the programme"),
    }


def conditions() -> list[tuple[str, str]]:
    """On what one may depend besides."""
    offered = [(one.value, upper_first(said(one))) for one in Condition]
    return [("", _("Nothing more: what stops it by itself")), *offered]


def sentence(one: OwnMessage) -> str:
    """When it goes, and to whom."""
    when = ngettext("%d day later", "%d days later", one.days) % one.days if one.days else _("At once")
    said_of = {"event": triggers()[one.when], "when": when, "who": readers()[one.to]}
    told = _("%(event)s. %(when)s. To: %(who)s.") % said_of
    return f"{told} {_needs(one)}" if _needs(one) else told


def _needs(one: OwnMessage) -> str:
    needed = [*UNTIL.get(one.when, ()), *((one.told.only_if,) if one.told.only_if else ())]
    return _("Only while %s.") % _(" and ").join(said(each) for each in needed) if needed else ""


def rows(messages: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """All of a programme: key, name and sentence."""
    return [(one.key, one.name, sentence(one)) for one in own_messages(messages)]


def names(one: OwnMessage | None) -> list[tuple[str, str]]:
    """The names in braces that its words may hold; of one that is new, all that there are."""
    offered = names_of_own(one.when, one.to) if one else {
        **names_of_own(Trigger.MATCHED, Reader.BOTH), **names_of_own(Trigger.MATCHED, Reader.RUNS)}
    return [(f"{{{key}}}", _(each.means)) for key, each in offered.items()]


def setting(path: str) -> str:
    """What a setting of one is called, by the end of its path (`say-hello.words.en.subject`)."""
    key, _dot, rest = path.partition(".")
    of = _("Message of your own, %s") % key
    if not rest.startswith("words."):
        return f"{of}: {_labels().get(rest, rest)}" if rest else of
    tag, _dot, part = rest.removeprefix("words.").rpartition(".")
    return f"{of}: {_('subject') if part == 'subject' else _('text')}, {language_name(tag)}"


def set_to(path: str, given: object) -> str:
    """What one of them is set to, where that is a word of ours."""
    name, value = path.rpartition(".")[2], str(given)
    told = {"when": {one.value: words for one, words in triggers().items()},
            "to": {one.value: words for one, words in readers().items()}}
    return told.get(name, {}).get(value, "")


def _labels() -> dict[str, str]:
    return {
        "name": _("name"), "when": _("what it follows"), "days": _("days after"), "to": _("to whom"),
        "only_if": _("only if"),
    }
