"""The last four weeks of a match."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_N = MessageClass.NUDGE

KINDS = (
    Kind("Z01", N_("The end is near"), _N, N_("the last day is four weeks ahead"),
         N_("it has another last day, or rests"), stops.another_end, "end_is_near", links.home, pushes=True),
    Kind("Z02", N_("A last conversation"), _N, N_("the last day is two weeks ahead, and nothing is booked"),
         N_("a time is booked"), stops.booked_or_another_end, "last_session", links.book, pushes=True),
    Kind("Z03", N_("Go on, or finish"), _N, N_("the last day is a week ahead"), N_("a later day is proposed"),
         stops.extension_proposed, "extend_or_close", links.extension, pushes=True),
)
