"""The messages of a programme's own: what they say, and what they follow, stands in its document."""

from server.goals.states import GoalState
from server.matches.states import MatchState
from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, OFF, Kind, own_of
from server.notifications.scene import Scene
from server.notifications.states import MessageClass
from server.programs.plans.telling import OWN, Trigger
from server.programs.states import EnrollmentState

OVER = {Trigger.FIRST_UNMATCH: MatchState.CONCLUDED, Trigger.ENDED: MatchState.COMPLETED}
GOALS = {Trigger.GOAL_SET: GoalState.ACTIVE, Trigger.GOAL_DONE: GoalState.ACHIEVED}


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


KINDS = (
    Kind(OWN, N_("A message of the programme"), MessageClass.NUDGE, N_("what the programme chose has happened"),
         N_("it is done, or no longer so"), over, "own", links.by_reader, pushes=True),
)
