"""Sessions, series of them, and words from each other."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_T, _N, _S = MessageClass.TRANSACTIONAL, MessageClass.NUDGE, MessageClass.SURVEY

KINDS = (
    Kind("S01", N_("Session invitation"), _T, N_("a session was booked"), N_("moved, cancelled or begun"),
         stops.not_booked, "session_booked", links.the_session, invites=True, pushes=True),
    Kind("S02", N_("Session moved"), _T, N_("a session was moved"), N_("moved again, cancelled or begun"),
         stops.not_booked, "session_moved", links.the_session, invites=True, pushes=True),
    Kind("S02-place", N_("Another call"), _T, N_("a session takes place elsewhere"),
         N_("changed again, cancelled or begun"), stops.not_booked, "session_placed", links.the_session, invites=True),
    Kind("S02-cancelled", N_("Session cancelled"), _T, N_("a session was cancelled"),
         N_("they were never invited"), stops.not_cancelled, "session_cancelled", links.book, invites=True,
         pushes=True),
    Kind("S01-series", N_("Invitation to a series"), _T, N_("sessions that repeat were booked"),
         N_("all are cancelled or over"), stops.series_is_over, "series_booked", links.of_series, invites=True),
    Kind("S02-rest", N_("Series moved"), _T, N_("a session and all after it were moved"),
         N_("moved again, cancelled or begun"), stops.rest_changed, "series_moved", links.of_series, invites=True),
    Kind("S02-rest-cancelled", N_("Series cancelled"), _T, N_("a session and all after it were cancelled"),
         N_("they were never invited"), stops.rest_not_cancelled, "series_cancelled", links.book, invites=True),
    Kind("S03", N_("Before a session"), _N, N_("a session is two working days ahead"),
         N_("somebody added a topic, or the session moved"), stops.prepared, "before_session", links.the_session,
         pushes=True),
    Kind("S04", N_("Reminder of a session"), _T, N_("a session is a day or a quarter of an hour ahead"),
         N_("moved, cancelled or begun"),
         stops.not_booked, "session_reminder", links.the_session, pushes=True),
    Kind("S05", N_("Did you meet?"), _S, N_("a session ended half an hour before"), N_("somebody said so"),
         stops.settled, "did_you_meet", links.the_session, pushes=True),
    Kind("S06", N_("After a session"), _N, N_("met two hours ago"), N_("something is written down"),
         stops.written, "after_session", links.the_session, pushes=True),
    Kind("S08", N_("The next session"), _N, N_("met three days ago, and nothing is booked"), N_("a time is booked"),
         stops.booked, "next_session", links.book, pushes=True),
    Kind("S09", N_("Session that did not take place"), _T, N_("the other said so"), N_("they took it back"),
         stops.took_place, "session_missed", links.next_or_book),
    Kind("S10", N_("A promise is due"), _N, N_("the day of a promise is a working day ahead"),
         N_("it is kept, or the match rests"), stops.promise_kept, "promise_due", links.promises, pushes=True),
    Kind("A02", N_("New message"), _T, N_("written to, and unread for 15 minutes"),
         N_("read, or the match is over"), stops.read, "new_message", links.thread, pushes=True),
)
