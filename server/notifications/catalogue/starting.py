"""From the match to its first session, and matches that go quiet."""

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
)
