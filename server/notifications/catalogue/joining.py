"""Signing in, being invited, joining, waiting for a place, and no longer meeting the conditions."""

from server.notifications.catalogue import links, stops
from server.notifications.catalogue.kinds import N_, Kind
from server.notifications.states import MessageClass
from server.programs.states import EnrollmentState
from server.programs.triggers.states import When

_T, _N = MessageClass.TRANSACTIONAL, MessageClass.NUDGE

KINDS = (
    Kind("L01", N_("Announcement"), _N, N_("people can join for the first time"), N_("they join, or say no"),
         stops.called, "launch_announcement", links.join),
    Kind("L02", N_("Sponsor’s word"), _N, N_("two days after people can join"), N_("they join, or say no"),
         stops.called, "sponsors_word", links.join),
    Kind("L03", N_("Briefing of line managers"), _N, N_("the day after people can join"),
         N_("it is meant for nobody of theirs"), stops.nobody_to_brief, "manager_briefing", links.briefed),
    Kind("E01", N_("Invitation to lead"), _T, N_("invited as a mentor, or to lead a circle"),
         N_("they begin, or say no"), stops.unless_enrollment_is(EnrollmentState.INVITED), "invitation_mentor",
         links.join),
    Kind("E02", N_("Invitation"), _T, N_("invited as a mentee, a peer or a member"),
         N_("they begin, or say no"), stops.unless_enrollment_is(EnrollmentState.INVITED), "invitation_mentee",
         links.join),
    Kind("E03", N_("First reminder of an invitation"), _N, N_("invited three days ago"), N_("they begin, or say no"),
         stops.unless_past(EnrollmentState.INVITED), "invitation_reminder", links.join),
    Kind("E04", N_("Second reminder of an invitation"), _N, N_("invited a week ago"), N_("they begin, or say no"),
         stops.unless_past(EnrollmentState.INVITED), "invitation_reminder", links.join),
    Kind("E05", N_("A form that is not finished"), _N, N_("began to join, and stopped"), N_("they join, or say no"),
         stops.unless_past(EnrollmentState.IN_PROGRESS), "finish_form", links.join),
    Kind("E06", N_("Last call"), _N, N_("the last day to join is in two days"), N_("they join, or say no"),
         stops.unless_past(EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS), "last_call", links.join),
    Kind("E07", N_("Application received"), _T, N_("joined, and a manager must admit"), N_("it was decided"),
         stops.unless_enrollment_is(EnrollmentState.PENDING_APPROVAL), "application_received", links.waiting),
    Kind("E08", N_("Admission decision"), _T, N_("not admitted"), N_("invited again"),
         stops.unless_enrollment_is(EnrollmentState.DECLINED), "admission_decision", links.home),
    Kind("E09", N_("Welcome"), _T, N_("admitted"), N_("they have left"),
         stops.unless_enrollment_is(*stops.HELD_PLACES), "welcome", links.waiting),
    Kind("E10", N_("Place in the waiting list"), _T, N_("joined, and no seat was free"), N_("a seat is free"),
         stops.unless_enrollment_is(EnrollmentState.WAITLISTED), "waiting_list", links.waiting),
    Kind("E11", N_("How the waiting list moves"), _N, N_("two more weeks in the waiting list"), N_("a seat is free"),
         stops.unless_enrollment_is(EnrollmentState.WAITLISTED), "waiting_still", links.waiting),
    Kind("E12", N_("A seat is free"), _T, N_("first in the list, and a seat became free"), N_("they have left"),
         stops.unless_enrollment_is(*stops.HELD_PLACES), "seat_is_free", links.waiting),
    Kind("E13", N_("Invitation of a new hire"), _T, N_("hired, and a rule invites who is new"),
         N_("they begin, or say no"), stops.unless_enrollment_is(EnrollmentState.INVITED), "invitation_hire",
         links.join),
    Kind("E14", N_("Invitation after a promotion"), _T, N_("promoted, or manages people now, and a rule invites"),
         N_("they begin, or say no"), stops.unless_enrollment_is(EnrollmentState.INVITED), "invitation_promotion",
         links.join),
    Kind("E15", N_("Invitation after a course"), _T, N_("finished a course, and a rule invites"),
         N_("they begin, or say no"), stops.unless_enrollment_is(EnrollmentState.INVITED), "invitation_course",
         links.join),
    Kind("T01", N_("Training to take"), _N, N_("takes part, and the programme asks for training; or a step is new"),
         N_("it is done"), stops.training_done, "training_open", links.training),
    Kind("T02", N_("Reminder of training"), _N, N_("training open for four and eight days"), N_("it is done"),
         stops.training_done, "training_open", links.training),
    Kind("T03", N_("Training done"), _T, N_("the last step of their training is done"), N_("another step is open"),
         stops.training_open, "training_done", links.waiting),
    Kind("E17", N_("Call for mentors"), _N, N_("the day after places were short"),
         N_("they join or say no, or there are enough places"), stops.mentors_there, "mentor_call",
         links.join_as_mentor),
    Kind("E17-place", N_("One more place"), _T, N_("a manager asks a full mentor for one more place"),
         N_("answered, or they have left"), stops.place_answered, "one_more_place", links.place),
    Kind("X04", N_("Taking part has ended"), _T, N_("the programme's conditions no longer hold for somebody"),
         N_("they take part again"), stops.unless_enrollment_is(EnrollmentState.REMOVED), "eligibility_ended",
         links.home),
    Kind("X04-grace", N_("Taking part ends soon"), _T, N_("the programme's conditions will no longer hold"),
         N_("they hold again, or it has ended"), stops.goes_on, "eligibility_ending", links.home),
    Kind("Z09", N_("A new group"), _T, N_("asked to be told, and a group takes people in"),
         N_("they take part, or it closed again"), stops.not_joinable, "new_group", links.join),
    Kind("Y01", N_("Signing in"), _T, N_("asked to sign in by mail"), N_("used, or 15 minutes have passed"),
         stops.used_or_old, "sign_in", links.sign_in),
    Kind("Y01-moved", N_("Another address"), _T, N_("the employer's records name another address"),
         N_("they have left"), stops.always_told, "address_changed", links.home),
    Kind("Y03", N_("Another wording to answer"), _T, N_("what they agreed to is worded otherwise"),
         N_("they have answered"), stops.done_by_now, "text_changed", links.consents),
    Kind("Y01-device", N_("A new device"), _T, N_("signed in with another browser than ever before"),
         N_("they have left"), stops.always_told, "new_device", links.devices),
)

INVITED_BECAUSE = {When.HIRED: "E13", When.PROMOTED: "E14", When.MANAGER: "E14", When.COURSE: "E15"}


def invitation(because: str, *, leads: bool) -> str:
    """The kind of the invitation of somebody to whom something happened ("": who is invited by hand)."""
    known = INVITED_BECAUSE.get(When(because)) if because else None
    return known or ("E01" if leads else "E02")
