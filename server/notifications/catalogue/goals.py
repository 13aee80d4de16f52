"""Saying a goal, and its steps. What they say is in no letter."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_N = MessageClass.NUDGE

KINDS = (
    Kind("G01", N_("Say your goal"), _N, N_("matched three days ago, and no goal is set"), N_("a goal is set"),
         stops.goal_set, "set_goal", links.new_goal, pushes=True),
    Kind("G04", N_("A step is due"), _N, N_("the day of a step is three days ahead"),
         N_("it is done, or has another day"), stops.step_settled_or_past, "step_due", links.home, pushes=True),
    Kind("G05", N_("A step was due"), _N, N_("the day of a step has passed"), N_("it is done, or has another day"),
         stops.step_settled, "step_overdue", links.home, pushes=True),
)
