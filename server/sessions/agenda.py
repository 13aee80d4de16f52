"""Three topics for a conversation, from what the two already said: pure, deterministic, nothing invented.

People's own words are quoted, never rephrased. Every topic names what it was drawn from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from textwrap import shorten

from babel.dates import format_skeleton

from server.kernel.text import gettext as _
from server.kernel.text import locale
from server.sessions.states import TopicSource

TOPICS = 3
CLOSING_MINUTES = 5
"""What a session keeps for its end: promises and the next time."""
QUOTE_LETTERS = 90


@dataclass(frozen=True)
class Facts:
    """What is known before a session. Empty text means that there is none.

    Attributes:
        first: whether they meet for the first time.
        want: the wish of the goal in focus; in a circle a goal that several named.
        measure: how its owner will know that it worked.
        goal_ready: whether the goal is active: wish, measure and date.
        step: title of the next milestone.
        step_due_on: its date.
        promises: open promises of both, the most urgent first.
        note: what was written last in a shared note.
        message: the last message between the two.
        in_circle: whether several meet, to whom no goal of one's own is quoted.
    """

    first: bool = False
    want: str = ""
    measure: str = ""
    goal_ready: bool = False
    step: str = ""
    step_due_on: date | None = None
    promises: Sequence[str] = ()
    note: str = ""
    message: str = ""
    in_circle: bool = False


@dataclass(frozen=True)
class Topic:
    """Something to talk about, with one question and how many minutes it may take."""

    text: str
    question: str
    source: TopicSource
    minutes: int = 0


def compose(facts: Facts, minutes: int) -> list[Topic]:
    """TOPICS topics for a session of `minutes`. A goal that is not ready comes first: finish it together."""
    chosen = [topic for topic, _place in zip(_candidates(facts), range(TOPICS), strict=False)]
    return [
        Topic(topic.text, topic.question, topic.source, share)
        for topic, share in zip(chosen, share_minutes(minutes), strict=True)
    ]


def share_minutes(minutes: int) -> list[int]:
    """A session's minutes for TOPICS topics in steps of five, the later ones longer; 45 gives 10, 15 and 15."""
    fives = max(TOPICS, (minutes - CLOSING_MINUTES) // 5)
    each, left = divmod(fives, TOPICS)
    return [5 * (each + (place >= TOPICS - left)) for place in range(TOPICS)]


def _candidates(facts: Facts) -> Iterator[Topic]:
    """Topics in the order of their weight; more than are ever needed."""
    if not facts.goal_ready and not facts.in_circle:
        yield _unfinished_goal(facts)
    if facts.first:
        yield from _beginning()
    promises = [_promise(text) for text in facts.promises]
    yield from promises[:1]
    if facts.message:
        yield Topic(_quoted(facts.message), _("What lies behind this?"), TopicSource.MESSAGE)
    if facts.note:
        yield _note(facts.note)
    if facts.step:
        yield _step(facts)
    if facts.goal_ready:
        yield _goal(facts.want)
    yield from promises[1:2]
    yield from _open_ends()


def _unfinished_goal(facts: Facts) -> Topic:
    if not facts.want:
        return Topic(
            _("Find a goal together"), _("What would you like to be able to do at the end?"), TopicSource.GOAL
        )
    question = _("By when would you like to be there?") if facts.measure else _("How would you both know it worked?")
    return Topic(_("Finish the goal: %(goal)s") % {"goal": _quoted(facts.want)}, question, TopicSource.GOAL)


def _beginning() -> Iterator[Topic]:
    yield Topic(_("Get to know each other"), _("What brought you to where you are today?"), TopicSource.START)
    yield Topic(_("How you want to work together"), _("What helps you, and what stays between you?"), TopicSource.START)


def _promise(text: str) -> Topic:
    return Topic(_("How it went: %(promise)s") % {"promise": _quoted(text)}, _("What would you do again?"),
                 TopicSource.PROMISE)


def _note(text: str) -> Topic:
    return Topic(_("Since last time: %(note)s") % {"note": _quoted(text)}, _("What has changed since then?"),
                 TopicSource.NOTE)


def _step(facts: Facts) -> Topic:
    title = _("Next milestone: %(title)s") % {"title": _quoted(facts.step)}
    if facts.step_due_on is None:
        return Topic(title, _("What is the smallest way to begin?"), TopicSource.MILESTONE)
    day = format_skeleton("MMMMd", datetime.combine(facts.step_due_on, time()), locale=locale())
    return Topic(title, _("It is due on %(day)s. What could get in the way?") % {"day": day}, TopicSource.MILESTONE)


def _goal(want: str) -> Topic:
    return Topic(_("On the way to the goal: %(goal)s") % {"goal": _quoted(want)},
                 _("What would help most before you meet again?"), TopicSource.GOAL)


def _open_ends() -> Iterator[Topic]:
    yield Topic(_("What is on your mind"), _("What would make this time worth it?"), TopicSource.START)
    yield Topic(_("Looking back"), _("What went better than you expected?"), TopicSource.START)
    yield Topic(_("Until next time"), _("What will each of you try?"), TopicSource.START)


def _quoted(text: str) -> str:
    return _("“%(words)s”") % {"words": shorten(text, QUOTE_LETTERS, placeholder=" …") or text[:QUOTE_LETTERS]}
