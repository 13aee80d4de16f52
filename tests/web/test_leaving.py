"""Pausing, finishing and leaving on screen: what it means is said first, and the pages tell the state afterwards."""

from datetime import timedelta

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.journey.leaving.actions import leave_program, take_break
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches.actions import announce_quiet_end, end_match, pause_match
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from server.surveys.models import SurveyInvitation
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf

SEE_OTHER = 303


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def home(client_of: ClientOf, pair: Pair, *, mentor: bool = False) -> str:
    return (await (await client_of(pair.mentor if mentor else pair.mentee)).get("/")).text


async def test_you_leads_to_leaving_and_leaving_says_what_it_means(pair: Pair, client_of: ClientOf) -> None:
    client = await client_of(pair.mentee)
    there = f"/enrollment/{pair.mentee_enrollment.id}/leaving"
    assert there in (await client.get("/you")).text
    page = (await client.get(there)).text
    assert "Idris and you finish. Idris hears it kindly, without a reason" in page
    assert page.index("Take a break first?") < page.index("Leave the programme")


async def test_who_leaves_is_told_so_and_who_stays_reads_what_comes_next(pair: Pair, client_of: ClientOf) -> None:
    client = await client_of(pair.mentor)
    answer = await client.post(f"/enrollment/{pair.mentor_enrollment.id}/withdrawal")
    assert (answer.status_code, answer.headers["location"]) == (SEE_OTHER, "/")
    page = await home(client_of, pair)
    assert "You and Idris have finished" in page
    assert "We look for another mentor for you, and you are looked at first." in page
    assert "We’re looking for your mentor" not in page


async def test_somebody_elses_enrolment_is_not_found(pair: Pair, client_of: ClientOf) -> None:
    client = await client_of(pair.mentee)
    assert (await client.get(f"/enrollment/{pair.mentor_enrollment.id}/leaving")).status_code == 404
    for path in ("withdrawal", "break", "return"):
        answer = await client.post(f"/enrollment/{pair.mentor_enrollment.id}/{path}", data={"until": "2030-01-01"})
        assert answer.status_code in (404, 422)
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).state is EnrollmentState.ACTIVE


async def test_a_pause_is_chosen_by_its_day_and_ended_by_one_press(pair: Pair, client_of: ClientOf) -> None:
    client = await client_of(pair.mentee)
    wrong = await client.post(f"/match/{pair.match.id}/pause", data={"until": "2020-01-01"})
    assert wrong.status_code == 422
    assert "Choose a day within the next six months." in wrong.text
    empty = await client.post(f"/match/{pair.match.id}/pause", data={"until": ""})
    assert (empty.status_code, "Choose a day." in empty.text) == (422, True)
    await client.post(f"/match/{pair.match.id}/pause", data={"until": factories.in_days(20).isoformat()})
    assert (await Match.get(id=pair.match.id)).paused_until == factories.in_days(20)
    assert "Go on now" in await home(client_of, pair)
    assert "Go on now" in await home(client_of, pair, mentor=True)
    await client.post(f"/match/{pair.match.id}/resumption")
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_a_match_that_would_end_in_silence_goes_on_by_one_press(pair: Pair, client_of: ClientOf) -> None:
    client, page = await client_of(pair.mentee), f"/match/{pair.match.id}/ending"
    assert "We go on" not in (await client.get(page)).text
    await announce_quiet_end(system_actor(pair.organization.id), pair.match.id, clock.now())
    assert "We go on" in (await client.get(page)).text
    kept = await client.post(f"/match/{pair.match.id}/keeping")
    assert (kept.status_code, kept.headers["location"]) == (SEE_OTHER, f"/match/{pair.match.id}/session")
    assert "We go on" not in (await client.get(page)).text


async def test_on_ones_own_break_one_comes_back_and_the_other_only_waits(pair: Pair, client_of: ClientOf) -> None:
    await take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(20))
    mine, theirs = await home(client_of, pair, mentor=True), await home(client_of, pair)
    assert "I’m back" in mine
    assert "I’m back" not in theirs
    assert "Go on now" not in theirs
    answer = await (await client_of(pair.mentee)).post(f"/match/{pair.match.id}/resumption")
    assert answer.status_code == SEE_OTHER
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED


async def test_finishing_concludes_without_blame_and_a_last_day_completes(pair: Pair, client_of: ClientOf) -> None:
    client = await client_of(pair.mentee)
    await client.post(f"/match/{pair.match.id}/closure")
    match = await Match.get(id=pair.match.id)
    assert (match.state, match.closure_reason) == (MatchState.CONCLUDED, ClosureReason.NO_FAULT)
    late = await client.get(f"/match/{pair.match.id}/ending")
    assert late.headers["location"] == f"/match/{pair.match.id}"
    other = await factories.active_match(pair.organization)
    await Match.filter(id=other.match.id).update(state=MatchState.DURATION_COMPLETED)
    client = await client_of(other.mentee)
    assert "You and Idris have reached your last day" in (await client.get("/")).text
    await client.post(f"/match/{other.match.id}/closure")
    assert (await Match.get(id=other.match.id)).state is MatchState.COMPLETED


async def test_a_quiet_pair_is_offered_a_time_first_and_an_end_last(pair: Pair, client_of: ClientOf) -> None:
    assert "It’s been a while" not in await home(client_of, pair)
    await Match.filter(id=pair.match.id).update(active_at=clock.now() - timedelta(days=21))
    page = await home(client_of, pair)
    assert page.index("It’s been a while") < page.index("Book ") < page.index("Close kindly")
    await pause_match(pair.mentee_actor, pair.match.id)
    assert "It’s been a while" not in await home(client_of, pair)


async def test_the_end_is_told_for_a_month_and_only_while_there_is_no_other_match(
    pair: Pair, client_of: ClientOf
) -> None:
    await end_match(pair.mentor_actor, pair.match.id, ClosureReason.SCHEDULE)
    assert "You and Idris have finished" in await home(client_of, pair)
    assert "You and Noor have finished" in await home(client_of, pair, mentor=True)
    clock.move(timedelta(days=31))
    assert "You and Idris have finished" not in await home(client_of, pair)
    clock.reset()
    mentor = await factories.enrollment(
        pair.cohort, await factories.person(pair.organization, given_name="Kofi"), ParticipantRole.MENTOR
    )
    await factories.match(mentor, pair.mentee_enrollment)
    assert "You and Idris have finished" not in await home(client_of, pair)


async def test_the_console_names_the_mentor_who_left_until_there_is_another(pair: Pair, client_of: ClientOf) -> None:
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER, program_id=pair.program.id
    )
    client = await client_of(pair.manager)
    await leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    page = (await client.get("/console")).text
    assert "Idris left on" in page
    assert "Noor waits for another mentor." in page
    assert f"/console/matches?group={pair.cohort.id}" in page
    mentor = await factories.enrollment(pair.cohort, pair.stranger, ParticipantRole.MENTOR)
    draft = await factories.match(mentor, pair.mentee_enrollment, state=MatchState.DRAFT)
    assert f"/console/matches?pair={draft.id}" in (await client.get("/console")).text
    await Match.filter(id=draft.id).update(state=MatchState.AWAITING_BOTH)
    assert "Idris left on" not in (await client.get("/console")).text


async def asked_how_it_was(pair: Pair, person: Person) -> str:
    """The address at which somebody is asked how a match was, once it is told that it ended."""
    clock.move(timedelta(minutes=1))
    await drain(strict=False)
    return f"/checkin/{(await SurveyInvitation.get(match_id=pair.match.id, person_id=person.id, kind='EXIT')).id}"


@pytest.mark.parametrize("leaves", ["the match", "the programme"])
async def test_you_have_finished_leads_to_how_it_was_until_it_is_said(
    client_of: ClientOf, pair: Pair, leaves: str
) -> None:
    client = await client_of(pair.mentee)
    own = f"/enrollment/{pair.mentee_enrollment.id}/withdrawal"
    await client.post(f"/match/{pair.match.id}/closure" if leaves == "the match" else own)
    asked = await asked_how_it_was(pair, pair.mentee)
    for page in ("/", f"/match/{pair.match.id}"):
        shown = (await client.get(page)).text
        assert f'href="{asked}"' in shown, page
        assert "You and Idris have finished" in shown
    home_ = (await client.get("/")).text
    assert ("We look for another mentor for you" in home_) is (leaves == "the match")
    theirs = await asked_how_it_was(pair, pair.mentor)
    assert f'href="{theirs}"' in await home(client_of, pair, mentor=True)
    said = {"usefulness": "4", "goal_distance": "3", "recommend": "8", "goal_outcome": "PARTLY"}
    answer = await client.post(asked, data=said)
    assert answer.status_code == SEE_OTHER
    assert f'href="{asked}"' not in (await client.get("/")).text
    assert f'href="{asked}"' not in (await client.get(f"/match/{pair.match.id}")).text
