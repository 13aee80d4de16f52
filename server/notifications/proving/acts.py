"""What a message asks for, as a fact: whoever does it has acted, whether the message reached them or not."""

from collections.abc import Mapping
from typing import NamedTuple


class Act(NamedTuple):
    """Kinds of messages that ask for a fact; `about` names what both are about. With `own`, only who did it acted."""

    kinds: tuple[str, ...]
    about: str
    own: bool = False


TO_BOOK = Act(("F01", "F02", "F03", "S08", "I01", "I02", "Z02"), "match_id")
TO_ANSWER = Act(("M03", "M04"), "match_id", own=True)
TO_BEGIN = Act(("E01", "E02", "E03", "E04", "E06"), "enrollment_id")
TO_FINISH = Act(("E03", "E04", "E05", "E06"), "enrollment_id")
TO_TRAIN = Act(("T01", "T02"), "enrollment_id")
TO_SAY = Act(("R01", "C03", "Z04", "Z04-again", "Z05"), "invitation_id")
ACTS: Mapping[str, Act] = {
    "session.booked": TO_BOOK, "session.series_booked": TO_BOOK, "match.member_accepted": TO_ANSWER,
    "goal.activated": Act(("G01", "G01-met"), "match_id"), "enrollment.started": TO_BEGIN,
    "enrollment.activated": TO_FINISH, "enrollment.submitted": TO_FINISH, "survey.answered": TO_SAY,
    "training.done": TO_TRAIN,
}
