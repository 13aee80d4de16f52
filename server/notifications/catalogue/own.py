"""The messages of a programme's own: what they say, and what they follow, stands in its document."""

from collections.abc import Mapping

from server.goals.states import GoalState
from server.matches.states import MatchState
from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, OFF, Kind, Link, own_of
from server.notifications.scene import Scene
from server.notifications.states import MessageClass
from server.programs.plans.telling import OWN, Reader, Trigger
from server.programs.states import EnrollmentState

OVER = {Trigger.FIRST_UNMATCH: MatchState.CONCLUDED, Trigger.ENDED: MatchState.COMPLETED}
GOALS = {Trigger.GOAL_SET: GoalState.ACTIVE, Trigger.GOAL_DONE: GoalState.ACHIEVED}

LEADS: Mapping[Trigger, Link] = {
    Trigger.MATCHED: links.the_match, Trigger.FIRST_MATCH: links.the_match, Trigger.WROTE: links.thread,
    Trigger.NOT_WRITTEN: links.thread, Trigger.UNANSWERED: links.thread, Trigger.BOOKED: links.next_or_book,
    Trigger.NOT_BOOKED: links.book, Trigger.NOT_MET: links.book, Trigger.QUIET: links.quiet,
    Trigger.FIRST_MET: links.the_match, Trigger.MET: links.the_match, Trigger.ENDED: links.finished,
}
"""Where one does what it is about, or reads it; whoever is in no match finds on the first page how they stand."""


def over(scene: Scene) -> str:
    """Needless once the programme took it out or has it follow something else, and once what it followed is no longer
    so. What else makes it needless are conditions (`conditions/choices.UNTIL`)."""
    its_own = own_of(scene)
    if its_own is None or its_own.when != scene.message.facts.get("when"):
        return OFF
    when = its_own.when
    if scene.match is not None and when in OVER:
        return "" if scene.match.state is OVER[when] else "no longer so"
    if scene.goal is not None:
        return "" if scene.goal.state is GOALS[when] else "no longer so"
    return stops.rests(scene) or stops.done_by_now(scene) if scene.match is not None else _left(scene, when)


def _left(scene: Scene, when: Trigger) -> str:
    """Who handed the form in may wait for a yes; after anything else they take part."""
    row = scene.enrollment
    there = row is not None and row.ended_at is None
    takes_part = row is not None and row.state is EnrollmentState.ACTIVE
    return "" if there and (takes_part or when is Trigger.FORM_DONE) else "no longer so"


def leads(scene: Scene) -> str:
    """What the reader can see of what it follows, or where they do what has not happened."""
    its_own = own_of(scene)
    if its_own and its_own.to is Reader.RUNS:
        return links.console_match(scene) if scene.match else links.console(scene)
    if scene.goal is not None:
        return links.own_goal(scene) if scene.goal.person_id == scene.person.id else links.their_goal(scene)
    when = Trigger(scene.message.facts["when"])
    if when is Trigger.NO_GOAL:
        return links.the_match(scene) if scene.mentors else links.new_goal(scene)
    return LEADS.get(when, links.home)(scene)


KINDS = (
    Kind(OWN, N_("A message of the programme"), MessageClass.NUDGE, N_("what the programme chose has happened"),
         N_("it is done, or no longer so"), over, "own", leads, pushes=True),
)
