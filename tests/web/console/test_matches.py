"""Matches to review: one glance for the strong ones, one page for each pair, nothing told before the word."""

from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Response

from server.kernel import clock
from server.kernel.db import fresh_key
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.models import Match, MatchMember, MatchOverride
from server.matches.states import Approval, MatchState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from tests import factories
from tests.queries import queries_run
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, draft, drafts_of, manager_of, market

HERE = "/console/matches"


@pytest.fixture
async def waiting(db: object) -> Market:
    """Two strong drafts and one that needs a look."""
    found = await market()
    await draft(found, 0, 91)
    await draft(found, 1, 88)
    await draft(found, 2, 66)
    return found


async def states(found: Market) -> list[MatchState]:
    return [row.state for row in await Match.filter(cohort_id=found.cohort.id).order_by("-fit")]


async def test_the_page_counts_what_waits_and_says_why(client_of: ClientOf, waiting: Market) -> None:
    answer = await (await client_of(waiting.manager)).get(HERE)
    assert "Three matches wait for your word" in answer.text
    assert "Two are strong and safe to approve together." in answer.text
    assert "One needs a closer look." in answer.text
    assert "Good fit" in answer.text
    assert "No reporting line" in answer.text
    assert "Never paired" in answer.text
    assert "2 of 2 places free" in answer.text


async def test_strong_ones_are_approved_together_and_taken_back(client_of: ClientOf, waiting: Market) -> None:
    client = await client_of(waiting.manager)
    strong = " ".join(str(one.id) for one in (await drafts_of(waiting))[:2])
    key = fresh_key()
    for _ in range(2):
        answer = await client.post(f"{HERE}/approvals", data={
            "pairs": strong, "group": str(waiting.cohort.id), "form_key": key,
        })
        assert answer.status_code == 303
    assert (await states(waiting)).count(MatchState.DRAFT) == 1
    shown = await client.get(answer.headers["location"])
    assert "2 are approved. Nobody is told for ten minutes." in shown.text
    assert "2 approvals can be taken back until" in shown.text
    assert f'name="approval" value="{key}"' in shown.text
    undone = await client.post(f"{HERE}/approvals/undo", data={"approval": key, "group": str(waiting.cohort.id)})
    assert "2 wait for your word again." in (await client.get(undone.headers["location"])).text
    assert set(await states(waiting)) == {MatchState.DRAFT}


async def test_undo_from_the_page_needs_no_toast(client_of: ClientOf, waiting: Market) -> None:
    client = await client_of(waiting.manager)
    ids = " ".join(str(one.id) for one in (await drafts_of(waiting))[:2])
    await client.post(f"{HERE}/approvals", data={"pairs": ids})
    await client.post(f"{HERE}/approvals/undo", data={"pairs": ids})
    assert set(await states(waiting)) == {MatchState.DRAFT}


async def test_after_ten_minutes_it_is_too_late(client_of: ClientOf, waiting: Market) -> None:
    client = await client_of(waiting.manager)
    ids = " ".join(str(one.id) for one in (await drafts_of(waiting))[:2])
    await client.post(f"{HERE}/approvals", data={"pairs": ids})
    with clock.at(clock.now() + timedelta(minutes=11)):
        answer = await client.post(f"{HERE}/approvals/undo", data={"pairs": ids})
        shown = await client.get(answer.headers["location"])
    assert "Too late to undo" in shown.text
    assert (await states(waiting)).count(MatchState.AWAITING_BOTH) == 2


async def test_one_pair_is_approved_and_undone(client_of: ClientOf, waiting: Market) -> None:
    client, match = await client_of(waiting.manager), (await drafts_of(waiting))[2]
    answer = await client.post(f"{HERE}/{match.id}/approval")
    assert (await Match.get(id=match.id)).state is MatchState.AWAITING_BOTH
    assert f"{HERE}/{match.id}/approval/undo" in (await client.get(answer.headers["location"])).text
    await client.post(f"{HERE}/{match.id}/approval/undo")
    assert (await Match.get(id=match.id)).state is MatchState.DRAFT


async def test_a_pair_whose_seat_went_says_so_on_its_page(client_of: ClientOf, waiting: Market) -> None:
    match = (await drafts_of(waiting))[0]
    await Enrollment.filter(id=waiting.mentees[0].id).update(state=EnrollmentState.WITHDRAWN)
    answer = await (await client_of(waiting.manager)).post(f"{HERE}/{match.id}/approval")
    assert answer.status_code == 409
    assert "no longer takes part" in answer.text
    assert (await Match.get(id=match.id)).state is MatchState.DRAFT


async def test_holding_back_moves_a_pair_to_look_closer_and_back(client_of: ClientOf, waiting: Market) -> None:
    client, match = await client_of(waiting.manager), (await drafts_of(waiting))[0]
    await client.post(f"{HERE}/{match.id}/hold", data={"held": "1"})
    shown = await client.get(f"{HERE}?pair={match.id}")
    assert "One is strong" in shown.text
    assert "Held back" in shown.text
    assert "Let in again" in shown.text
    await client.post(f"{HERE}/{match.id}/hold")
    assert "Two are strong" in (await client.get(HERE)).text


async def test_locking_twice_locks_once(client_of: ClientOf, waiting: Market) -> None:
    client, match = await client_of(waiting.manager), (await drafts_of(waiting))[0]
    for _ in range(2):
        await client.post(f"{HERE}/{match.id}/lock")
    assert await MatchOverride.filter(match_id=match.id).count() == 1
    shown = await client.get(f"{HERE}?pair={match.id}")
    assert "Locked" in shown.text
    assert "Lock the pair" not in shown.text


@pytest.mark.usefixtures("clock_stands")
async def test_what_both_agreed_on_waits_for_the_manager(client_of: ClientOf, db: object) -> None:
    found = await market()
    match = await factories.match(
        found.mentors[0], found.mentees[0], state=MatchState.AWAITING_ADMIN,
        published_at=clock.now() - timedelta(days=1),
    )
    await MatchMember.filter(match_id=match.id).update(approval=Approval.ACCEPTED, answered_at=clock.now())
    client = await client_of(found.manager)
    shown = await client.get(HERE)
    assert "Both said yes" in shown.text
    assert "Take it back" in shown.text
    assert "Lock the pair" not in shown.text
    approved = await client.post(f"{HERE}/{match.id}/approval", follow_redirects=True)
    assert (await Match.get(id=match.id)).state is MatchState.ACTIVE
    assert f'action="{HERE}/{match.id}/approval/undo"' in approved.text
    undone = await client.post(f"{HERE}/{match.id}/approval/undo", follow_redirects=True)
    assert "One waits for your word again." in undone.text
    assert (await Match.get(id=match.id)).state is MatchState.AWAITING_ADMIN


@pytest.mark.usefixtures("clock_stands")
async def test_taking_back_ends_it_before_it_begins(client_of: ClientOf, db: object) -> None:
    found = await market()
    match = await factories.match(found.mentors[0], found.mentees[0], state=MatchState.AWAITING_ADMIN)
    client = await client_of(found.manager)
    done = await client.post(f"{HERE}/{match.id}/withdrawal", follow_redirects=True)
    assert (await Match.get(id=match.id)).state is MatchState.CANCELLED
    assert f'action="{HERE}/{match.id}/undo"' in done.text
    assert "Taken back. Nobody was told." in (
        await client.post(f"{HERE}/{match.id}/undo", follow_redirects=True)
    ).text
    assert (await Match.get(id=match.id)).state is MatchState.AWAITING_ADMIN


async def after_a_run(client: AsyncClient, found: Market) -> Response:
    """The page that follows when somebody who asked for a run looks again once the job is done."""
    asked = await client.post(f"{HERE}/run", data={"group": str(found.cohort.id)})
    await drain()
    over = await client.get(asked.headers["location"])
    return await client.get(over.headers["location"])


async def test_a_run_finds_pairs_and_another_mentor_can_be_chosen(client_of: ClientOf, db: object) -> None:
    found = await market()
    client = await client_of(found.manager)
    assert "Three mentees have no mentor yet." in (await client.get(HERE)).text
    shown = await after_a_run(client, found)
    assert "3 pairs found." in shown.text
    assert "Three matches wait for your word" in shown.text
    match = (await drafts_of(found))[0]
    page = await client.get(f"{HERE}?pair={match.id}")
    assert "Choose another mentor for" in page.text
    assert "The next best mentor scores" in page.text
    mentor = page.text.split('name="mentor" value="')[1].split('"')[0]
    empty = await client.post(f"{HERE}/{match.id}/mentor", data={"mentor": mentor, "reason": " "})
    assert empty.status_code == 422
    assert "Say in a few words why." in empty.text
    assert f'value="{mentor}" id="mentor-1" checked' in empty.text
    lost = await client.post(f"{HERE}/{match.id}/mentor", data={"reason": "They know each other"})
    assert lost.status_code == 422
    assert "They know each other</textarea>" in lost.text
    assert "Choose somebody." in lost.text
    form = {"mentor": mentor, "reason": "They know each other", "form_key": fresh_key()}
    done, again = [await client.post(f"{HERE}/{match.id}/mentor", data=form) for _ in range(2)]
    assert done.status_code == 303
    assert again.headers["location"] == done.headers["location"]
    assert "Every other pair stays as it is." in (await client.get(done.headers["location"])).text
    assert (await Match.get(id=match.id)).state is MatchState.CANCELLED


async def test_a_full_mentor_is_had_by_an_exchange_that_is_told_before(client_of: ClientOf, db: object) -> None:
    found = await market(capacity=1)
    client = await client_of(found.manager)
    await after_a_run(client, found)
    match = (await drafts_of(found))[0]
    page = await client.get(f"{HERE}?pair={match.id}")
    assert "An exchange: " in page.text
    chosen = page.text.split('name="mentor" value="')[1].split('"')[0]
    assert "~" in chosen
    data = {"mentor": chosen, "reason": " "}
    empty = await client.post(f"{HERE}/{match.id}/mentor", data=data)
    assert f'value="{chosen}" id="mentor-1" checked' in empty.text
    done = await client.post(f"{HERE}/{match.id}/mentor", data={**data, "reason": "Closer in time"})
    assert "Exchanged. Every other pair stays as it is." in (await client.get(done.headers["location"])).text
    assert len(await drafts_of(found)) == 3
    late = await client.post(f"{HERE}/{match.id}/mentor", data={**data, "reason": "Closer in time"})
    assert late.status_code == 422


async def test_a_full_mentor_is_marked_and_refused(client_of: ClientOf, db: object) -> None:
    found = await market(capacity=1)
    client = await client_of(found.manager)
    await after_a_run(client, found)
    match, *others = await drafts_of(found)
    for one in others:
        await matches.lock_pair(factories.manager_of(found.manager, found.program), one.id)
    page = await client.get(f"{HERE}?pair={match.id}")
    assert "comes first." in page.text
    mentor = page.text.split('name="mentor" value="')[1].split('"')[0]
    answer = await client.post(f"{HERE}/{match.id}/mentor", data={"mentor": mentor, "reason": "Closer in time"})
    assert answer.status_code == 422
    assert "no free place any more" in answer.text
    assert "Closer in time</textarea>" in answer.text


async def test_mentor_places_say_which_skill_is_short(client_of: ClientOf, db: object) -> None:
    found = await market(mentors=1, mentees=4, capacity=1)
    shown = await (await client_of(found.manager)).get(HERE)
    assert "1 short" in shown.text
    assert "More mentees want" in shown.text


async def test_without_a_place_the_list_says_why_and_where_in_line(client_of: ClientOf, db: object) -> None:
    found = await market(mentors=1, mentees=3, capacity=1)
    client = await client_of(found.manager)
    await after_a_run(client, found)
    shown = await client.get(HERE)
    assert "First in line. Every fitting mentor is full" in shown.text
    assert "Two mentees have no mentor yet." in shown.text


async def test_groups_are_chosen_by_address(client_of: ClientOf, waiting: Market) -> None:
    other = await factories.cohort(waiting.program, name="Autumn group")
    client = await client_of(waiting.manager)
    first = await client.get(HERE)
    assert "Spring group" in first.text
    assert "Autumn group (0)" in first.text
    second = await client.get(f"{HERE}?group={other.id}")
    assert "No match waits for you" in second.text


@pytest.mark.parametrize("who", ["stranger", "mentor", "other"])
async def test_nobody_else_reads_or_decides(client_of: ClientOf, waiting: Market, who: str) -> None:
    match = (await drafts_of(waiting))[0]
    other = await manager_of(waiting.organization, await factories.program(waiting.organization))
    member = await MatchMember.get(match_id=match.id, role="MENTOR").select_related("person")
    client = await client_of({"stranger": waiting.stranger, "mentor": member.person, "other": other}[who])
    assert (await client.get(f"{HERE}?pair={match.id}")).status_code == 404
    assert (await client.get(f"{HERE}?group={waiting.cohort.id}")).status_code == 404
    assert (await client.get(HERE)).status_code == (200 if who == "other" else 404)
    for path, data in (
        ("approvals", {"pairs": str(match.id)}), ("approvals/undo", {"pairs": str(match.id)}),
        ("run", {"group": str(waiting.cohort.id)}), (f"{match.id}/approval", {}), (f"{match.id}/lock", {}),
        (f"{match.id}/hold", {"held": "1"}), (f"{match.id}/withdrawal", {}),
        (f"{match.id}/mentor", {"mentor": str(match.id), "reason": "x"}), (f"{match.id}/approval/undo", {}),
    ):
        assert (await client.post(f"{HERE}/{path}", data=data)).status_code == 404, path
    assert set(await states(waiting)) == {MatchState.DRAFT}
    assert not await AuditEvent.filter(action__startswith="match").exists()


async def test_another_organisation_sees_nothing(client_of: ClientOf, waiting: Market) -> None:
    foreign = await market()
    client, match = await client_of(foreign.admin), (await drafts_of(waiting))[0]
    assert (await client.get(f"{HERE}?pair={match.id}")).status_code == 404
    assert (await client.post(f"{HERE}/{match.id}/approval")).status_code == 404
    assert "Saltmarsh" not in (await client.get(HERE)).text


async def _cost(client_of: ClientOf, found: Market) -> int:
    client = await client_of(found.manager)
    await client.get(HERE)
    with queries_run() as ran:
        assert (await client.get(HERE)).status_code == 200
    return len(ran)


async def test_thirty_pairs_cost_as_many_queries_as_one(client_of: ClientOf, db: object) -> None:
    few, many = await market(2, 2), await market(31, 31)
    await draft(few)
    for number in range(30):
        await draft(many, number)
    assert await _cost(client_of, few) == await _cost(client_of, many)
