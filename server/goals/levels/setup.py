"""The part `goal_privacy` of a programme's document: who may read goals, and what is usual. Pure.

    [goal_privacy]
    levels = ["PRIVATE", "PAIR", "MANAGERS"]     # what people choose from
    usual = "PAIR"                               # what a new goal has where nobody chose

A goal keeps the level that it has, whatever becomes of this.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from server.goals.states import GoalPrivacy
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.programs.plans import fields
from server.programs.plans.fields import Setting, Shape
from server.programs.plans.parts import Part

LEVELS: Shape = {
    "levels": Setting(fields.many(fields.one_of(GoalPrivacy), 1, len(GoalPrivacy)), [GoalPrivacy.PAIR.value]),
    "usual": Setting(fields.one_of(GoalPrivacy), GoalPrivacy.PAIR.value),
}
GOAL_PRIVACY_PART = Part("goal_privacy", fields.table(LEVELS), {})


class Levels(NamedTuple):
    """What people of a programme choose from, and what a goal has where nobody chose."""

    levels: tuple[GoalPrivacy, ...]
    usual: GoalPrivacy

    def beside(self, own: GoalPrivacy | None) -> tuple[GoalPrivacy, ...]:
        """What the owner of a goal of one level chooses from: what it has may stay."""
        return tuple(one for one in GoalPrivacy if one in self.levels or one is own)

    def chosen(self, said: GoalPrivacy | None, own: GoalPrivacy | None = None) -> GoalPrivacy:
        """The level of a goal for which somebody said one, or did not; `own` is what it has.

        Raises:
            Invalid: the programme does not offer it.
        """
        level = said or own or self.usual
        if said and said not in self.beside(own):
            raise Invalid({"privacy": _("Choose one of those who may read it here.")})
        return level


def levels_of(stored: Mapping[str, Any]) -> Levels:
    """What people choose from, of what is stored of a programme."""
    said = GOAL_PRIVACY_PART.told(stored)
    return Levels(tuple(GoalPrivacy(one) for one in said["levels"]), GoalPrivacy(said["usual"]))


def contradictions(said: Mapping[str, Any]) -> dict[str, str]:
    """What cannot be, by its path."""
    wrong = {}
    if any(count > 1 for count in Counter(said["levels"]).values()):
        wrong["goal_privacy.levels"] = _("Name each level once.")
    if said["usual"] not in said["levels"]:
        wrong["goal_privacy.usual"] = _("What is usual must be one of those that people choose from.")
    return wrong
