"""From the match to its first session, matches that go quiet, and goals: what those say is in no letter."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_N, _R, _T = MessageClass.NUDGE, MessageClass.REPORT, MessageClass.TRANSACTIONAL

KINDS = (
    Kind("F01", N_("A first time"), _N, N_("matched two days ago, and nothing is booked"), N_("a time is booked"),
         stops.booked_or_met, "first_session", links.book, pushes=True),
    Kind("F02", N_("A first time, second word"), _N, N_("matched five days ago, and nothing is booked"),
         N_("a time is booked"), stops.booked_or_met, "first_session", links.book, pushes=True),
    Kind("F03", N_("A first time, last word"), _N, N_("matched ten days ago, and nothing is booked"),
         N_("a time is booked"), stops.booked_or_met, "first_session", links.book),
    Kind("F04", N_("Matches that have not begun"), _R, N_("matched three weeks ago, and never met"),
         N_("they have met"), stops.no_pairs, "not_begun", links.console_needs),
    Kind("I01", N_("It has been a while"), _N, N_("no session in three weeks"), N_("a time is booked"),
         stops.booked, "quiet_pair", links.quiet, pushes=True),
    Kind("I02", N_("It has been a while, second word"), _N, N_("no session in four weeks"), N_("a time is booked"),
         stops.booked, "quiet_pair", links.quiet, pushes=True),
    Kind("I03", N_("Matches that have gone quiet"), _R, N_("no session in four weeks"), N_("they have met"),
         stops.no_pairs, "gone_quiet", links.console_quiet),
    Kind("I04", N_("Matches that stay quiet"), _R, N_("no session in six weeks"), N_("they have met"),
         stops.no_pairs, "stays_quiet", links.console_quiet),
    Kind("I05", N_("It ends in a week"), _T, N_("no session in sixty days, where the programme ends such matches"),
         N_("a time is booked"), stops.booked, "ends_quietly", links.ending, pushes=True),
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
