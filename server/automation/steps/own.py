"""What a programme's messages of its own may follow: with its facts, and those who may get one.

When each is needless is said in `notifications/conditions/choices.py`.
"""

from collections.abc import Mapping

from server.automation.protocol import About, Since, To, Triggered
from server.automation.steps.meeting import BOOKED, TOOK_PLACE
from server.automation.steps.quiet import FACTS
from server.automation.steps.unmatched import ADMITTED
from server.automation.subjects import (
    ENROLLMENT,
    GOAL,
    MATCH,
    achieved,
    began,
    ended_early,
    everybody,
    first_booked,
    first_met,
    first_word,
    had_its_time,
    handed_in,
    last_met,
    last_word,
    managers,
    met,
    takes_part,
    themselves,
    who_leads_here,
    who_learns,
    who_learns_here,
    who_mentored,
    who_owes_a_word,
    who_reads_it,
    who_set_it,
    who_works_on_it,
    within,
    worded,
)
from server.programs.plans.telling import OWN, Reader, Trigger

HANDED_IN = ("enrollment.submitted", "enrollment.activated", "enrollment.waitlisted")
BEGUN, WRITTEN = ("match.activated",), ("message.sent",)
PERSON: Mapping[Reader, To] = {
    Reader.MENTEE: who_learns_here, Reader.MENTOR: who_leads_here, Reader.BOTH: themselves,
    Reader.RUNS: managers(ENROLLMENT),
}
MEMBERS: Mapping[Reader, To] = {Reader.MENTEE: who_learns, Reader.MENTOR: who_mentored, Reader.BOTH: everybody}
PAIR: Mapping[Reader, To] = {**MEMBERS, Reader.RUNS: managers(MATCH)}
WAITS: Mapping[Reader, To] = {
    Reader.MENTEE: within(who_owes_a_word, who_learns), Reader.MENTOR: within(who_owes_a_word, who_mentored),
    Reader.BOTH: who_owes_a_word, Reader.RUNS: managers(MATCH),
}
OWNER: Mapping[Reader, To] = {Reader.MENTEE: who_set_it, Reader.MENTOR: who_reads_it, Reader.BOTH: who_works_on_it}
"""Who runs a programme hears of nobody's goals by name, and of whose first match it is only what it shows them."""


def _after(
    trigger: Trigger, about: About, on: tuple[str, ...], since: Since, readers: Mapping[Reader, To]
) -> Triggered:
    return Triggered(OWN, about, on, since, (), readers[Reader.BOTH], trigger=trigger, readers=readers)


STEPS = (
    _after(Trigger.FORM_DONE, ENROLLMENT, HANDED_IN, handed_in, PERSON),
    _after(Trigger.JOINED, ENROLLMENT, ADMITTED, takes_part, PERSON),
    _after(Trigger.NOT_MATCHED, ENROLLMENT, ADMITTED, takes_part, PERSON),
    _after(Trigger.MATCHED, MATCH, BEGUN, began, PAIR),
    _after(Trigger.FIRST_MATCH, MATCH, BEGUN, began, MEMBERS),
    _after(Trigger.FIRST_UNMATCH, MATCH, ("match.ended",), ended_early, MEMBERS),
    _after(Trigger.WROTE, MATCH, WRITTEN, first_word, PAIR),
    _after(Trigger.NOT_WRITTEN, MATCH, BEGUN, began, PAIR),
    _after(Trigger.UNANSWERED, MATCH, WRITTEN, last_word, WAITS),
    _after(Trigger.BOOKED, MATCH, BOOKED, first_booked, PAIR),
    _after(Trigger.NOT_BOOKED, MATCH, BEGUN, began, PAIR),
    _after(Trigger.FIRST_MET, MATCH, TOOK_PLACE, first_met, PAIR),
    _after(Trigger.NOT_MET, MATCH, BEGUN, began, PAIR),
    _after(Trigger.MET, MATCH, TOOK_PLACE, met, PAIR),
    _after(Trigger.QUIET, MATCH, FACTS, last_met, PAIR),
    _after(Trigger.GOAL_SET, GOAL, ("goal.activated", "goal.revised"), worded, OWNER),
    _after(Trigger.NO_GOAL, MATCH, BEGUN, began, MEMBERS),
    _after(Trigger.GOAL_DONE, GOAL, ("goal.settled",), achieved, OWNER),
    _after(Trigger.ENDED, MATCH, ("match.completed",), had_its_time, PAIR),
)
