"""Where the button of a message leads: the exact screen, for each kind."""

from server.access.letters.marks import link_key_of
from server.matches.states import MatchState
from server.notifications.scene import Scene
from server.programs.reporting.entries import reports_of


def home(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """The first page."""
    return "/"


def join(scene: Scene) -> str:
    """The page on which somebody joins, or says no."""
    return f"/join/{scene.program.key}"


def join_as_mentor(scene: Scene) -> str:
    """The same, as a mentor."""
    return f"{join(scene)}?as=mentor"


def briefed(scene: Scene) -> str:
    """Somebody's own people in mentoring, where the programme tells of them; else the first page."""
    return "/team" if reports_of(scene.program.reports).line_managers else "/"


def waiting(scene: Scene) -> str:
    """The page that says what happens next."""
    return f"/waiting/{scene.program.key}"


def training(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """Their training, on the first page."""
    return "/#training"


def place(scene: Scene) -> str:
    """The page on which a mentor gives one more place."""
    assert scene.enrollment is not None
    return f"/enrollment/{scene.enrollment.id}/place"


def book(scene: Scene) -> str:
    """Another time, as long as there is a match to book it for."""
    running = scene.match is not None and scene.match.state is MatchState.ACTIVE
    return f"{the_match(scene)}/session" if running and scene.sets_times else "/"


def the_match(scene: Scene) -> str:
    """The page of the match."""
    assert scene.match is not None
    return f"/match/{scene.match.id}"


def extension(scene: Scene) -> str:
    """The page on which a later last day is proposed or agreed to."""
    return f"{the_match(scene)}/extension"


def new_goal(scene: Scene) -> str:
    """The page on which the recipient says a goal of their own."""
    assert scene.seat is not None
    return f"/enrollment/{scene.seat.enrollment_id}/goal"


def own_goal(scene: Scene) -> str:
    """The reader's own goal with its steps, on the first page."""
    goal = scene.goal or (scene.milestone.goal if scene.milestone else None)
    assert goal is not None
    match_id = scene.match.id if scene.match else goal.match_id
    return f"/#goal-{match_id}" if match_id else "/"


def their_goal(scene: Scene) -> str:
    """The goal that the other of a pair shows, on the first page."""
    assert scene.match is not None
    return "/#mentees" if scene.mentors else f"/#theirs-{scene.match.id}"


def quiet(scene: Scene) -> str:
    """Where a match that has gone quiet can be booked, paused or ended, on the first page."""
    assert scene.match is not None
    return "/#mentees" if scene.mentors and not scene.circle else f"/#next-{scene.match.id}"


def finished(scene: Scene) -> str:
    """What two have done, on the first page."""
    assert scene.match is not None
    return f"/#finished-{scene.match.id}"


def promises(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """What one said one would do, on the first page."""
    return "/#promises"


def the_session(scene: Scene) -> str:
    """The page of the session."""
    assert scene.session is not None
    return f"/session/{scene.session.id}"


def of_series(scene: Scene) -> str:
    """The first session of the series."""
    return f"/session/{scene.sessions[0].id}"


def next_or_book(scene: Scene) -> str:
    """The next session, or else a time for one."""
    return f"/session/{scene.booked.id}" if scene.booked else book(scene)


def check_in(scene: Scene) -> str:
    """The questions."""
    assert scene.survey is not None
    return f"/checkin/{scene.survey.id}"


def survey(scene: Scene) -> str:
    """The questions of a form."""
    assert scene.form is not None
    return f"/survey/{scene.form.id}"


def thread(scene: Scene) -> str:
    """The latest words of the thread."""
    assert scene.match is not None
    return f"/messages/{scene.match.id}#latest"


def sign_in(scene: Scene) -> str:
    """The link that signs in."""
    assert scene.sign_in is not None
    return f"/sign-in/link/{scene.sign_in.id}?key={link_key_of(scene.sign_in.id)}"


def devices(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """Where one is signed in."""
    return "/you#devices"


def consents(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """What one agrees to."""
    return "/you#consents"


def asking(scene: Scene) -> str:
    """Whom one may ask for a match."""
    assert scene.enrollment is not None
    return f"/enrollment/{scene.enrollment.id}/asking"


def ending(scene: Scene) -> str:
    """The page on which one pauses a match, or ends it."""
    return f"{the_match(scene)}/ending"


def console_matches(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """The matches that wait for who runs the programme."""
    return "/console/matches"


def console_match(scene: Scene) -> str:
    """One match, as who runs the programme sees it."""
    assert scene.match is not None
    return f"{console_matches(scene)}/{scene.match.id}"


def console_group(scene: Scene) -> str:
    """The matches of one group."""
    assert scene.cohort is not None
    return f"{console_matches(scene)}?group={scene.cohort.id}"


def console(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """The first page of who runs programmes."""
    return "/console"


def console_needs(scene: Scene) -> str:
    """What needs who runs programmes, on their first page."""
    return f"{console(scene)}#needs"


def console_quiet(scene: Scene) -> str:
    """The matches that have gone quiet, among what needs them."""
    return f"{console(scene)}#quiet"


def console_supply(scene: Scene) -> str:
    """How many places there are, and how many people need one."""
    assert scene.cohort is not None
    return f"{console_matches(scene)}/groups/{scene.cohort.id}/places"


def team(scene: Scene) -> str:  # noqa: ARG001  # every link takes the scene
    """Somebody's own people in mentoring."""
    return "/team"
