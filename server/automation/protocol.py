"""What a step is made of.

    Step("F01", MATCH, on=("match.activated",), since=began, moments=(Days(2),), to=who_books)

Its message's kind says when it is needless (server/notifications/catalogue); that is asked when it is due, and again
when the letter leaves.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tortoise import Model
from tortoise.queryset import QuerySet

from server.automation.moments import Days, Moment, Span, moved
from server.kernel.actor import Actor
from server.people.models import Person
from server.programs.plans.telling import Own, Reader, Trigger, own, own_messages

RULES = "message."
"""How the rules of steps begin; what follows is the key of the message."""
AT_ONCE = Span(timedelta())
"""When a message of a programme's own goes that waits no day."""
LATE = timedelta(days=7)
"""So long after its moment it still goes, when its fact is told late: a session that is entered days after it was."""

Since = Callable[[Actor, Any], Awaitable[date | None]]
"""From which moment, which is aware, or from which day."""
To = Callable[[Actor, Any], Awaitable[Sequence[Person]]]


@dataclass(frozen=True, slots=True)
class About:
    """A kind of thing that steps are about: the name that facts and messages give its id, and how it stands now.

    A fact about several names their ids in the plural. `open_in`: those of a programme that steps may still be planned
    for. `facts`: what its messages speak of besides.
    """

    name: str
    load: Callable[[Actor, UUID], Awaitable[Model]]
    open_in: Callable[[Actor, UUID], QuerySet[Any]]
    program_id: Callable[[Any], UUID] = lambda row: row.program_id
    cohort_id: Callable[[Any], UUID] = lambda row: row.cohort_id
    facts: Callable[[Any], Mapping[str, object]] = lambda row: {}  # noqa: ARG005  # as a rule its id says it all


class Going(NamedTuple):
    """One moment of a step as a programme has it. `own`: the key of the programme's own message that goes then; ""
    where it is one of Ithaca's."""

    number: int
    moment: Moment
    to: To
    own: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A message that goes by itself.

    `on`: the facts after which it is planned. `since`: from which moment its days are counted, asked anew when it is
    due; None where there is nothing to count from any more. Another moment is another occasion: what was planned for
    the one before is skipped, unless the step `moves`: then the same rows fall due later, and once they are done the
    next such fact plans them anew. One whose moment had passed when its fact happened is not planned, unless it moves:
    that one is about how long something lasts already. `to`: who it is for then. A step for `each` of them is planned
    in their own days; otherwise it is for whoever has the role when it is due, and one message tells them of all of a
    group that day.
    """

    kind: str
    about: About
    on: tuple[str, ...]
    since: Since
    moments: tuple[Moment, ...]
    to: To
    each: bool = True
    moves: bool = False

    @property
    def rule(self) -> str:
        """What its rows in the timetable are known by."""
        return f"{RULES}{self.kind}"

    def as_told(self, messages: Mapping[str, Any]) -> list[Going]:
        """Its moments in a programme with such `messages`; none where it is switched off there."""
        told = own(messages, self.kind)
        if not told.is_on:
            return []
        return [Going(number, moment, self.to) for number, moment in enumerate(self._moments(told))]

    def _moments(self, told: Own) -> Sequence[Moment]:
        if told.moments is None:
            return self.moments
        return [moved(usual, amount) for usual, amount in zip(self.moments, told.moments, strict=False)]


@dataclass(frozen=True, slots=True)
class Triggered(Step):
    """What messages of a programme's own may follow: their moments, readers and words are the programme's.

    `readers`: who may get one.
    """

    trigger: Trigger = field(kw_only=True)
    readers: Mapping[Reader, To] = field(kw_only=True)

    @property
    def rule(self) -> str:
        """What its rows in the timetable are known by."""
        return f"{RULES}{self.kind}.{self.trigger}"

    def as_told(self, messages: Mapping[str, Any]) -> list[Going]:
        """The programme's own messages that follow it, each with its moment."""
        return [
            Going(0, Days(one.days) if one.days else AT_ONCE, self.readers[one.to], one.key)
            for one in own_messages(messages) if one.when is self.trigger
        ]
