"""The part `training` of a programme's document: short steps, in their order. Pure.

    [[training]]
    key = "first-conversation"
    title = "Your first conversation"
    text = "Ask more than you advise. Agree when you meet next."
    link = "https://learn.example.org/mentoring"     # or none
    minutes = 5
    to = "LEADERS"          # EVERYBODY, LEARNERS (mentees, peers, members of circles), LEADERS (mentors, who leads)
    required = true         # nobody is matched before it is done
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.kernel.text import gettext as _
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part
from server.programs.states import ParticipantRole
from server.programs.training.states import Audience

STEPS_MOST, MINUTES_MOST = 12, 60
KEY_LETTERS, TITLE_LETTERS, TEXT_LETTERS, LINK_LETTERS = 30, 80, 1_200, 500
"""The text is read in a few minutes, on a phone."""
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LEADING = frozenset({ParticipantRole.MENTOR, ParticipantRole.FACILITATOR})

STEP: Shape = {
    "key": Setting(fields.words(KEY_LETTERS, needed=True)),
    "title": Setting(fields.words(TITLE_LETTERS, needed=True)),
    "text": Setting(fields.words(TEXT_LETTERS, needed=True)),
    "link": Setting(fields.link(LINK_LETTERS), ""),
    "minutes": Setting(fields.whole(1, MINUTES_MOST), 5),
    "to": Setting(fields.one_of(Audience), Audience.EVERYBODY.value),
    "required": Setting(fields.yes_no, True),
}
TRAINING_PART = Part("training", fields.many(fields.table(STEP), 0, STEPS_MOST), [])


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """One step. `key` is what having done it is remembered by while its words change."""

    key: str
    title: str
    text: str
    link: str
    minutes: int
    to: Audience
    required: bool

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "TrainingStep":
        """The step as a document has it."""
        return cls(**{**said, "to": Audience(said["to"])})

    def is_for(self, role: ParticipantRole) -> bool:
        """Whether it is for people in a role."""
        return self.to is Audience.EVERYBODY or (self.to is Audience.LEADERS) == (role in LEADING)


def steps_for(stored: Sequence[Mapping[str, Any]], role: ParticipantRole) -> list[TrainingStep]:
    """What a programme asks of people in a role, in its order."""
    return [step for step in map(TrainingStep.of, stored) if step.is_for(role)]


def slug(title: str) -> str:
    """A folded title as a key; "step" where nothing of it can stand in one."""
    return re.sub(r"[^a-z0-9]+", "-", title).strip("-")[: KEY_LETTERS - 3].strip("-") or "step"


def contradictions(steps: Sequence[Mapping[str, Any]]) -> Problems:
    """What steps ask for that cannot be, each by its path (`training[2].key`)."""
    keys, wrong = Counter(one["key"] for one in steps), Problems()
    for place, one in enumerate(steps, start=1):
        if not KEY.fullmatch(one["key"]):
            wrong[f"training[{place}].key"] = _("Use small letters, digits and hyphens alone.")
        elif keys[one["key"]] > 1:
            wrong[f"training[{place}].key"] = _("Another step has this key already.")
    return wrong
