"""The console's first page: what needs a person, measures that are honest, and who may look."""

from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import AuditEvent
from server.matches.actions import send_back
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchState
from server.notifications.models import Message
from server.notifications.states import MessageClass, MessageState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import Help, InvitationState, SurveyKind
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run
from tests.web.conftest import ClientOf
from tests.web.console.market import draft, manager_of, market

HERE = "/console"


async def running(pair: Pair, days: int, met_days_ago: int | None = None) -> Match:
    """A pair of other people in the same group, matched `days` ago."""
    mentor = await factories.person(pair.organization, given_name="Odile", family_name="Tern")
    mentee = await factories.person(pair.organization, given_name="Fennimore", family_name="Cliffe")
    match = await factories.match(
        await factories.enrollment(pair.cohort, mentor, ParticipantRole.MENTOR),
        await factories.enrollment(pair.cohort, mentee, ParticipantRole.MENTEE),
        active_at=clock.now() - timedelta(days=days),
    )
    if met_days_ago is not None:
        await held(match, met_days_ago)
    return match


async def held(match: Match, days_ago: int) -> None:
    ended = clock.now() - timedelta(days=days_ago)
    await Session.create(
        organization_id=match.organization_id, match=match, starts_at=ended - timedelta(minutes=45), ends_at=ended,
        state=SessionState.HELD, booked_at=ended, held_at=ended,
    )


async def answered(pair: Pair, words: str = "") -> SurveyAnswer:
    """The mentee's check-in."""
    asked = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, state=InvitationState.ANSWERED, opens_at=clock.now(),
        closes_at=clock.now() + timedelta(days=14),
    )
    return await SurveyAnswer.create(
        organization_id=pair.organization.id, invitation=asked, usefulness=4, goal_distance=4,
        help_wanted=[Help.ANOTHER_MENTOR.value], words=words,
    )


@pytest.fixture
async def pair(db: object) -> Pair:
    """One fresh pair, and a manager who holds the role."""
    made = await factories.active_match()
    manager = await manager_of(made.organization, made.program)
    return Pair(**{**vars(made), "manager": manager})


async def test_with_nothing_to_do_it_says_so_and_stops(client_of: ClientOf, pair: Pair) -> None:
    answer = await (await client_of(pair.manager)).get(HERE)
    assert "Nothing needs you today" in answer.text
    assert "Nothing waits for you." in answer.text
    assert answer.text.count("No figure yet") == 4
    assert "Needs you</h2>" not in answer.text


async def test_a_quiet_pair_is_named_with_its_reason_and_one_act(client_of: ClientOf, pair: Pair) -> None:
    match = await running(pair, days=90, met_days_ago=36)
    await running(pair, days=90, met_days_ago=3)
    answer = await (await client_of(pair.manager)).get(HERE)
    assert "One thing needs you" in answer.text
    assert "Fennimore and Odile" in answer.text
    assert "Last met five weeks ago." in answer.text
    members = await match.members.all().prefetch_related("person")
    assert all(member.person.email in answer.text for member in members)
    assert "50%" in answer.text


async def test_a_match_that_came_back_stands_there_as_long_as_somebody_waits_for_it(
    client_of: ClientOf, pair: Pair
) -> None:
    client, match = await client_of(pair.manager), await running(pair, days=3)
    await Match.filter(id=match.id).update(state=MatchState.AWAITING_MENTEE)
    mentee = await MatchMember.get(match_id=match.id, role=ParticipantRole.MENTEE).select_related("person")
    await MatchMember.filter(id=mentee.id).update(approval=Approval.PENDING)
    back = await send_back(factories.actor_of(mentee.person), match.id, code="REPEAT")
    shown = (await client.get(HERE)).text
    assert "Came back today: a rule keeps them apart by now. Fennimore waits for another mentor." in shown
    assert shown.count(f"/console/matches?pair={match.id}") == 2
    assert (await client.get(f"/console/matches?pair={match.id}")).status_code == 200
    await Match.filter(id=back.id).update(state=MatchState.CANCELLED)
    assert "Came back" not in (await client.get(HERE)).text


@pytest.mark.parametrize(("days", "needs"), [(13, 0), (14, 1), (27, 1)])
async def test_a_first_session_is_missed_after_two_weeks(
    client_of: ClientOf, pair: Pair, days: int, needs: int
) -> None:
    await running(pair, days=days)
    answer = await (await client_of(pair.manager)).get(HERE)
    assert answer.text.count("No first session yet.") == needs


async def test_a_check_in_that_asks_for_somebody_waits_until_it_is_seen_to(client_of: ClientOf, pair: Pair) -> None:
    asks = await answered(pair, words="We never find a time.")
    client = await client_of(pair.manager)
    shown = await client.get(HERE)
    assert "Noor’s check-in: wants another mentor." in shown.text
    assert "“We never find a time.”" in shown.text
    for _ in range(2):
        assert (await client.post(f"{HERE}/answers/{asks.id}")).status_code == 303
    assert (await SurveyAnswer.get(id=asks.id)).handled_by_id == pair.manager.id
    assert await AuditEvent.filter(action="survey.handle").count() == 1
    assert "Nothing needs you today" in (await client.get(HERE)).text
    for _ in range(2):
        undone = await client.post(f"{HERE}/answers/{asks.id}/undo", follow_redirects=True)
    assert "Noor’s check-in: wants another mentor." in undone.text
    assert await AuditEvent.filter(action="survey.undo_handle").count() == 1


@pytest.mark.parametrize(("path", "state"), [("", EnrollmentState.ACTIVE), ("/refusal", EnrollmentState.DECLINED)])
@pytest.mark.usefixtures("clock_stands")
async def test_an_applicant_is_admitted_or_turned_down(
    client_of: ClientOf, pair: Pair, path: str, state: EnrollmentState
) -> None:
    asking = await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTEE, state=EnrollmentState.PENDING_APPROVAL, active_at=None
    )
    client = await client_of(pair.manager)
    assert "Would like to join Rising Leads as a mentee." in (await client.get(HERE)).text
    for _ in range(2):
        assert (await client.post(f"{HERE}/admissions/{asking.id}{path}")).status_code == 303
    assert (await Enrollment.get(id=asking.id)).state is state
    undone = await client.post(f"{HERE}/admissions/{asking.id}/undo", follow_redirects=True)
    assert "Taken back. Nobody was told." in undone.text
    assert (await Enrollment.get(id=asking.id)).state is EnrollmentState.PENDING_APPROVAL
    too_late = await client.post(f"{HERE}/admissions/{asking.id}/undo", follow_redirects=True)
    assert "Too late to undo" in too_late.text


async def test_words_for_who_is_turned_down_are_kept_or_given_back(client_of: ClientOf, pair: Pair) -> None:
    asking = await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTOR, state=EnrollmentState.PENDING_APPROVAL, active_at=None
    )
    client, at = await client_of(pair.manager), f"{HERE}/admissions/{asking.id}/refusal"
    long = await client.post(at, data={"reason": "wordy " * 100})
    assert long.status_code == 422
    assert "Shorten this by" in long.text
    assert "wordy wordy" in long.text
    told = await client.post(at, data={"reason": "The group is full.\nAsk in spring."}, follow_redirects=True)
    assert f'action="{HERE}/admissions/{asking.id}/undo"' in told.text
    row = await Enrollment.get(id=asking.id)
    assert (row.state, row.decision_reason) == (EnrollmentState.DECLINED, "The group is full.\nAsk in spring.")


async def test_who_left_meanwhile_cannot_be_admitted(client_of: ClientOf, pair: Pair) -> None:
    gone = await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTEE, state=EnrollmentState.WITHDRAWN
    )
    answer = await (await client_of(pair.manager)).post(f"{HERE}/admissions/{gone.id}")
    assert answer.status_code == 409
    assert "There is no application to admit." in answer.text


async def test_measures_are_counted_and_named_by_their_state(client_of: ClientOf, pair: Pair) -> None:
    for met in (40, None, None, None):
        await running(pair, days=60, met_days_ago=met)
    await Match.filter(id=pair.match.id).update(state=MatchState.EXPIRED, active_at=None)
    answer = await (await client_of(pair.manager)).get(HERE)
    for figure in ("100%", "25%", "80%", "0%"):
        assert f">{figure}</td>" in answer.text, figure
    short = "Pairs gone quiet, Planned sessions held, Pairs that started, Goals set and Matches accepted"
    assert f"Off target: {short}." in answer.text


async def test_what_ran_by_itself_is_counted_for_these_programmes_alone(client_of: ClientOf, pair: Pair) -> None:
    other = await factories.active_match(org=pair.organization)
    for one in (pair, other, other):
        async with unit_of_work(system_actor(pair.organization.id)) as unit:
            await unit.audit("match.expire", one.match)
        await Message.create(
            organization_id=pair.organization.id, kind="M03", message_class=MessageClass.TRANSACTIONAL,
            recipient=one.mentee, trigger="x", dedupe_key=f"{one.match.id}{clock.now()}", state=MessageState.SENT,
            sent_at=clock.now(),
        )
    answer = await (await client_of(pair.manager)).get(HERE)
    assert "1 message sent" in answer.text
    assert "1 request passed unanswered" in answer.text


async def test_a_programme_is_chosen_by_address(client_of: ClientOf, db: object) -> None:
    first = await market()
    await draft(first)
    await factories.program(first.organization, name="Reverse", key="reverse")
    client = await client_of(first.admin)
    assert "1 match waits for your word" in (await client.get(HERE)).text
    assert "Nothing needs you today" in (await client.get(f"{HERE}?program=reverse")).text
    assert (await client.get(f"{HERE}?program=absent")).status_code == 404


async def test_an_organisation_without_programmes_is_shown_the_way(client_of: ClientOf, db: object) -> None:
    admin = await manager_of(await factories.organization(), None)
    answer = await (await client_of(admin)).get(HERE)
    assert "There is no programme yet" in answer.text
    assert "/console/people/import" in answer.text


@pytest.mark.parametrize("who", ["mentor", "mentee", "line_manager", "stranger"])
async def test_nobody_without_the_role_finds_the_console(client_of: ClientOf, pair: Pair, who: str) -> None:
    asks = await answered(pair)
    client = await client_of(getattr(pair, who))
    assert (await client.get(HERE)).status_code == 404
    assert (await client.post(f"{HERE}/answers/{asks.id}")).status_code == 404


async def test_another_programmes_manager_sees_none_of_it(client_of: ClientOf, pair: Pair) -> None:
    asks, other = await answered(pair), await factories.program(pair.organization, key="other")
    asking = await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTEE, state=EnrollmentState.PENDING_APPROVAL, active_at=None
    )
    await running(pair, days=90)
    client = await client_of(await manager_of(pair.organization, other))
    shown = await client.get(HERE)
    assert "Nothing needs you today" in shown.text
    assert "Fennimore" not in shown.text
    for path in (
        f"answers/{asks.id}", f"answers/{asks.id}/undo", f"admissions/{asking.id}", f"admissions/{asking.id}/refusal",
        f"admissions/{asking.id}/undo",
    ):
        assert (await client.post(f"{HERE}/{path}")).status_code == 404
    assert (await client.get(f"{HERE}?program={pair.program.key}")).status_code == 404


async def test_thirty_quiet_pairs_cost_as_many_queries_as_one(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.manager)
    await running(pair, days=90, met_days_ago=40)
    await running(pair, days=20)
    counts = []
    for more in (0, 29):
        for _ in range(more):
            await running(pair, days=90, met_days_ago=40)
        with queries_run() as ran:
            assert (await client.get(HERE)).status_code == 200
        counts.append(len(ran))
    assert counts[0] == counts[1]


async def test_you_leads_who_runs_programmes_to_the_console_and_nobody_else(client_of: ClientOf, pair: Pair) -> None:
    assert "Go to the console" in (await (await client_of(pair.manager)).get("/you")).text
    assert "Go to the console" not in (await (await client_of(pair.mentor)).get("/you")).text
