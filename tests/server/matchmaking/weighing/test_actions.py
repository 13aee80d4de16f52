"""Setting weights and rules: versions, putting back, a preview that stores nothing, and no other programme touched."""

from datetime import timedelta

import pytest

from server.journey.byhand.actions import pair_by_hand
from server.journey.byhand.queries import tried
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.engine import CATEGORIES, Category, RuleCode, RuleSet
from server.matchmaking.gather import gather, rules_of, weights_of
from server.matchmaking.models import MatchRun, MatchSuggestion, WeightsVersion
from server.matchmaking.queue.actions import match_newcomers, suggest_next
from server.matchmaking.runs.actions import carry_out, start_run
from server.matchmaking.weighing import queries, sampling
from server.matchmaking.weighing.actions import set_weights
from server.matchmaking.weighing.queries import FACTORY, accepted, preview, settings_at, versions, weighed_program
from server.matchmaking.weighing.settings import Settings, settings_of
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ProgramType
from tests import factories
from tests.web.console.market import Market, market

TIMES = Settings({Category.AVAILABILITY: 3, Category.GOALS: 1}, RuleSet(same_team=False, repeat_months=24))


@pytest.fixture
async def found(db: object) -> Market:
    return await market(3, 4)


def runs_it(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def program_of(found: Market) -> Program:
    return await Program.get(id=found.program.id)


async def bring_back(found: Market, number: int) -> None:
    """As a programme's document does whose weights are those of a version."""
    actor = runs_it(found)
    await set_weights(actor, found.program.id, await settings_at(actor, await program_of(found), number))


async def test_what_is_set_counts_from_now_on_and_is_a_version_with_who_when_and_from_what(found: Market) -> None:
    actor = runs_it(found)
    await set_weights(actor, found.program.id, TIMES)
    kept = await program_of(found)
    shares = weights_of(kept).shares
    assert (shares[Category.AVAILABILITY], shares[Category.GOALS]) == (0.75, 0.25)
    assert weights_of(kept).version == "program:1"
    assert (rules_of(kept).same_team, rules_of(kept).repeat_months) == (False, 24)
    await set_weights(actor, found.program.id, TIMES)
    (only,) = await versions(actor, kept)
    assert (only.row.number, only.row.based_on, only.by) == (1, None, found.manager)
    assert await AuditEvent.filter(action="program.weigh").count() == 1, "the same again makes no version"
    assert await OutboxEvent.filter(kind="program.changed").count() == 1


async def test_what_stood_before_versions_were_counted_is_the_first_one(found: Market) -> None:
    before = {"seat_step": 0.1, "same_team": False}
    await Program.filter(id=found.program.id).update(weights={"GOALS": 1.0}, rules=before)
    await set_weights(runs_it(found), found.program.id, TIMES)
    await bring_back(found, 1)
    kept = await program_of(found)
    assert {name: share for name, share in kept.weights.items() if share} == {"GOALS": 1}
    assert (kept.rules["seat_step"], kept.rules["same_team"]) == (0.1, False)
    kept_ones = await versions(runs_it(found), kept)
    told = [(one.row.number, one.row.based_on, one.row.restores, one.by) for one in kept_ones]
    assert told == [(3, 2, 1, found.manager), (2, 1, None, found.manager), (1, None, None, None)]


async def test_putting_a_version_back_leaves_what_is_set_elsewhere(found: Market) -> None:
    actor, program_id = runs_it(found), found.program.id
    await set_weights(actor, program_id, TIMES)
    await set_weights(actor, program_id, Settings({Category.STYLE: 1}, RuleSet()))
    elsewhere = {"pairing": "DRAW", "cycles_apart": 2, "circle_size": 5, "target_role": "a", "seat_step": 0.1}
    for number in (1, FACTORY):
        rules = {**(await program_of(found)).rules, **elsewhere}
        await Program.filter(id=program_id).update(rules=rules)
        await bring_back(found, number)
        kept = await program_of(found)
        assert elsewhere.items() <= kept.rules.items()
        assert kept.rules["same_team"] is (number == FACTORY)


async def test_what_a_type_means_cannot_be_turned_off_and_where_it_once_was_it_is_read_as_on(found: Market) -> None:
    off = Settings({Category.GOALS: 1}, RuleSet(same_team=False))
    await Program.filter(id=found.program.id).update(type=ProgramType.PEER, weights={"GOALS": 1.0}, rules={
        "same_team": False})
    with pytest.raises(Invalid) as refused:
        await set_weights(runs_it(found), found.program.id, off)
    assert refused.value.fields == {"same_team": "Peers are never of one team."}
    with pytest.raises(Invalid):
        await preview(runs_it(found), await program_of(found), off)
    await set_weights(runs_it(found), found.program.id, Settings({Category.STYLE: 1}, RuleSet()))
    await bring_back(found, 1)
    kept = await program_of(found)
    assert rules_of(kept).same_team
    assert settings_of(kept).rules.same_team


async def test_the_limit_of_a_group_counts_the_pairs_that_stand_and_holds_in_every_way_to_a_pair(
    found: Market
) -> None:
    actor, program_id = runs_it(found), found.program.id
    one, two, three, four = found.mentees
    await factories.match(found.mentors[0], one)
    await set_weights(actor, program_id, Settings({Category.GOALS: 1}, RuleSet(max_pairs=2)))
    done = await carry_out(actor, (await start_run(actor, found.cohort.id)).id)
    assert (done.result["matched"], done.result["waiting"], done.result["violations"]) == (1, 2, 0)
    assert {line["code"] for line in done.result["waitlist"]} == {"COHORT_LIMIT"}
    (draft,) = await Match.filter(state=MatchState.DRAFT).prefetch_related("members")
    left = next(row for row in (two, three, four) if row.id not in {member.enrollment_id for member in draft.members})
    assert await suggest_next(actor, left.id) is None
    assert (await carry_out(actor, (await match_newcomers(actor, found.cohort.id)).id)).result["matched"] == 0
    free = next(row for row in found.mentors if row.id not in {member.enrollment_id for member in draft.members})
    assert RuleCode.COHORT_LIMIT in (await tried(actor, found.cohort.id, free.id, left.id)).broken
    with pytest.raises(Conflict):
        await pair_by_hand(actor, free.id, left.id)
    await Match.filter(state=MatchState.ACTIVE).update(state=MatchState.CONCLUDED)
    assert (await tried(actor, found.cohort.id, free.id, left.id)).may_be
    assert await suggest_next(actor, left.id) is not None, "whoever left made room"
    assert (await preview(actor, await program_of(found), TIMES)).standing == 0


async def test_a_preview_tries_the_limit_and_the_least_fit_on_few_people_as_on_all(
    found: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, half = await program_of(found), Settings({Category.GOALS: 1}, RuleSet(max_pairs=2))
    assert (await preview(runs_it(found), program, half)).trial.now.placed == 2
    monkeypatch.setattr(queries, "SAMPLED", 4)
    assert (await preview(runs_it(found), program, half)).trial.now.placed == 1, "two of seven people's pairs: of four"
    nobody = await preview(runs_it(found), program, Settings({Category.GOALS: 1}, RuleSet(min_fit=100)))
    assert (nobody.trial.now.placed, nobody.trial.leaves_nobody) == (0, True)


async def test_putting_the_factory_setting_back_is_a_version_too_and_twice_is_harmless(found: Market) -> None:
    before, actor = settings_of(await program_of(found)), runs_it(found)
    await set_weights(actor, found.program.id, TIMES)
    for _twice in range(2):
        await bring_back(found, FACTORY)
    kept = await program_of(found)
    assert settings_of(kept) == before
    assert (kept.weights_version, weights_of(kept).version) == (2, "program:2")


async def test_only_who_may_change_the_programme_sets_weights(found: Market) -> None:
    other = await market(1, 1)
    for actor, refusal in ((runs_it(other), NotFound), (factories.actor_of(found.stranger), Refused)):
        with pytest.raises(refusal):
            await set_weights(actor, found.program.id, TIMES)
    with pytest.raises(NotFound):
        await weighed_program(factories.actor_of(found.stranger), found.program.id)
    with pytest.raises(NotFound):
        await settings_at(runs_it(found), await program_of(found), 7)
    with pytest.raises(Invalid):
        await set_weights(runs_it(found), found.program.id, Settings({}, RuleSet()))
    assert not await WeightsVersion.all()


async def test_changing_one_programme_never_changes_another(found: Market) -> None:
    """The same people in two programmes: whatever is set in the one, the other ranks as it did, to the last digit."""
    other = await factories.program(found.organization)
    group = await factories.cohort(other)
    for row in (*found.mentors, *found.mentees):
        someone = await row.person
        await factories.enrollment(group, someone, row.role, capacity=row.capacity)
    row, ranks = await Program.filter(id=other.id).values(), await ranking(group)
    own = {tuple(await ranking(found.cohort))}
    for name in CATEGORIES[:4]:
        await set_weights(runs_it(found), found.program.id, Settings({name: 1}, RuleSet(repeat=False)))
        assert await Program.filter(id=other.id).values() == row
        own.add(tuple(await ranking(found.cohort)))
    assert await ranking(group) == ranks
    assert len(own) > 1, "and in the programme itself the ranking follows"


async def ranking(cohort: Cohort) -> list[tuple[str, str, float]]:
    """Mentor and mentee by name, with the fit, of all that a run finds."""
    actor = system_actor(cohort.organization_id)
    run = await carry_out(actor, (await start_run(actor, cohort.id)).id)
    rows = await Enrollment.filter(cohort_id=cohort.id).select_related("person")
    names = {row.id: row.person.full_name for row in rows}
    found = await MatchSuggestion.filter(run_id=run.id).order_by("mentee_enrollment_id", "rank")
    return [(names[one.mentor_enrollment_id], names[one.mentee_enrollment_id], one.fit) for one in found]


async def test_a_run_that_was_asked_for_keeps_its_weights(found: Market) -> None:
    actor = system_actor(found.organization.id)
    asked = await start_run(actor, found.cohort.id)
    await set_weights(runs_it(found), found.program.id, TIMES)
    done = await carry_out(actor, asked.id)
    assert (done.weights, done.rules, done.weights_version) == (asked.weights, asked.rules, asked.weights_version)
    told = (await MatchSuggestion.filter(run_id=done.id).first()).factors["factors"]
    assert {one["category"]: one["weight"] for one in told}["AVAILABILITY"] == asked.weights["AVAILABILITY"]
    assert (await start_run(actor, found.cohort.id)).weights_version == "program:1"


async def test_a_preview_runs_on_the_people_of_the_group_as_if_new_and_stores_nothing(found: Market) -> None:
    await factories.match(found.mentors[0], found.mentees[0])
    before = await counts()
    shown = await preview(runs_it(found), await program_of(found), TIMES)
    assert shown.sample is not None
    assert shown.trial is not None
    assert (shown.cohort, len(shown.sample.rows), shown.sample.of) == (found.cohort, 7, 7)
    assert (shown.trial.now.placed, shown.trial.was.placed) == (4, 4), "also whoever has a mentor by now"
    assert shown.trial.touched[RuleCode.REPEAT].some == 0
    assert await counts() == before
    again = await preview(runs_it(found), await program_of(found), TIMES)
    assert again.trial.now.together == shown.trial.now.together


async def counts() -> list[int]:
    return [await table.all().count() for table in (MatchRun, MatchSuggestion, Match, WeightsVersion, AuditEvent)]


async def test_a_group_of_nobody_has_no_preview_and_no_group_neither(found: Market) -> None:
    await Enrollment.filter(cohort_id=found.cohort.id).update(state="COMPLETED")
    shown = await preview(runs_it(found), await program_of(found), TIMES)
    assert (shown.trial, shown.cohort) == (None, found.cohort)
    bare = await factories.program(found.organization)
    assert (await preview(factories.manager_of(found.manager, bare), bare, TIMES)).cohort is None


async def test_a_sample_is_a_share_of_each_role_and_always_the_same_people(found: Market) -> None:
    rows = await sampling.willing(runs_it(found), found.cohort)
    few = sampling.few(rows, 4)
    assert sorted(row.role for row in few) == ["MENTEE", "MENTEE", "MENTOR", "MENTOR"]
    assert [row.id for row in sampling.few(rows[::-1], 4)] == [row.id for row in few]
    assert {row.id for row in few} < {row.id for row in sampling.few(rows, 6)}


async def test_past_answers_are_counted_of_pairs_that_the_weights_call_good(found: Market) -> None:
    """Nine past pairs fit by their time alone; seven began, one was declined, one passed. What waits tells nothing."""
    told = {"fit": 50.0, "reasons": [], "caution": None, "factors": [
        {"code": "NOT_KNOWN", "category": name.value, "weight": 0.1, "fit": 90.0 * (name is Category.AVAILABILITY),
         "params": {}} for name in CATEGORIES]}
    yes = [{"state": MatchState.CONCLUDED, "active_at": clock.now() - timedelta(days=9)}] * 7
    for values in (*yes, {"state": MatchState.DECLINED}, {"state": MatchState.EXPIRED}, {"state": MatchState.DRAFT}):
        await factories.match(found.mentors[0], found.mentees[0], explanation=told, **values)
    await factories.match(found.mentors[1], found.mentees[1], explanation={}, state=MatchState.DECLINED)
    program, actor = await program_of(found), runs_it(found)
    assert [one.good for one in await accepted(actor, program, weights_of(program))] == [0]
    await set_weights(actor, program.id, Settings({Category.AVAILABILITY: 1}, RuleSet()))
    (past,) = await accepted(actor, program, weights_of(await program_of(found)))
    assert (past.good, past.yes, past.share) == (9, 7, 7 / 9)


async def test_pairs_that_ended_long_ago_may_meet_again_where_the_rule_says_so(found: Market) -> None:
    long_ago = clock.now() - timedelta(days=800)
    await factories.match(
        found.mentors[0], found.mentees[0], state=MatchState.CONCLUDED, active_at=long_ago, ended_at=long_ago)
    await factories.match(
        found.mentors[1], found.mentees[1], state=MatchState.CONCLUDED, active_at=long_ago,
        ended_at=clock.now() - timedelta(days=300))
    history = (await gather(runs_it(found), found.cohort)).pool.history
    assert sorted(round(one.months_ago or 0) for one in history) == [10, 26]
