"""The names in braces that own words may hold, by what a kind of message is about.

What goals, steps, promises and notes say, and what people answered, has no name: nobody can put it in a letter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.lists import format_list

from server.kernel.dates import day, moment
from server.kernel.text import locale
from server.matches.company import members_now
from server.notifications.catalogue.kinds import N_
from server.notifications.scene import Scene
from server.programs.plans.telling import Reader, Trigger


@dataclass(frozen=True, slots=True)
class Name:
    """A name in braces: `means` in words for people, and what it stands for in a scene, in the language in force.

    `always`: whether it always stands for something. One that may be empty takes its paragraph with it.
    """

    key: str
    means: str
    value: Callable[[Scene], str]
    always: bool = True


def names_of(kind: str) -> dict[str, Name]:
    """The names that words for a kind may hold, as they are offered."""
    return {one.key: one for one in (*EVERYWHERE, *OF_KIND.get(kind, ()))}


def names_of_own(trigger: Trigger, to: Reader) -> dict[str, Name]:
    """The names that a message of a programme's own may hold: who runs it is told whom it is about, and who is in the
    match with whom. What is about a goal or one person names nobody else."""
    more = (WHO,) if to is Reader.RUNS else () if trigger in OF_ONE else (OTHER,)
    return {one.key: one for one in (*EVERYWHERE, *more)}


def _who(scene: Scene) -> str:
    if scene.match:
        return format_list([one.person.full_name for one in members_now(scene.match)], "standard", locale())
    return scene.enrollment.person.full_name if scene.enrollment else ""


def _day(value: Callable[[Scene], date | None]) -> Callable[[Scene], str]:
    def said(scene: Scene) -> str:
        found = value(scene)
        return day(found, scene.person.zone) if found else ""

    return said


def _moment(value: Callable[[Scene], datetime | None]) -> Callable[[Scene], str]:
    def said(scene: Scene) -> str:
        found = value(scene)
        return moment(found, scene.person.zone) if found else ""

    return said


def _times(scene: Scene) -> str:
    said = [moment(one, scene.person.zone) for one in scene.times]
    return format_list(said, "or", locale()) if said else ""


EVERYWHERE = (
    Name("name", N_("the first name of who gets it"), lambda scene: scene.person.first_name),
    Name("program", N_("the programme"), lambda scene: scene.program.name),
    Name("group", N_("the group"), lambda scene: scene.cohort.name if scene.cohort else ""),
    Name("organization", N_("the organisation"), lambda scene: scene.organization.name),
)
OTHER = Name("other", N_("the first name of the other, or “your circle”"), lambda scene: scene.partner.first_name)
TIMES = Name("times", N_("when both are free"), _times, always=False)
ANSWER_BY = Name(
    "answer_by", N_("the last day to answer"),
    _day(lambda scene: scene.match.answer_by if scene.match else None), always=False,
)
LAST_DAY = Name(
    "last_day", N_("the last day of the match"), _day(lambda scene: scene.match.ends_on if scene.match else None),
)
PROPOSED = Name(
    "proposed_day", N_("the last day that is proposed"),
    _day(lambda scene: scene.match.proposed_end_on if scene.match else None),
)
BACK_ON = Name("back_on", N_("the day on which it goes on"), _day(lambda scene: scene.back_on), always=False)
WHEN = Name(
    "when", N_("when the session is"), _moment(lambda scene: scene.session.starts_at if scene.session else None),
)
WHERE = Name(
    "where", N_("where the session is"), lambda scene: scene.session.place if scene.session else "", always=False,
)
OPEN_UNTIL = Name(
    "open_until", N_("the day on which the invitation ends"),
    _day(lambda scene: scene.enrollment.expires_at if scene.enrollment else None), always=False,
)
STEPS = Name(
    "steps", N_("the steps that are open"), lambda scene: "; ".join(one.title for one in scene.to_do), always=False,
)
JOIN_BY = Name(
    "join_by", N_("the last day to join"), _day(lambda scene: scene.cohort.enrol_by_on if scene.cohort else None),
    always=False,
)
SPONSOR = Name(
    "sponsor", N_("the first sponsor of the programme"),
    lambda scene: scene.sponsor.full_name if scene.sponsor else "", always=False,
)
PLACE = Name("place", N_("the place in the waiting list"), lambda scene: str(scene.place or ""), always=False)
STEP_DAY = Name(
    "step_day", N_("the day of the step"), _day(lambda scene: scene.milestone.due_on if scene.milestone else None),
)
PROMISED = Name(
    "promised_day", N_("the day of the promise"), _day(lambda scene: scene.promise.due_on if scene.promise else None),
)
END_DAY = Name("end_day", N_("the day on which it ends without an answer"), _day(lambda scene: scene.ends_quietly_at))
MATCHES = Name("matches", N_("who is in the matches that it is about"), lambda scene: "; ".join(scene.pairs))
PEOPLE = Name("people", N_("who it is about"), lambda scene: "; ".join(scene.pairs))
LEFT = Name("left", N_("the first name of who has left"), lambda scene: scene.left.first_name)
AUTHOR = Name("author", N_("the first name of who wrote"), lambda scene: scene.author.first_name)

WHO = Name("who", N_("whom it is about"), _who)
OF_ONE = frozenset({
    Trigger.FORM_DONE, Trigger.JOINED, Trigger.NOT_MATCHED, Trigger.GOAL_SET, Trigger.GOAL_DONE,
})
"""What is about one person; the rest is about a match."""

OF_KIND: Mapping[str, Sequence[Name]] = {
    **dict.fromkeys(("E01", "E02", "E03", "E04", "E05", "E13", "E14", "E15"), (OPEN_UNTIL,)),
    **dict.fromkeys(("L01", "E06", "E17"), (JOIN_BY,)), "L02": (SPONSOR, JOIN_BY),
    **dict.fromkeys(("E10", "E11"), (PLACE,)), **dict.fromkeys(("T01", "T02"), (STEPS,)),
    "M03": (OTHER, ANSWER_BY, TIMES), "M04": (OTHER, ANSWER_BY), "X01": (OTHER,), "X01-circle": (LEFT,),
    **dict.fromkeys(("M05", "M06", "M08", "X03", "X05", "G01", "G01-met", "G03"), (OTHER,)),
    **dict.fromkeys(("R01", "C03", "Z04", "Z04-again", "Z05", "Z06", "Z07", "Z08"), (OTHER,)),
    "X02": (OTHER, BACK_ON), "A02": (AUTHOR,),
    **dict.fromkeys(("F01", "F02", "F03", "S08", "I01", "I02"), (OTHER, TIMES)),
    **dict.fromkeys(("F04", "I03", "I04"), (MATCHES,)), "M11-runs": (PEOPLE,),
    **dict.fromkeys(("G04", "G05"), (STEP_DAY,)), "G05-shared": (OTHER, STEP_DAY), "G06": (OTHER,),
    **dict.fromkeys(("S01", "S02", "S02-place", "S02-cancelled", "S03", "S04", "S05", "S09"), (OTHER, WHEN, WHERE)),
    "S06": (OTHER, WHEN, TIMES),
    "S10": (OTHER, PROMISED),
    **dict.fromkeys(("Z01", "Z03", "Z03-agreed", "Z03-circle"), (OTHER, LAST_DAY)),
    "I05": (OTHER, END_DAY), "Z02": (OTHER, LAST_DAY, TIMES), "Z03-proposed": (OTHER, PROPOSED),
}
"""What only some kinds know; a kind that is not named has those of everywhere."""

MUST_SAY: Mapping[str, str] = {
    "F04": "matches", "I03": "matches", "I04": "matches", "I05": "end_day", "M11-runs": "people",
    "S02-cancelled": "when", "S09": "when", "X01-circle": "left",
    "Z03-proposed": "proposed_day", "Z03-agreed": "last_day", "Z03-circle": "last_day",
}
"""The name without which nobody knows what a message is about; its button and its moment stand beside the words."""
