"""Which conditions a programme may add to which kind of message, and why not the others. Pure.

A condition is about what the message is about. One that a kind's own rule has already says nothing; one that this rule
rules out would mean that it never goes.
"""

from collections.abc import Mapping, Sequence

from server.kernel.text import gettext as _
from server.programs.plans.telling import Condition, OwnMessage, Reader, Trigger

ONLY_IF = "only if "
"""How the reason begins for which a message does not go; the condition follows."""
IN_MATCH = (
    Condition.NOTHING_BOOKED, Condition.NOT_MET, Condition.MET, Condition.NO_GOAL, Condition.FIRST_MATCH,
)
HERE = (Condition.NEW_HERE, Condition.NOT_MATCHED)
AFTER_MATCH = (Condition.NOT_MET, Condition.MET, Condition.FIRST_MATCH)
ASKED_OF: Mapping[str, Sequence[Condition]] = {
    **dict.fromkeys(("E03", "E04", "E05", "E06", "E11", "T01", "T02", "M11", "G04", "G05", "G07"),
                    (Condition.NEW_HERE,)),
    "M04": (Condition.FIRST_MATCH,),
    **dict.fromkeys(("F01", "F02", "F03", "G01", "G01-met", "S03", "S06", "S08", "I01", "I02"), IN_MATCH),
    **dict.fromkeys(("Z01", "Z02", "Z03", "R01"), IN_MATCH),
    **dict.fromkeys(("S05", "S10"), (Condition.NOTHING_BOOKED, Condition.NO_GOAL, Condition.FIRST_MATCH)),
    "G05-shared": (Condition.NOTHING_BOOKED, Condition.NOT_MET, Condition.MET, Condition.FIRST_MATCH),
    **dict.fromkeys(("C03", "Z04", "Z04-again", "Z05", "Z08"), AFTER_MATCH),
}
"""What each kind may depend on; one that is not named may depend on nothing."""
OF_TRIGGER: Mapping[Trigger, Sequence[Condition]] = {
    **dict.fromkeys((Trigger.FORM_DONE, Trigger.JOINED, Trigger.NOT_MATCHED), HERE),
    **dict.fromkeys((
        Trigger.MATCHED, Trigger.FIRST_MATCH, Trigger.WROTE, Trigger.NOT_WRITTEN, Trigger.UNANSWERED, Trigger.BOOKED,
        Trigger.NOT_BOOKED, Trigger.FIRST_MET, Trigger.NOT_MET, Trigger.MET, Trigger.QUIET, Trigger.NO_GOAL,
    ), (*IN_MATCH, Condition.NOT_WRITTEN)),
    Trigger.FIRST_UNMATCH: (*AFTER_MATCH, Condition.NOT_MATCHED),
    Trigger.ENDED: (*AFTER_MATCH, Condition.NOT_MATCHED),
    **dict.fromkeys((Trigger.GOAL_SET, Trigger.GOAL_DONE), (Condition.NEW_HERE,)),
}
"""What a message of a programme's own may depend on, by what it follows."""
UNTIL: Mapping[Trigger, Sequence[Condition]] = {
    Trigger.NOT_MATCHED: (Condition.NOT_MATCHED,), Trigger.FIRST_MATCH: (Condition.FIRST_MATCH,),
    Trigger.FIRST_UNMATCH: (Condition.FIRST_MATCH, Condition.NOT_MATCHED),
    Trigger.NOT_WRITTEN: (Condition.NOT_WRITTEN,), Trigger.BOOKED: (Condition.NOT_MET,),
    Trigger.NOT_BOOKED: (Condition.NOTHING_BOOKED, Condition.NOT_MET), Trigger.FIRST_MET: (Condition.MET,),
    Trigger.NOT_MET: (Condition.NOT_MET,), Trigger.MET: (Condition.MET,), Trigger.QUIET: (Condition.NOTHING_BOOKED,),
    Trigger.NO_GOAL: (Condition.NO_GOAL,),
}
"""What has to be so for it to go, by what it follows: "nobody wrote" is over once somebody did."""
BY_ITSELF: Mapping[str, Sequence[Condition]] = {
    **dict.fromkeys(("F01", "F02", "F03"), (Condition.NOTHING_BOOKED, Condition.NOT_MET)),
    **dict.fromkeys(("I01", "I02", "Z02"), (Condition.NOTHING_BOOKED,)),
    "S06": (Condition.MET,), "S08": (Condition.NOTHING_BOOKED, Condition.MET),
    "G01": (Condition.NO_GOAL,), "G01-met": (Condition.NO_GOAL, Condition.MET),
}
"""What is so whenever a kind goes: its own rule makes it needless otherwise (`catalogue/stops.py`, `steps`)."""
NEVER_SO: Mapping[str, Sequence[Condition]] = {"S03": (Condition.NOTHING_BOOKED,)}
NEVER_AFTER: Mapping[Trigger, Sequence[Condition]] = {
    **dict.fromkeys((Trigger.WROTE, Trigger.UNANSWERED), (Condition.NOT_WRITTEN,)),
    Trigger.BOOKED: (Condition.NOTHING_BOOKED,),
}
OPPOSITE = {Condition.MET: Condition.NOT_MET, Condition.NOT_MET: Condition.MET}


def choices(kind: str) -> list[Condition]:
    """The conditions that make a difference to a kind."""
    return [one for one in ASKED_OF.get(kind, ()) if not fault(kind, one)]


def fault(kind: str, condition: Condition) -> str:
    """Why a kind with a condition would never go, or goes no other way anyhow; empty where it makes a difference."""
    return _fault(condition, BY_ITSELF.get(kind, ()), NEVER_SO.get(kind, ()))


def own_choices(trigger: Trigger, to: Reader) -> list[Condition]:
    """The conditions that make a difference to a message of a programme's own. Of a match, only its people were matched
    before."""
    offered = [one for one in OF_TRIGGER[trigger] if to is not Reader.RUNS or one is not Condition.FIRST_MATCH]
    return [one for one in offered if not own_fault(trigger, one)]


def own_fault(trigger: Trigger, condition: Condition) -> str:
    """The same as `fault` of a message of a programme's own."""
    return _fault(condition, UNTIL.get(trigger, ()), NEVER_AFTER.get(trigger, ()))


def needed(one: OwnMessage) -> list[Condition]:
    """All that has to be so for a message of a programme's own to go."""
    return [*UNTIL.get(one.when, ()), *((one.told.only_if,) if one.told.only_if else ())]


def _fault(condition: Condition, holds: Sequence[Condition], never: Sequence[Condition]) -> str:
    if condition in holds:
        return _("It goes only then anyway. Leave this out.")
    if condition in never or OPPOSITE.get(condition) in holds:
        return _("It could never go: %s when this is sent.") % _otherwise(condition)
    return ""


def said(condition: Condition) -> str:
    """A condition in words, after "only if"."""
    return {
        Condition.NOTHING_BOOKED: _("nothing is booked"), Condition.NOT_MET: _("they have not met yet"),
        Condition.MET: _("they have met"), Condition.NO_GOAL: _("no goal is set"),
        Condition.FIRST_MATCH: _("it is their first match"),
        Condition.NEW_HERE: _("they never took part before"),
        Condition.NOT_MATCHED: _("they have no match"), Condition.NOT_WRITTEN: _("nobody has written yet"),
    }[condition]


def reason_for(condition: Condition) -> str:
    """What is stored of a message that did not go for it."""
    return f"{ONLY_IF}{condition.value}"


def condition_in(reason: str) -> Condition | None:
    """The condition for which a message did not go; None where it was something else."""
    name = reason.removeprefix(ONLY_IF)
    return Condition(name) if name != reason and name in {one.value for one in Condition} else None


def _otherwise(condition: Condition) -> str:
    return {
        Condition.NOTHING_BOOKED: _("a session is booked"), Condition.NOT_MET: _("they have met"),
        Condition.MET: _("they have not met"), Condition.NOT_WRITTEN: _("somebody has written"),
    }[condition]
