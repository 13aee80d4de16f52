"""The goal sentence as it is typed: its four parts, and what must be true of them to be stored."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.people.models import Competency, Person

SENTENCE_LETTERS = 300
FARTHEST_DAYS = 5 * 366
"""How far ahead a day may lie: a goal is meant for two weeks to a year (F25); beyond five years it is a slip."""


@dataclass(frozen=True)
class Wording:
    """The four parts: want, measure, what it builds on, by when."""

    want: str
    measure: str = ""
    competency_id: UUID | None = None
    due_on: date | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it can be worked on: a wish, a measure and a date (decision 13 of the design)."""
        return bool(self.want and self.measure and self.due_on)


def wording_of(goal: Goal) -> Wording:
    """A goal's wording as it stands."""
    return Wording(goal.want, goal.measure, goal.competency_id, goal.due_on)


def is_too_far(day: date) -> bool:
    """Whether a day lies farther ahead than anybody plans (more than FARTHEST_DAYS days)."""
    return (day - clock.now().date()).days > FARTHEST_DAYS


async def checked(actor: Actor, owner: Person, said: Wording, before: Goal | None = None) -> Wording:
    """What was said, cleaned. `before` is the goal that it changes: a date it already has may stay.

    Raises:
        Invalid: nothing was said, a text is too long, the date is past or too far ahead, the skill is not of the
            framework, or an active goal would lose its measure or date.
    """
    problems: dict[str, str] = {}
    want = typed(problems, "want", said.want, at_most=SENTENCE_LETTERS, needed=_("Say what you want to do."))
    active = before is not None and before.state is GoalState.ACTIVE
    needed = _("Say how you will know that it worked.") if active else ""
    measure = typed(problems, "measure", said.measure, at_most=SENTENCE_LETTERS, needed=needed)
    if active and not said.due_on:
        problems["due_on"] = _("Choose a date for your goal.")
    if said.due_on and said.due_on <= clock.today(owner.zone) and not (before and before.due_on == said.due_on):
        problems["due_on"] = _("Choose a day after today.")
    if said.due_on and is_too_far(said.due_on):
        problems["due_on"] = _("Choose a day within five years.")
    if said.competency_id and not await _is_known(actor, said.competency_id):
        problems["competency_id"] = _("Choose a skill from the list.")
    check(problems)
    return Wording(want, measure, said.competency_id, said.due_on)


async def _is_known(actor: Actor, competency_id: UUID) -> bool:
    return await Competency.filter(organization_id=actor.organization_id, id=competency_id).exists()
