"""Questions to the people of a match, their last day, and who runs the programme being asked for."""

from server.matches.states import MatchState
from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass

_T, _S, _R, _N = (
    MessageClass.TRANSACTIONAL, MessageClass.SURVEY, MessageClass.REPORT, MessageClass.NUDGE,
)

KINDS = (
    Kind("R01", N_("Check-in"), _S, N_("half of the time has passed"), N_("answered, or closed"),
         stops.survey_answered, "check_in", links.check_in, pushes=True),
    Kind("C03", N_("Reminder of questions"), _S, N_("asked three days ago, and no answer yet"),
         N_("answered, or closed"), stops.survey_answered, "questions_wait", links.check_in, pushes=True),
    Kind("R02", N_("Half-way, what you did"), _T, N_("the half-way check-in is answered"), N_("the match is over"),
         stops.not_running, "half_way_summary", links.home),
    Kind("R03", N_("Another match, if you like"), _T, N_("said half-way that another one would help"),
         N_("the match is over"), stops.not_running, "another_match", links.ending, pushes=True),
    Kind("S07", N_("After a session"), _S, N_("a session was held a day before"), N_("answered, or closed"),
         stops.form_answered, "survey_asks", links.survey, pushes=True),
    Kind("C01", N_("A survey"), _S, N_("the day of a survey has come"), N_("answered, or closed"),
         stops.form_answered, "survey_asks", links.survey, pushes=True),
    Kind("C02", N_("A survey again"), _S, N_("the day of a survey has come again"), N_("answered, or closed"),
         stops.form_answered, "survey_asks", links.survey, pushes=True),
    Kind("C03-form", N_("A survey waits"), _S, N_("a survey is open for some days"), N_("answered, or closed"),
         stops.form_answered, "survey_waits", links.survey, pushes=True),
    Kind("Z10", N_("A look back"), _S, N_("a match ended some months before"), N_("answered, or closed"),
         stops.form_answered, "survey_asks", links.survey, pushes=True),
    Kind("C04", N_("A check-in asks for you"), _R, N_("a low answer, or another mentor wished for"), N_("handled"),
         stops.handled, "check_in_asks", links.console_needs),
    Kind("Z01", N_("The end is near"), _N, N_("the last day is four weeks ahead"),
         N_("it has another last day, or rests"), stops.another_end, "end_is_near", links.home, pushes=True),
    Kind("Z02", N_("A last conversation"), _N, N_("the last day is two weeks ahead, and nothing is booked"),
         N_("a time is booked"), stops.booked_or_another_end, "last_session", links.book, pushes=True),
    Kind("Z03", N_("Go on, or finish"), _N, N_("the last day is a week ahead"), N_("a later day is proposed"),
         stops.extension_proposed, "extend_or_close", links.extension, pushes=True),
    Kind("Z03-proposed", N_("A later end is proposed"), _T, N_("the other proposed a later last day"),
         N_("agreed, changed or taken back"), stops.not_proposed, "extension_proposed", links.extension),
    Kind("Z03-agreed", N_("You go on longer"), _T, N_("the other agreed to a later last day"),
         N_("changed since, or over"), stops.not_extended, "extension_agreed", links.home),
    Kind("Z03-circle", N_("Your circle goes on longer"), _T, N_("a manager gave a circle a later last day"),
         N_("changed since, or over"), stops.not_extended, "circle_extended", links.home),
    Kind("Z04", N_("The last check-in"), _S, N_("the match has reached its last day"), N_("answered, or closed"),
         stops.survey_answered, "last_check_in", links.check_in),
    Kind("Z04-again", N_("Reminder of the last check-in"), _S, N_("asked three and seven days ago, and no answer yet"),
         N_("answered, or closed"), stops.survey_answered, "questions_wait", links.check_in),
    Kind("Z05", N_("After an early end"), _S, N_("a match ended before its time"), N_("answered, or closed"),
         stops.survey_answered, "exit_survey", links.check_in, pushes=True),
    Kind("Z06", N_("Certificate"), _T, N_("a match has had its time"), N_("it goes on after all"),
         stops.unless_match_is(MatchState.COMPLETED), "certificate", links.finished),
    Kind("Z07", N_("Thanks to who was the mentor"), _T, N_("a match has had its time"), N_("it goes on after all"),
         stops.unless_match_is(MatchState.COMPLETED), "thanks", links.finished),
    Kind("Z08", N_("Once more"), _N, N_("a match has had its time a week ago"),
         N_("they take part again, or asked to be told"), stops.done_by_now, "once_more", links.join),
)
