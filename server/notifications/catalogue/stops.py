"""Why a message is no longer needed, asked when it is about to go: a reason, or nothing."""

from server.access.letters.queries import state_of
from server.access.states import LetterState
from server.goals.models import Milestone
from server.goals.queries import touched_at
from server.goals.states import OPEN_GOALS, GoalState, MilestoneState
from server.kernel import clock
from server.matches.states import AWAITING_PARTICIPANTS, RUNNING, Approval, MatchState
from server.notifications.catalogue.kinds import Stop
from server.notifications.scene import Scene
from server.programs.rules import is_past_last_day, takes_people
from server.programs.states import EnrollmentState
from server.sessions.models import ActionItem, Session
from server.sessions.rules import can_be_confirmed, can_be_missed
from server.sessions.states import TOOK_PLACE, SessionState
from server.surveys.states import InvitationState

HELD_PLACES = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


def not_joinable(scene: Scene) -> str:
    """Why somebody need not be told that a group takes people in."""
    if scene.cohort is None or not takes_people(scene.program, scene.cohort):
        return "closed again"
    return "takes part" if scene.is_enrolled else ""


def called(scene: Scene) -> str:
    """Needless once somebody has begun to join or said no, and once nobody can join."""
    return "answered" if scene.is_done else not_joinable(scene)


def nobody_to_brief(scene: Scene) -> str:
    """Needless once the programme means nobody of theirs, and once nobody can join."""
    return "no longer so" if scene.is_done else not_joinable(scene)


def mentors_there(scene: Scene) -> str:
    """Needless once there are enough places, or as in `called`."""
    return back_in_range(scene) or called(scene)


def unless_enrollment_is(*states: EnrollmentState) -> Stop:
    """Needless once the enrolment is in none of these states."""
    def stop(scene: Scene) -> str:
        enrolled = scene.enrollment
        return "" if enrolled is not None and enrolled.state in states else "no longer so"

    return stop


def unless_past(*states: EnrollmentState) -> Stop:
    """The same, and once the last day to join the group is over."""
    so = unless_enrollment_is(*states)

    def stop(scene: Scene) -> str:
        is_past = scene.cohort is not None and is_past_last_day(scene.cohort)
        return so(scene) or ("the last day has passed" if is_past else "")

    return stop


def place_answered(scene: Scene) -> str:
    """Needless once the mentor has answered, or takes part no more."""
    row = scene.enrollment
    if row is None or row.state is not EnrollmentState.ACTIVE:
        return "no longer so"
    return "" if row.place_given is None else "answered"


def training_done(scene: Scene) -> str:
    """Needless once all is done, and while they take no part."""
    row = scene.enrollment
    if row is None or row.state is not EnrollmentState.ACTIVE:
        return "no longer so"
    return "" if scene.to_do else "done already"


def training_open(scene: Scene) -> str:
    """Needless once a step is open again, and once they take no part."""
    row = scene.enrollment
    return "" if row is not None and row.state in HELD_PLACES and not scene.to_do else "no longer so"


def goes_on(scene: Scene) -> str:
    """Needless once nothing ends any more."""
    return "" if scene.ends_at is not None else "no longer so"


def answered(scene: Scene) -> str:
    """Needless once the recipient has answered, or nobody is asked any more."""
    seat = scene.seat
    if scene.match is None or scene.match.state not in AWAITING_PARTICIPANTS:
        return "no longer open"
    return "" if seat is not None and seat.approval is Approval.PENDING else "answered"


def not_asked_before(scene: Scene) -> str:
    """Needless for whoever never heard of the match."""
    return "" if scene.knows or scene.asked_for_it else "never asked"


def nobody_to_ask(scene: Scene) -> str:
    """Needless for whoever asked somebody, cannot ask or finds nobody, and for whoever was told already."""
    if scene.enrollment is None or scene.enrollment.state is not EnrollmentState.ACTIVE:
        return "no longer so"
    return "told already" if scene.knows else "nobody to ask" if scene.is_done else ""


def decided(scene: Scene) -> str:
    """Needless once it does not wait for who runs the programme."""
    open_ = scene.match is not None and scene.match.state is MatchState.AWAITING_ADMIN
    return "" if open_ else "decided"


def matched(scene: Scene) -> str:
    """Needless once there is a match or a circle for somebody, while they take a break, and while training comes
    first: of that another word reminds."""
    if scene.enrollment is None or scene.enrollment.state is not EnrollmentState.ACTIVE:
        return "no longer so"
    if any(step.required for step in scene.to_do):
        return "training comes first"
    return "matched" if scene.is_matched else ""


def accepted_again(scene: Scene) -> str:
    """Needless once enough matches are accepted, and once the group is over."""
    return "" if scene.acceptance is not None else "enough are accepted"


def nothing_to_report(scene: Scene) -> str:
    """Needless for whoever may not read it by now."""
    return "" if scene.report is not None else "no longer so"


def back_in_range(scene: Scene) -> str:
    """Needless once the figure is out of the red, or as in `nothing_to_report`."""
    return "" if scene.report is not None else "back in range"


def no_team(scene: Scene) -> str:
    """Needless while nobody of theirs takes part."""
    return "" if scene.team else "nothing to list"


def no_drafts(scene: Scene) -> str:
    """Needless once nothing waits for review."""
    return "" if scene.drafts else "nothing to review"


def not_running(scene: Scene) -> str:
    """Needless once the match does not run."""
    return "" if scene.match is not None and scene.match.state in RUNNING else "no longer running"


def no_pairs(scene: Scene) -> str:
    """Needless once there is no such match."""
    return "" if scene.pairs else "they have met"


def nobody_waits(scene: Scene) -> str:
    """Needless once all of them are matched."""
    return "" if scene.pairs else "matched"


def booked(scene: Scene) -> str:
    """Needless once a time is booked, or while the match rests."""
    return "a time is booked" if scene.ahead else rests(scene)


def booked_or_met(scene: Scene) -> str:
    """Needless once they have met, or as in `booked`."""
    return "they have met" if scene.has_met else booked(scene)


def goal_set(scene: Scene) -> str:
    """Needless once the recipient has a goal, or as in `rests`."""
    return "a goal is set" if scene.has_goal else rests(scene)


def goal_closed(scene: Scene) -> str:
    """Needless once a goal is closed, or the match it is shared in does not run."""
    is_set = scene.goal is not None and scene.goal.state is GoalState.ACTIVE
    return not_running(scene) if is_set else "done already"


def goal_touched(scene: Scene) -> str:
    """Needless once something has changed at a goal, and while its owner or the match takes a break."""
    goal = scene.goal
    if goal is None or goal.state is not GoalState.ACTIVE:
        return "done already"
    if touched_at(goal) > scene.message.created_at:
        return "changed since"
    if goal.enrollment.state is not EnrollmentState.ACTIVE:
        return "no longer takes part"
    return rests(scene) if scene.match else ""


def step_settled(scene: Scene) -> str:
    """Needless once a step is done, taken out or has another day, and while its owner takes a break."""
    step = scene.milestone
    if step is None or step.state is not MilestoneState.TODO or step.goal.state not in OPEN_GOALS:
        return "done already"
    if step.due_on is None or step.due_on.isoformat() != scene.message.facts.get("due_on"):
        return "another day"
    return "" if step.goal.enrollment.state is EnrollmentState.ACTIVE else "no longer takes part"


def step_settled_or_past(scene: Scene) -> str:
    """Needless as in `step_settled`, and once the day has passed."""
    return step_settled(scene) or ("too late" if _is_past(scene, scene.milestone) else "")


def shared_step_settled(scene: Scene) -> str:
    """Needless as in `step_settled`, or as in `rests`."""
    return step_settled(scene) or rests(scene)


def step_reopened(scene: Scene) -> str:
    """Needless once a step is to do again."""
    done = scene.milestone is not None and scene.milestone.state is MilestoneState.DONE
    return "" if done else "no longer so"


def promise_kept(scene: Scene) -> str:
    """Needless once a promise is kept or its day has passed, or as in `rests`."""
    if scene.promise is None or scene.promise.done_at is not None:
        return "done already"
    return "too late" if _is_past(scene, scene.promise) else rests(scene)


def _is_past(scene: Scene, dated: Milestone | ActionItem | None) -> bool:
    """Whether the day of a step or a promise is over where the recipient is."""
    day = dated.due_on if dated else None
    return day is not None and day < clock.today(scene.person.zone)


def another_end(scene: Scene) -> str:
    """Needless once the match has another last day, or as in `rests`."""
    day = scene.match.ends_on if scene.match else None
    if day is None or day.isoformat() != scene.message.facts.get("ends_on"):
        return "another last day"
    return rests(scene)


def booked_or_another_end(scene: Scene) -> str:
    """Needless once a time is booked, or as in `another_end`."""
    return another_end(scene) or booked(scene)


def extension_proposed(scene: Scene) -> str:
    """Needless once one of them proposed to go on, or as in `another_end`."""
    proposed = scene.match is not None and scene.match.proposed_end_on is not None
    return "a later day is proposed" if proposed else another_end(scene)


def rests(scene: Scene) -> str:
    """Needless while the match rests, and once it does not run."""
    if scene.match is not None and scene.match.state is MatchState.PAUSED:
        return "it rests"
    return not_running(scene)


def done_by_now(scene: Scene) -> str:
    """Needless once what it wishes for is done: they answered, take part again, or asked to be told."""
    return "answered" if scene.is_done else ""


def left_too(scene: Scene) -> str:
    """Needless for whoever has left as well."""
    seat = scene.seat
    return "" if seat is not None and seat.enrollment.state in HELD_PLACES else "they have left too"


def unless_match_is(state: MatchState) -> Stop:
    """Needless once the match is in another state."""
    def stop(scene: Scene) -> str:
        return "" if scene.match is not None and scene.match.state is state else "no longer so"

    return stop


def not_booked(scene: Scene) -> str:
    """Needless once the session is not booked, or not for that time, or was told of."""
    session = scene.session
    if session is None or session.state is not SessionState.SCHEDULED:
        return "no longer booked"
    if session.sequence != scene.message.facts.get("sequence"):
        return "moved since"
    if scene.knows:
        return "told already"
    return "too late" if session.starts_at <= clock.now() else ""


def prepared(scene: Scene) -> str:
    """Needless once somebody has added a topic, or as in `not_booked`."""
    return "prepared" if scene.is_done else not_booked(scene)


def written(scene: Scene) -> str:
    """Needless once the recipient has written something down, the session did not take place, or as in `rests`."""
    if scene.session is None or scene.session.state not in TOOK_PLACE:
        return "no longer so"
    return "done already" if scene.is_done else rests(scene)


def settled(scene: Scene) -> str:
    """Needless once somebody has said what became of a session, and once nobody may say it any more."""
    if scene.session is None or not can_be_missed(scene.session):
        return "no longer so"
    return "" if can_be_confirmed(scene.session) else "answered"


def not_cancelled(scene: Scene) -> str:
    """Needless unless the session is cancelled, and for whoever never heard of it."""
    if scene.session is None or scene.session.state is not SessionState.CANCELLED:
        return "not cancelled"
    return "" if scene.knows else "never invited"


def still_told(scene: Scene) -> list[Session]:
    """Of the sessions of a series that a message speaks of, those that are as it says."""
    said = dict(zip(scene.message.facts.get("session_ids", []), scene.message.facts.get("sequences", []), strict=True))
    return [one for one in scene.sessions if one.sequence == said.get(str(one.id))]


def series_is_over(scene: Scene) -> str:
    """Needless once no session of the series is ahead."""
    ahead = [one for one in scene.sessions if one.state is SessionState.SCHEDULED and one.starts_at > clock.now()]
    return "" if ahead else "no longer booked"


def rest_changed(scene: Scene) -> str:
    """Needless once none of these sessions is booked as it was told."""
    booked = [one for one in still_told(scene) if one.state is SessionState.SCHEDULED]
    if not booked:
        return "moved since"
    return "" if any(one.starts_at > clock.now() for one in booked) else "too late"


def rest_not_cancelled(scene: Scene) -> str:
    """Needless unless they are cancelled, and for whoever never heard of them."""
    if not still_told(scene):
        return "not cancelled"
    return "" if scene.knows else "never invited"


def took_place(scene: Scene) -> str:
    """Needless once the session took place after all."""
    missed = scene.session is not None and scene.session.state is SessionState.NO_SHOW
    return "" if missed else "it took place after all"


def survey_answered(scene: Scene) -> str:
    """Needless once it is answered or closed."""
    survey = scene.survey
    return "" if survey is not None and survey.state is InvitationState.OPEN else "answered or closed"


def form_answered(scene: Scene) -> str:
    """Needless once a form is answered or closed."""
    form = scene.form
    open_ = form is not None and form.state is InvitationState.OPEN and form.closes_at > clock.now()
    return "" if open_ else "answered or closed"


def handled(scene: Scene) -> str:
    """Needless once somebody has seen to it."""
    return "" if scene.asks_for_a_person else "handled"


def used_or_old(scene: Scene) -> str:
    """Needless once it is used, or too old."""
    waits = scene.sign_in is not None and state_of(scene.sign_in.request, by_link=True) is LetterState.OPEN
    return "" if waits else "used or too late"


def always_told(scene: Scene) -> str:  # noqa: ARG001  # every stop condition takes the scene
    """Never needless."""
    return ""


def read(scene: Scene) -> str:
    """Needless once everything is read."""
    return "" if scene.unread else "read, or over"


def not_proposed(scene: Scene) -> str:
    """Needless once that day is not proposed any more."""
    day = scene.match.proposed_end_on if scene.match else None
    return "" if day is not None and day.isoformat() == scene.message.facts.get("ends_on") else "no longer proposed"


def not_extended(scene: Scene) -> str:
    """Needless once the last day is another one."""
    day = scene.match.ends_on if scene.match else None
    return "" if day is not None and day.isoformat() == scene.message.facts.get("ends_on") else "changed since"
