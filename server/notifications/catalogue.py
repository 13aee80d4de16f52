"""Every kind of message that Ithaca sends: why, when it stops, and where its button leads (domain/lifecycle.md, 3).

A stop condition is asked when the message is about to go: it returns why the message is no longer needed, or nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from server.access.letters.marks import link_key_of
from server.access.letters.queries import state_of
from server.access.states import LetterState
from server.kernel import clock
from server.matches.models import MatchMember
from server.matches.states import AWAITING_PARTICIPANTS, RUNNING, Approval, MatchState
from server.notifications.scene import Scene
from server.notifications.states import MessageClass
from server.people.states import PersonStatus
from server.programs.rules import takes_people
from server.programs.states import EnrollmentState
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.states import InvitationState

Stop = Callable[[Scene], str]
Link = Callable[[Scene], str]


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for "translate this later"
    """Mark a text for the message catalogue; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message. `name`, `trigger` and `stops_when` are words for people, translated where shown.

    `invites`: its mail carries a calendar entry. `pushes`: it asks for an answer or changes a plan, so that a browser
    which asked for it is told at once.
    """

    key: str
    name: str
    message_class: MessageClass
    trigger: str
    stops_when: str
    stop: Stop
    template: str
    link: Link
    invites: bool = False
    pushes: bool = False


def why_not(kind: Kind, scene: Scene, *, by_push: bool = False) -> str:
    """Why a message must not go any more; empty when it may. What people do to each other is always told by mail."""
    if scene.person.status is PersonStatus.ENDED:
        return "the person has left"
    if not scene.address:
        return "no address"
    optional = by_push or kind.message_class is not MessageClass.TRANSACTIONAL
    if optional and (scene.is_push_muted if by_push else scene.is_muted):
        return "switched off by the person"
    return kind.stop(scene)


def _home(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    return "/"


def _join(scene: Scene) -> str:
    return f"/join/{scene.program.key}"


def _waiting(scene: Scene) -> str:
    return f"/waiting/{scene.program.key}"


def _place(scene: Scene) -> str:
    assert scene.enrollment is not None
    return f"/enrollment/{scene.enrollment.id}/place"


def _book(scene: Scene) -> str:
    """Another time, as long as there is a match to book it for."""
    running = scene.match is not None and scene.match.state is MatchState.ACTIVE
    return f"{_match(scene)}/session" if running and scene.sets_times else "/"


def _match(scene: Scene) -> str:
    assert scene.match is not None
    return f"/match/{scene.match.id}"


def _extension(scene: Scene) -> str:
    return f"{_match(scene)}/extension"


def _session(scene: Scene) -> str:
    assert scene.session is not None
    return f"/session/{scene.session.id}"


def _of_series(scene: Scene) -> str:
    return f"/session/{scene.sessions[0].id}"


def _next_or_book(scene: Scene) -> str:
    return f"/session/{scene.booked.id}" if scene.booked else _book(scene)


def _check_in(scene: Scene) -> str:
    assert scene.survey is not None
    return f"/checkin/{scene.survey.id}"


def _thread(scene: Scene) -> str:
    assert scene.match is not None
    return f"/messages/{scene.match.id}#latest"


def _sign_in(scene: Scene) -> str:
    assert scene.sign_in is not None
    return f"/sign-in/link/{scene.sign_in.id}?key={link_key_of(scene.sign_in.id)}"


def _console_matches(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    return "/console/matches"


def _not_joinable(scene: Scene) -> str:
    """Why somebody need not be told that a group takes people in."""
    if scene.cohort is None or not takes_people(scene.program, scene.cohort):
        return "closed again"
    return "takes part" if scene.is_enrolled else ""


def _unless_enrollment_is(*states: EnrollmentState) -> Stop:
    def stop(scene: Scene) -> str:
        enrolled = scene.enrollment
        return "" if enrolled is not None and enrolled.state in states else "no longer so"

    return stop


def _place_answered(scene: Scene) -> str:
    row = scene.enrollment
    if row is None or row.state is not EnrollmentState.ACTIVE:
        return "no longer so"
    return "" if row.place_given is None else "answered"


def _goes_on(scene: Scene) -> str:
    return "" if scene.ends_at is not None else "no longer so"


def _own_seat(scene: Scene) -> MatchMember | None:
    if scene.match is None:
        return None
    return next((member for member in scene.match.members if member.person_id == scene.person.id), None)


def _answered(scene: Scene) -> str:
    seat = _own_seat(scene)
    if scene.match is None or scene.match.state not in AWAITING_PARTICIPANTS:
        return "no longer open"
    return "" if seat is not None and seat.approval is Approval.PENDING else "answered"


def _not_asked_before(scene: Scene) -> str:
    return "" if scene.knows or scene.asked_for_it else "never asked"


def _decided(scene: Scene) -> str:
    open_ = scene.match is not None and scene.match.state is MatchState.AWAITING_ADMIN
    return "" if open_ else "decided"


def _no_drafts(scene: Scene) -> str:
    return "" if scene.drafts else "nothing to review"


def _not_running(scene: Scene) -> str:
    return "" if scene.match is not None and scene.match.state in RUNNING else "no longer running"


def _left_too(scene: Scene) -> str:
    seat = _own_seat(scene)
    return "" if seat is not None and seat.enrollment.state in _HELD_PLACES else "they have left too"


def _unless_match_is(state: MatchState) -> Stop:
    def stop(scene: Scene) -> str:
        return "" if scene.match is not None and scene.match.state is state else "no longer so"

    return stop


def _not_booked(scene: Scene) -> str:
    session = scene.session
    if session is None or session.state is not SessionState.SCHEDULED:
        return "no longer booked"
    if session.sequence != scene.message.facts.get("sequence"):
        return "moved since"
    if scene.knows:
        return "told already"
    return "too late" if session.starts_at <= clock.now() else ""


def _not_cancelled(scene: Scene) -> str:
    if scene.session is None or scene.session.state is not SessionState.CANCELLED:
        return "not cancelled"
    return "" if scene.knows else "never invited"


def still_told(scene: Scene) -> list[Session]:
    """Of the sessions of a series that a message speaks of, those that are as it says."""
    said = dict(zip(scene.message.facts.get("session_ids", []), scene.message.facts.get("sequences", []), strict=True))
    return [one for one in scene.sessions if one.sequence == said.get(str(one.id))]


def _series_is_over(scene: Scene) -> str:
    ahead = [one for one in scene.sessions if one.state is SessionState.SCHEDULED and one.starts_at > clock.now()]
    return "" if ahead else "no longer booked"


def _rest_changed(scene: Scene) -> str:
    booked = [one for one in still_told(scene) if one.state is SessionState.SCHEDULED]
    if not booked:
        return "moved since"
    return "" if any(one.starts_at > clock.now() for one in booked) else "too late"


def _rest_not_cancelled(scene: Scene) -> str:
    if not still_told(scene):
        return "not cancelled"
    return "" if scene.knows else "never invited"


def _took_place(scene: Scene) -> str:
    missed = scene.session is not None and scene.session.state is SessionState.NO_SHOW
    return "" if missed else "it took place after all"


def _survey_answered(scene: Scene) -> str:
    survey = scene.survey
    return "" if survey is not None and survey.state is InvitationState.OPEN else "answered or closed"


def _handled(scene: Scene) -> str:
    return "" if scene.asks_for_a_person else "handled"


def _console(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    return "/console"


def _used_or_old(scene: Scene) -> str:
    waits = scene.sign_in is not None and state_of(scene.sign_in.request, by_link=True) is LetterState.OPEN
    return "" if waits else "used or too late"


def _always_told(scene: Scene) -> str:  # noqa: ARG001  # every stop condition takes the scene
    return ""


def _read(scene: Scene) -> str:
    return "" if scene.unread else "read, or over"


def _not_proposed(scene: Scene) -> str:
    day = scene.match.proposed_end_on if scene.match else None
    return "" if day is not None and day.isoformat() == scene.message.facts.get("ends_on") else "no longer proposed"


def _not_extended(scene: Scene) -> str:
    day = scene.match.ends_on if scene.match else None
    return "" if day is not None and day.isoformat() == scene.message.facts.get("ends_on") else "changed since"


_T, _S, _R = MessageClass.TRANSACTIONAL, MessageClass.SURVEY, MessageClass.REPORT
_HELD_PLACES = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)

CATALOGUE: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("E01", N_("Invitation to lead"), _T, N_("invited as a mentor, or to lead a circle"),
             N_("they begin, or say no"), _unless_enrollment_is(EnrollmentState.INVITED), "invitation_mentor", _join),
        Kind("E02", N_("Invitation"), _T, N_("invited as a mentee, a peer or a member"),
             N_("they begin, or say no"), _unless_enrollment_is(EnrollmentState.INVITED), "invitation_mentee", _join),
        Kind("E07", N_("Application received"), _T, N_("joined, and a manager must admit"), N_("it was decided"),
             _unless_enrollment_is(EnrollmentState.PENDING_APPROVAL), "application_received", _waiting),
        Kind("E08", N_("Admission decision"), _T, N_("not admitted"), N_("invited again"),
             _unless_enrollment_is(EnrollmentState.DECLINED), "admission_decision", _home),
        Kind("E09", N_("Welcome"), _T, N_("admitted"), N_("they have left"),
             _unless_enrollment_is(*_HELD_PLACES), "welcome", _waiting),
        Kind("E10", N_("Place in the waiting list"), _T, N_("joined, and no seat was free"), N_("a seat is free"),
             _unless_enrollment_is(EnrollmentState.WAITLISTED), "waiting_list", _waiting),
        Kind("E12", N_("A seat is free"), _T, N_("first in the list, and a seat became free"), N_("they have left"),
             _unless_enrollment_is(*_HELD_PLACES), "seat_is_free", _waiting),
        Kind("E17-place", N_("One more place"), _T, N_("a manager asks a full mentor for one more place"),
             N_("answered, or they have left"), _place_answered, "one_more_place", _place),
        Kind("M01", N_("Suggestions ready for review"), _R, N_("a matching run has finished"), N_("all are decided"),
             _no_drafts, "suggestions_ready", _console_matches),
        Kind("M03", N_("Match request"), _T, N_("a match was approved, or the other said yes"), N_("answered"),
             _answered, "match_request", _match, pushes=True),
        Kind("M05", N_("Request has passed"), _T, N_("nobody answered in time, or it was taken back"),
             N_("they were never asked"), _not_asked_before, "match_passed", _waiting),
        Kind("M06", N_("Request declined"), _T, N_("the other said no"), N_("they were never asked"),
             _not_asked_before, "match_declined", _waiting),
        Kind("M07", N_("Approval needed"), _R, N_("both said yes, and a manager must approve"), N_("decided"),
             _decided, "approval_needed", _console_matches),
        Kind("M08", N_("Match announcement"), _T, N_("the match has begun"), N_("it has ended"),
             _not_running, "match_announcement", _home, pushes=True),
        Kind("S01", N_("Session invitation"), _T, N_("a session was booked"), N_("moved, cancelled or begun"),
             _not_booked, "session_booked", _session, invites=True, pushes=True),
        Kind("S02", N_("Session moved"), _T, N_("a session was moved"), N_("moved again, cancelled or begun"),
             _not_booked, "session_moved", _session, invites=True, pushes=True),
        Kind("S02-place", N_("Another call"), _T, N_("a session takes place elsewhere"),
             N_("changed again, cancelled or begun"), _not_booked, "session_placed", _session, invites=True),
        Kind("S02-cancelled", N_("Session cancelled"), _T, N_("a session was cancelled"),
             N_("they were never invited"), _not_cancelled, "session_cancelled", _book, invites=True, pushes=True),
        Kind("S01-series", N_("Invitation to a series"), _T, N_("sessions that repeat were booked"),
             N_("all are cancelled or over"), _series_is_over, "series_booked", _of_series, invites=True),
        Kind("S02-rest", N_("Series moved"), _T, N_("a session and all after it were moved"),
             N_("moved again, cancelled or begun"), _rest_changed, "series_moved", _of_series, invites=True),
        Kind("S02-rest-cancelled", N_("Series cancelled"), _T, N_("a session and all after it were cancelled"),
             N_("they were never invited"), _rest_not_cancelled, "series_cancelled", _book, invites=True),
        Kind("S09", N_("Session that did not take place"), _T, N_("the other said so"), N_("they took it back"),
             _took_place, "session_missed", _next_or_book),
        Kind("R01", N_("Check-in"), _S, N_("half of the time has passed"), N_("answered, or closed"),
             _survey_answered, "check_in", _check_in, pushes=True),
        Kind("C04", N_("A check-in asks for you"), _R, N_("a low answer, or another mentor wished for"), N_("handled"),
             _handled, "check_in_asks", _console),
        Kind("X01", N_("Your match has ended"), _T, N_("a match ended before its time"), N_("they have left too"),
             _left_too, "partner_left", _home),
        Kind("X01-circle", N_("Somebody has left your circle"), _T, N_("one of a circle that meets has left it"),
             N_("the circle has ended"), _not_running, "circle_left", _home),
        Kind("X02", N_("A pause"), _T, N_("a match rests, or somebody is away"), N_("it goes on already"),
             _unless_match_is(MatchState.PAUSED), "match_paused", _home),
        Kind("X03", N_("Going on"), _T, N_("a pause is over"), N_("it rests again, or has ended"),
             _unless_match_is(MatchState.ACTIVE), "match_resumed", _home),
        Kind("X04", N_("Taking part has ended"), _T, N_("the programme's conditions no longer hold for somebody"),
             N_("they take part again"), _unless_enrollment_is(EnrollmentState.REMOVED), "eligibility_ended", _home),
        Kind("X04-grace", N_("Taking part ends soon"), _T, N_("the programme's conditions will no longer hold"),
             N_("they hold again, or it has ended"), _goes_on, "eligibility_ending", _home),
        Kind("X05", N_("A new match"), _T, N_("a match has begun after another one ended"), N_("it has ended"),
             _not_running, "match_again", _home, pushes=True),
        Kind("Z03-proposed", N_("A later end is proposed"), _T, N_("the other proposed a later last day"),
             N_("agreed, changed or taken back"), _not_proposed, "extension_proposed", _extension),
        Kind("Z03-agreed", N_("You go on longer"), _T, N_("the other agreed to a later last day"),
             N_("changed since, or over"), _not_extended, "extension_agreed", _home),
        Kind("Z03-circle", N_("Your circle goes on longer"), _T, N_("a manager gave a circle a later last day"),
             N_("changed since, or over"), _not_extended, "circle_extended", _home),
        Kind("A02", N_("New message"), _T, N_("written to, and unread for 15 minutes"),
             N_("read, or the match is over"), _read, "new_message", _thread, pushes=True),
        Kind("Z04", N_("The last check-in"), _S, N_("the match has reached its last day"), N_("answered, or closed"),
             _survey_answered, "last_check_in", _check_in),
        Kind("Z05", N_("After an early end"), _S, N_("a match ended before its time"), N_("answered, or closed"),
             _survey_answered, "exit_survey", _check_in, pushes=True),
        Kind("Z09", N_("A new group"), _T, N_("asked to be told, and a group takes people in"),
             N_("they take part, or it closed again"), _not_joinable, "new_group", _join),
        Kind("Y01", N_("Signing in"), _T, N_("asked to sign in by mail"), N_("used, or 15 minutes have passed"),
             _used_or_old, "sign_in", _sign_in),
        Kind("Y01-moved", N_("Another address"), _T, N_("the employer's records name another address"),
             N_("they have left"), _always_told, "address_changed", _home),
    )
}
