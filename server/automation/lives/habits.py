"""What follows a mail with whoever gets it: most do what it asks for after some hours, some never."""

from dataclasses import dataclass

from server.automation.lives import acts, meetings
from server.automation.lives.acts import Act
from server.automation.lives.surveyed import answer_survey


@dataclass(frozen=True, slots=True)
class Habit:
    """What somebody does, how likely whoever is as keen as can be does it, and within how many hours."""

    act: Act
    chance: float
    within_h: int


JOINS, ANSWERS, BOOKS = Habit(acts.join, 0.6, 60), Habit(meetings.answer, 0.85, 72), Habit(meetings.book, 0.7, 30)
CHECKS_IN, DECIDES = Habit(acts.check_in, 0.7, 70), Habit(acts.decide, 1.0, 8)
DOES_STEP, GOES_FURTHER = Habit(meetings.take_step, 0.6, 48), Habit(meetings.go_further, 0.3, 48)

HABITS: dict[str, Habit] = {
    **dict.fromkeys(("L01", "L02", "E01", "E02", "E03", "E04", "E05", "E06", "E17"), JOINS),
    **dict.fromkeys(("T01", "T02"), Habit(acts.train, 0.8, 40)),
    "M02": Habit(meetings.ask, 0.85, 48),
    **dict.fromkeys(("M03", "M04"), ANSWERS),
    **dict.fromkeys(("M08", "X05", "X03", "F01", "F02", "F03", "S08", "I01", "I02", "Z02"), BOOKS),
    **dict.fromkeys(("M01", "M07", "C04"), DECIDES),
    **dict.fromkeys(("R01", "C03", "Z04", "Z04-again", "Z05"), CHECKS_IN),
    **dict.fromkeys(("S07", "C01", "C02", "Z10"), Habit(answer_survey, 0.5, 60)),
    "C03-form": Habit(answer_survey, 0.4, 200),
    **dict.fromkeys(("G04", "G05"), DOES_STEP),
    **dict.fromkeys(("G01", "G01-met"), Habit(acts.word_goal, 0.7, 40)),
    **dict.fromkeys(("Z03", "Z03-proposed"), GOES_FURTHER),
    "R03": Habit(meetings.look_for_another, 0.8, 60),
    "I05": Habit(meetings.keep, 0.5, 100),
    "S05": Habit(meetings.say_what_became, 0.7, 1),
    "S04": Habit(meetings.move, 0.06, 3),
    "S10": Habit(meetings.keep_promises, 0.8, 20),
    "A02": Habit(meetings.reply, 0.9, 20),
}
"""By the kind of the mail. A kind that is not here is read, and that is all."""
SESSION_KINDS = frozenset({"S01", "S02"})
"""Mails after which there is a session to go to."""
AFTER_SESSION_H = (1, 20)
