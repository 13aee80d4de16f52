"""Being suggested, asked and matched; a pause, and an end before its time."""

from server.matches.states import MatchState
from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_T, _R, _N = MessageClass.TRANSACTIONAL, MessageClass.REPORT, MessageClass.NUDGE

KINDS = (
    Kind("M01", N_("Suggestions ready for review"), _R, N_("a matching run has finished"), N_("all are decided"),
         stops.no_drafts, "suggestions_ready", links.console_matches),
    Kind("M02", N_("People you may ask"), _T, N_("takes part, and may ask for a match"),
         N_("they asked somebody, are matched, or nobody is there to ask"), stops.nobody_to_ask, "people_to_ask",
         links.asking, pushes=True),
    Kind("M03", N_("Match request"), _T, N_("a match was approved, or the other said yes"), N_("answered"),
         stops.answered, "match_request", links.the_match, pushes=True),
    Kind("M04", N_("Reminder of a match request"), _N, N_("asked about a match, and no answer yet"), N_("answered"),
         stops.answered, "request_reminder", links.the_match, pushes=True),
    Kind("M05", N_("Request has passed"), _T, N_("nobody answered in time, or it was taken back"),
         N_("they were never asked"), stops.not_asked_before, "match_passed", links.waiting),
    Kind("M06", N_("Request declined"), _T, N_("the other said no"), N_("they were never asked"),
         stops.not_asked_before, "match_declined", links.waiting),
    Kind("M07", N_("Approval needed"), _R, N_("both said yes, and a manager must approve"), N_("decided"),
         stops.decided, "approval_needed", links.console_matches),
    Kind("M08", N_("Match announcement"), _T, N_("the match has begun"), N_("it has ended"),
         stops.not_running, "match_announcement", links.home, pushes=True),
    Kind("M10", N_("Few matches are accepted"), _R, N_("fewer than seven of ten are accepted, after twenty answers"),
         N_("enough are accepted again"), stops.accepted_again, "few_accepted", links.console_group),
    Kind("M11", N_("No match yet"), _N, N_("takes part for two and four weeks without a match"), N_("matched"),
         stops.matched, "no_match_yet", links.waiting),
    Kind("M11-runs", N_("People without a match"), _R, N_("somebody is without a match for two or four weeks"),
         N_("all are matched"), stops.nobody_waits, "without_match", links.console_group),
    Kind("X01", N_("Your match has ended"), _T, N_("a match ended before its time"), N_("they have left too"),
         stops.left_too, "partner_left", links.home),
    Kind("X01-circle", N_("Somebody has left your circle"), _T, N_("one of a circle that meets has left it"),
         N_("the circle has ended"), stops.not_running, "circle_left", links.home),
    Kind("X02", N_("A pause"), _T, N_("a match rests, or somebody is away"), N_("it goes on already"),
         stops.unless_match_is(MatchState.PAUSED), "match_paused", links.home),
    Kind("X03", N_("Going on"), _T, N_("a pause is over"), N_("it rests again, or has ended"),
         stops.unless_match_is(MatchState.ACTIVE), "match_resumed", links.book),
    Kind("X05", N_("A new match"), _T, N_("a match has begun after another one ended"), N_("it has ended"),
         stops.not_running, "match_again", links.home, pushes=True),
)
