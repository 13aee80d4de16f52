"""A run's page: what a manager reads of it, beside another run, and as a file."""

import json
from dataclasses import replace

import pytest

from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matchmaking.engine import Step
from server.matchmaking.models import MatchRun, MatchSuggestion, Preference
from server.matchmaking.runs.actions import run_matching, start_run
from server.matchmaking.runs.comparison import Change, Comparison, Settings, Why
from server.matchmaking.runs.queries import AgainstLast, RunsCompared
from server.matchmaking.states import PreferenceKind, RunKind, RunState
from server.people.models import Person
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState
from tests import factories
from tests.web.conftest import HTMX, ClientOf
from tests.web.console.learned import a_learning
from tests.web.console.market import Market, market
from web.console import compare_words

HERE = "/console/matches/runs"


@pytest.fixture
async def found(db: object) -> Market:
    return await market(mentors=3, mentees=4, capacity=1)


async def run(found: Market) -> MatchRun:
    return await run_matching(system_actor(found.organization.id), found.cohort.id)


async def test_the_queue_leads_to_its_run_which_says_how_good_it_is(client_of: ClientOf, found: Market) -> None:
    made, client = await run(found), await client_of(found.manager)
    assert f'href="{HERE}/{made.id}"' in (await client.get("/console/matches")).text
    shown = (await client.get(f"{HERE}/{made.id}")).text
    assert "3 of 4 mentees have a mentor" in shown
    assert "No better total exists for these weights. That is proven. 1 mentee waits." in shown
    assert "Not yet calibrated, based on 0 pairs." in shown
    assert "Every fitting mentor is full" in shown
    assert "Factory setting 2026.11" in shown
    assert "No two groups are large enough to be compared." in shown
    for words in ("How good is it?", "Nine of ten pairs fit at least", "98%\N{NO-BREAK SPACE}or", "Not known yet"):
        assert words in shown, words


async def test_groups_are_compared_and_small_ones_hidden(client_of: ClientOf, db: object) -> None:
    found = await market(mentors=20, mentees=21)
    for number, row in enumerate(found.mentees):
        city = "Lisbon" if number < 9 else "Nairobi" if number < 18 else "Leeds"
        await Person.filter(id=row.person_id).update(location=city)
    shown = (await (await client_of(found.manager)).get(f"{HERE}/{(await run(found)).id}")).text
    assert "Place: mentees" in shown
    assert "No group fares worse than the others by more than chance would explain." in shown
    assert "Leeds" in shown
    assert shown.count("hidden</span>") == 6, "Leeds, and one more so that Leeds cannot be worked out"


async def test_two_runs_are_compared_and_the_change_is_told(client_of: ClientOf, found: Market) -> None:
    earlier = await run(found)
    await Enrollment.filter(id=found.mentors[0].id).update(state=EnrollmentState.PAUSED)
    later, client = await run(found), await client_of(found.manager)
    assert f"{HERE}/{later.id}/against/{earlier.id}" in (await client.get(f"{HERE}/{later.id}")).text
    for address in (f"{later.id}/against/{earlier.id}", f"{earlier.id}/against/{later.id}"):
        shown = (await client.get(f"{HERE}/{address}")).text
        assert "placed differently" in shown
        assert "Idris had no place any more." in shown
        assert "Somebody came, went or changed" in shown
    table = await client.get(f"{HERE}/{later.id}/against/{earlier.id}/changes.csv")
    assert "MENTOR_LEFT" in table.text
    assert 'filename="changes.csv"' in table.headers["content-disposition"]


async def test_a_run_is_repeated_by_its_seed(client_of: ClientOf, found: Market) -> None:
    client, here = await client_of(found.manager), {"group": str(found.cohort.id)}
    wrong = await client.post("/console/matches/run", data={**here, "seed": "seven"})
    assert wrong.status_code == 422
    for words in ('value="seven"', "Choose a number from 0 to 2147483647.", 'href="#seed"'):
        assert words in wrong.text
    assert not await MatchRun.exists()
    await client.post("/console/matches/run", data={**here, "seed": "41"})
    await drain()
    made = await MatchRun.get()
    shown = (await client.get(f"{HERE}/{made.id}")).text
    assert (made.seed, 'name="seed" value="41"' in shown, "seed 41" in shown) == (41, True, True)
    await client.post("/console/matches/preview", data={**here, "seed": "41"})
    await drain()
    again = await MatchRun.get(kind=RunKind.PREVIEW)
    assert (again.seed, again.result["waitlist"]) == (41, made.result["waitlist"])
    pairs = [
        sorted([(one.mentor_enrollment_id, one.mentee_enrollment_id, one.fit)
                async for one in MatchSuggestion.filter(run_id=run_id, chosen=True)])
        for run_id in (made.id, again.id)
    ]
    assert pairs[0] == pairs[1] != []


async def test_a_run_is_taken_along_as_files(client_of: ClientOf, found: Market) -> None:
    made, client = await run(found), await client_of(found.manager)
    pairs = await client.get(f"{HERE}/{made.id}/pairs.csv")
    assert pairs.text.count("\r\n") == 4
    assert "reason_1" in pairs.text
    whole = json.loads((await client.get(f"{HERE}/{made.id}/run.json")).text)
    assert (whole["matched"], len(whole["pairs"]), whole["weights_version"]) == (3, 3, "2026.11")
    told = {one["name"]: (one["value"], one["standard"]) for one in whole["quality"]}
    assert len(told) == 8
    assert (told["COVERAGE"], told["OPTIMUM"], told["RANKING"]) == ((1.0, "MET"), (1.0, "MET"), (None, None))
    learned = {**made.result, "calibration": {"calibrated": True, "based_on": 900, "model": "ONE_TO_ONE.1"}}
    await MatchRun.filter(id=made.id).update(result=learned)
    await a_learning(await factories.organization())
    foreign = json.loads((await client.get(f"{HERE}/{made.id}/run.json")).text)
    assert foreign["quality"] == whole["quality"], "what another organisation learned says nothing here"
    await a_learning(found.organization)
    assert "On 300 later pairs. Brier score 0.21." in (await client.get(f"{HERE}/{made.id}")).text
    own = json.loads((await client.get(f"{HERE}/{made.id}/run.json")).text)
    assert [one["value"] for one in own["quality"][5:7]] == [0.04, 0.7]


async def test_a_run_from_before_audits_opens_and_is_not_compared(client_of: ClientOf, found: Market) -> None:
    old, made, client = await run(found), await run(found), await client_of(found.manager)
    await MatchRun.filter(id=old.id).update(result={"matched": 3, "waiting": 1})
    assert "before audits were kept" in (await client.get(f"{HERE}/{old.id}")).text
    assert f"against/{old.id}" not in (await client.get(f"{HERE}/{made.id}")).text
    refused = await client.get(f"{HERE}/{made.id}/against/{old.id}")
    assert (refused.status_code, "cannot be compared" in refused.text) == (409, True)


async def test_a_run_that_did_not_end_says_so_and_is_not_among_the_others(client_of: ClientOf, found: Market) -> None:
    made, stopped, client = await run(found), await run(found), await client_of(found.manager)
    await MatchRun.filter(id=stopped.id).update(result={}, state=RunState.CANCELLED)
    shown = (await client.get(f"{HERE}/{stopped.id}")).text
    assert "This run was stopped" in shown
    assert "Nothing of it was kept." in shown
    assert f"{HERE}/{made.id}" in shown
    assert "/against/" not in shown, "there is nothing to compare"
    assert str(stopped.id) not in (await client.get(f"{HERE}/{made.id}")).text
    assert (await client.get(f"{HERE}/{made.id}/against/{stopped.id}")).status_code == 409


async def test_strangers_and_participants_find_no_run(client_of: ClientOf, found: Market) -> None:
    made, client = await run(found), await client_of(found.stranger)
    for address in ("", "/pairs.csv", "/run.json", f"/against/{made.id}", f"/against/{made.id}/changes.csv"):
        assert (await client.get(f"{HERE}/{made.id}{address}")).status_code == 404


async def test_a_run_under_way_is_told_part_by_part_and_then_with_what_came_of_it(
    client_of: ClientOf, found: Market
) -> None:
    client = await client_of(found.manager)
    asked = await client.post("/console/matches/run", data={"group": str(found.cohort.id)})
    asked_for = await MatchRun.get(cohort_id=found.cohort.id)
    looked = await client.get(asked.headers["location"])
    shown = (await client.get(looked.headers["location"])).text
    assert "The matching is under way" in shown
    assert "It begins in a moment." in shown
    assert "Run the matching" not in shown, "one run at a time"
    await MatchRun.filter(id=asked_for.id).update(step=Step.SEARCHING, percent=40)
    path = f"{HERE}/{asked_for.id}/progress"
    part = (await client.get(path, headers=HTMX)).text
    assert "Comparing everybody with everybody." in part
    assert 'value="40"' in part
    assert "<html" not in part
    assert (await client.get(path)).headers["location"].endswith(str(found.cohort.id)), "without scripts: the page"
    await drain()
    over = await client.get(path, headers=HTMX)
    assert "3 pairs found. One person waits." in (await client.get(over.headers["hx-redirect"])).text


async def test_a_run_is_stopped_and_one_that_is_over_says_so(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    await client.post("/console/matches/run", data={"group": str(found.cohort.id)})
    asked_for = await MatchRun.get(cohort_id=found.cohort.id)
    answer = await client.post(f"{HERE}/{asked_for.id}/cancel")
    assert "Stopped. The queue is as it was." in (await client.get(answer.headers["location"])).text
    await drain()
    assert await MatchRun.get(id=asked_for.id).values_list("state", flat=True) == RunState.CANCELLED
    late = await client.post(f"{HERE}/{(await run(found)).id}/cancel")
    assert "3 pairs found." in (await client.get(late.headers["location"])).text


async def test_a_run_that_gave_up_says_what_to_do(client_of: ClientOf, found: Market) -> None:
    made = await run(found)
    await MatchRun.filter(id=made.id).update(state=RunState.FAILED, result={"failed": "ArithmeticError"})
    shown = (await (await client_of(found.manager)).get("/console/matches")).text
    assert "The matching came to no result, and the queue is as it was." in shown
    assert "Run the matching" in shown


async def test_pairs_that_were_left_out_are_told(client_of: ClientOf, found: Market) -> None:
    made = await run(found)
    await MatchRun.filter(id=made.id).update(result={**made.result, "left_out": 1})
    client = await client_of(found.manager)
    over = await client.get(f"{HERE}/{made.id}/progress")
    told = (await client.get(over.headers["location"])).text
    missing = "One of these pairs is not in the queue: somebody was matched or left while the run was under way."
    assert f"3 pairs found. One person waits. {missing}" in told
    assert missing in (await client.get(f"{HERE}/{made.id}")).text, "beside a proof that counts all three"


@pytest.mark.parametrize("who", ["stranger", "nobody"])
async def test_nobody_else_sees_or_stops_a_run(client_of: ClientOf, found: Market, who: str) -> None:
    asked_for = await start_run(system_actor(found.organization.id), found.cohort.id)
    client = await client_of(found.stranger if who == "stranger" else None)
    path = f"{HERE}/{asked_for.id}"
    for answer in (await client.get(f"{path}/progress"), await client.post(f"{path}/cancel")):
        assert answer.status_code in (303, 401, 404)
        assert "console" not in answer.headers.get("location", "").partition("?")[0]
    assert (await MatchRun.get(id=asked_for.id)).state is RunState.RUNNING


async def test_newcomers_are_placed_by_a_button(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    assert "without a mentor" not in (await client.get("/console/matches")).text, "nobody was matched yet"
    await run(found)
    await Enrollment.filter(id=found.mentors[0].id).update(capacity=2)
    assert "Place the one without a mentor" in (await client.get("/console/matches")).text
    asked = await client.post("/console/matches/newcomers", data={"group": str(found.cohort.id)})
    await drain()
    shown = (await client.get(asked.headers["location"], follow_redirects=True)).text
    assert "One pair found." in shown
    assert "Place the one" not in shown
    made = await MatchRun.get(kind=RunKind.NEWCOMERS)
    told = (await client.get(f"{HERE}/{made.id}")).text
    assert "0 mentees and 0 mentors came since the run before." in told
    assert "Who was left; all others stayed" in told


async def test_what_would_change_is_looked_at_first_and_then_used(client_of: ClientOf, found: Market) -> None:
    await run(found)
    client = await client_of(found.manager)
    await Enrollment.filter(id=found.mentors[0].id).update(state=EnrollmentState.PAUSED)
    asked = await client.post("/console/matches/preview", data={"group": str(found.cohort.id)})
    await drain()
    shown = await client.get(asked.headers["location"], follow_redirects=True)
    assert "A preview. Nothing has moved and nobody was told." in shown.text
    assert "Idris had no place any more." in shown.text
    preview = await MatchRun.get(kind=RunKind.PREVIEW)
    used = await client.post(f"{HERE}/{preview.id}/use", follow_redirects=True)
    assert "2 pairs found." in used.text
    await MatchRun.filter(id=preview.id).update(kind=RunKind.PREVIEW, pool_digest="another")
    stale = await client.post(f"{HERE}/{preview.id}/use", follow_redirects=True)
    assert "Somebody came, left or changed since." in stale.text


def test_who_was_in_both_runs_comes_first_and_nobody_is_a_word() -> None:
    changes = tuple(Change(new_id(), (), (), why) for why in (Why.LEFT, Why.AS_GOOD, Why.JOINED))
    same = Settings(weights=(), rules=(), engine=None, seed=None, same_people=True)
    shown = RunsCompared(MatchRun(), MatchRun(), Comparison(same, 0, changes), {})
    assert [row[3] for row in compare_words.change_rows(shown, 2)] == [" fits no worse.", "Is not in the later run."]
    assert compare_words.same_words(shown) == "No mentee has the same mentor."
    learned = replace(same, learned=("prior.2", "ONE_TO_ONE.3"))
    told = compare_words.settings(RunsCompared(MatchRun(), MatchRun(), Comparison(learned, 0, ()), {}))
    assert told[0] == ("What was learned", "Nothing yet, now learning 3")
    last = AgainstLast(MatchRun(result={}), 1, 2, learned)
    assert compare_words.against_last(last, MatchRun(result={}))[2] == ("Why", "Another learning")


async def test_wishes_that_were_not_met_say_why(client_of: ClientOf, found: Market) -> None:
    asks, asked = found.mentees[0], found.mentors[1]
    await Program.filter(id=found.program.id).update(mentees_may_wish=True)
    await Preference.create(
        organization_id=found.organization.id, enrollment_id=asks.id, about_enrollment_id=asked.id,
        kind=PreferenceKind.WISH,
    )
    await Person.filter(id=asks.person_id).update(line_manager_id=asked.person_id)
    await Enrollment.filter(id=asks.id).update(waited_cycles=1)  # of four for three places, not the one who waits
    client, made = await client_of(found.manager), await run(found)
    shown = (await client.get(f"{HERE}/{made.id}")).text
    assert "Wishes that were not met" in shown
    assert "The two are in one reporting line." in shown
    drafts = [draft for draft in await Match.all().prefetch_related("members")
              if asks.id in {one.enrollment_id for one in draft.members}]
    for draft in drafts:
        said = (await client.get(f"/console/matches?pair={draft.id}")).text
        assert "Noor asked for Ottoline Crane1. The two are in one reporting line." in said
    assert drafts
