"""Saying a goal, and its steps. What they say is in no letter."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_N, _T = MessageClass.NUDGE, MessageClass.TRANSACTIONAL

KINDS = (
    Kind("G01", N_("Say your goal"), _N, N_("matched three days ago, and no goal is set"), N_("a goal is set"),
         stops.goal_set, "set_goal", links.new_goal, pushes=True),
    Kind("G01-met", N_("Say your goal, second word"), _N, N_("met two days ago, and no goal is set"),
         N_("a goal is set"), stops.goal_set, "set_goal", links.new_goal, pushes=True),
    Kind("G03", N_("A goal to read"), _T, N_("the other of a pair has set a goal"), N_("it is closed, or the match is"),
         stops.goal_closed, "goal_shared", links.their_goal, pushes=True),
    Kind("G04", N_("A step is due"), _N, N_("the day of a step is three days ahead"),
         N_("it is done, or has another day"), stops.step_settled_or_past, "step_due", links.own_goal, pushes=True),
    Kind("G05", N_("A step was due"), _N, N_("the day of a step has passed"), N_("it is done, or has another day"),
         stops.step_settled, "step_overdue", links.own_goal, pushes=True),
    Kind("G05-shared", N_("A step of the other was due"), _N, N_("the day of the other's step passed a week ago"),
         N_("it is done, or has another day"), stops.shared_step_settled, "shared_step_overdue", links.their_goal,
         pushes=True),
    Kind("G06", N_("A step is done"), _T, N_("the other of a pair has done a step"), N_("it is to do again"),
         stops.step_reopened, "step_done", links.their_goal, pushes=True),
    Kind("G07", N_("A goal that rests"), _N, N_("nothing changed at a goal in 45 days"), N_("something changed"),
         stops.goal_touched, "stale_goal", links.own_goal),
)
