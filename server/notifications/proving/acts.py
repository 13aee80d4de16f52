"""What a message asks for, as a fact: whoever does it has acted, whether the message reached them or not."""

from collections.abc import Mapping
from typing import NamedTuple

from server.programs.plans.telling import OWN, Trigger


class Act(NamedTuple):
    """Kinds of messages that ask for a fact, and after what a programme's own do; `about` names what both are about.
    `by`: what in the fact names who did it, where nobody else acted."""

    kinds: tuple[str, ...]
    about: str
    own: frozenset[Trigger] = frozenset()
    by: str = ""


TO_BOOK = Act(
    ("F01", "F02", "F03", "S08", "I01", "I02", "Z02"), "match_id", frozenset({Trigger.NOT_BOOKED, Trigger.QUIET})
)
TO_MEET = Act((), "match_id", frozenset({Trigger.NOT_MET}))
TO_WRITE = Act((), "match_id", frozenset({Trigger.NOT_WRITTEN, Trigger.UNANSWERED}), by="author_id")
TO_ANSWER = Act(("M03", "M04"), "match_id", by="person_id")
TO_BEGIN = Act(("E01", "E02", "E03", "E04", "E06"), "enrollment_id")
TO_FINISH = Act(("E03", "E04", "E05", "E06"), "enrollment_id")
TO_TRAIN = Act(("T01", "T02"), "enrollment_id")
TO_SAY = Act(("R01", "C03", "Z04", "Z04-again", "Z05"), "invitation_id")
ACTS: Mapping[str, Act] = {
    "session.booked": TO_BOOK, "session.series_booked": TO_BOOK, "match.member_accepted": TO_ANSWER,
    "session.held": TO_MEET, "session.logged": TO_MEET, "message.sent": TO_WRITE,
    "goal.activated": Act(("G01", "G01-met"), "match_id", frozenset({Trigger.NO_GOAL})), "enrollment.started": TO_BEGIN,
    "enrollment.activated": TO_FINISH, "enrollment.submitted": TO_FINISH, "survey.answered": TO_SAY,
    "training.done": TO_TRAIN,
}


def asks(kind: str, when: str | None) -> bool:
    """Whether a message asks for something that is counted; `when`: what one of a programme's own follows."""
    return any(when in act.own if kind == OWN else kind in act.kinds for act in ACTS.values())
