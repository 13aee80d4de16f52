"""Weights and rules in the builder: what is shown, refused and explained; brought back; and no script needed."""

import re

import pytest

from server.automation.building.actions import discard_draft, make_live, send_to_review
from server.automation.building.queries import plan_of
from server.automation.building.weighed import settings_from
from server.kernel.actor import system_actor
from server.matchmaking.engine import Category, held_to
from server.matchmaking.engine.learning.model import LEVELLED
from server.matchmaking.engine.score import Stage
from server.matchmaking.gather import rules_of
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.weighing.settings import settings_for, settings_of
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState, ProgramType
from tests import factories
from tests.trained import asks_for, step, takes
from tests.web.conftest import HTMX, ClientOf
from tests.web.console.learned import a_learning, models
from tests.web.console.market import Market, market
from tests.web.console.test_building import matching_kept, seen_on
from web.console import weighing_words as words


@pytest.fixture
async def found(db: object) -> Market:
    return await market(3, 4)


def page_of(found: Market) -> str:
    return f"/console/programs/{found.program.id}/build/matching"


def typed(**values: str) -> dict[str, str]:
    """The form as it stands on a programme of its type's own setting, with `values` typed; "" leaves a box empty."""
    fields = {name.replace("weight-", "weight_"): value for name, value in words.fields(
        settings_for(ProgramType.ONE_TO_ONE)).items()}
    kept = {name.replace("weight_", "weight-"): value for name, value in {**fields, **values}.items()}
    return {name: value for name, value in kept.items() if value or name not in words.SWITCHES}


def box(page: str, name: str) -> str:
    """What a number field holds."""
    found = re.search(rf'<input id="{name}" name="{name}"[^>]*?value="([^"]*)"', page) or re.search(
        rf'<input[^>]*id="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


async def test_the_page_shows_what_is_in_force_and_what_it_comes_to(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    assert f'href="{page_of(found)}"' in (await client.get(f"/console/programs/{found.program.id}")).text
    shown = (await client.get(page_of(found))).text
    assert "Change a weight and the preview runs again on 7 of your own people." in shown
    assert "7 people, 3 mentors" in shown
    assert "of 4, was 4" in shown
    assert "Too few: 0 past pairs that these weights call good" in shown
    assert "Nothing yet: these are the weights and rules in force." in shown
    assert box(shown, "weight-GOALS") == "28"
    assert "Touches 0 people here" in shown


async def test_who_would_not_be_in_a_run_before_their_training_is_named_and_on_their_own_page_too(
    client_of: ClientOf, found: Market
) -> None:
    await asks_for(found.program, step("ask"), step("try", required=False, to="LEADERS"))
    learned, *others = found.mentors
    await takes(learned, "ask")
    for one in found.mentees[2:]:
        await takes(one, "ask")
    client = await client_of(found.manager)
    shown = (await client.get(page_of(found))).text
    left = sorted(one.person.full_name for one in (*others, *found.mentees[:2]))
    assert f"Training still open: {', '.join(left[:3])} and 1 more. A run leaves them out until it is done." in shown
    assert "7 people, 3 mentors" in shown, "they are tried all the same"
    said = {one: (await client.get(f"/console/people/{one.person_id}")).text for one in (learned, others[0])}
    name = found.program.name
    assert f"{name}, training still open: “Step try”. Nothing waits for it." in said[learned]
    assert f"{name}, training still open: “Step ask”, “Step try”. No run looks for them" in said[others[0]]
    await takes(others[0], "ask")
    await takes(others[0], "try")
    assert "training still open" not in (await client.get(f"/console/people/{others[0].person_id}")).text


async def test_what_was_learned_beside_the_weights_is_said_stage_by_stage(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    assert words.learned({}) == ""
    often = models(Stage.MEET, kind=LEVELLED)
    row = await a_learning(found.organization, models=often)
    said = "How often pairs work was learned from past pairs for “They meet twice”; who fits is still what these"
    assert said in (await client.get(page_of(found))).text
    row.models = {**often, **models(Stage.ACCEPT, Stage.GOAL)}
    await row.save()
    shown = (await client.get(page_of(found))).text
    assert "A model of past pairs says what to expect for “Both accept”, “Goal reached”; these weights still" in shown


async def test_each_type_can_be_started_from(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    shown = (await client.get(f"{page_of(found)}?start=FLASH")).text
    assert (box(shown, "weight-GOALS"), box(shown, "repeat_months")) == ("40", "3")
    assert "Goal goes from 28 to 40." in shown
    assert (await client.get(f"{page_of(found)}?start=NONSENSE")).status_code == 200
    assert {kind for kind, _name in words.starts()} == set(ProgramType)


async def test_the_preview_alone_is_exchanged_and_nothing_is_kept(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    answer = await client.post(f"{page_of(found)}/preview", data=typed(weight_GOALS="60"), headers=HTMX)
    assert answer.status_code == 200
    assert 'id="preview"' in answer.text
    assert "<form" not in answer.text
    assert "Mean fit" in answer.text
    assert (await Program.get(id=found.program.id)).weights_version is None


async def test_both_runs_are_compared_person_by_person_once_something_changed(
    client_of: ClientOf, found: Market
) -> None:
    client = await client_of(found.manager)
    assert "Compare both runs" not in (await client.get(page_of(found))).text
    shown = (await client.post(f"{page_of(found)}/preview", data=typed(max_pairs="1"), headers=HTMX)).text
    assert "Compare both runs" in shown
    assert shown.count("Nobody") == 3, "three of four have nobody now, and had somebody"


async def test_without_a_script_weights_are_brought_to_a_hundred_and_it_is_said(
    client_of: ClientOf, found: Market
) -> None:
    shown = (await (await client_of(found.manager)).post(
        f"{page_of(found)}/preview", data=typed(weight_GOALS="128"))).text
    assert "The weights came to 200. Each counts by its share of 100." in shown
    assert (box(shown, "weight-GOALS"), box(shown, "weight-EXPERTISE")) == ("64", "7")


async def test_what_is_used_and_what_is_brought_back_is_prepared_and_counts_once_in_force(
    client_of: ClientOf, found: Market
) -> None:
    client = await client_of(found.manager)
    kept = await matching_kept(client, page_of(found), found.program, **{"weight-GOALS": "128", "same_team": ""})
    assert (kept.status_code, kept.headers["location"]) == (303, page_of(found))
    assert (await Program.get(id=found.program.id)).weights_version is None, "nothing of it holds yet"
    shown = (await client.get(page_of(found))).text
    assert (box(shown, "weight-GOALS"), "Goal goes from 28 to 64." in shown) == ("64", True)
    await put_in_force(found)
    program = await Program.get(id=found.program.id)
    assert (settings_of(program).amounts[Category.GOALS], settings_of(program).rules.same_team) == (64, False)
    shown = (await client.get(page_of(found))).text
    assert "Version 1" in shown
    run = await run_matching(system_actor(found.organization.id), found.cohort.id)
    assert "The programme’s own, version 1" in (await client.get(f"/console/matches/runs/{run.id}")).text
    for number, status in (("7", 404), ("0", 303)):
        given = {"number": number, "seen": seen_on(shown)}
        assert (await client.post(f"{page_of(found)}/versions", data=given)).status_code == status
    late = await client.post(f"{page_of(found)}/versions", data=given)
    assert (late.status_code, box(late.text, "weight-GOALS")) == (409, "28")
    shown = (await client.get(page_of(found))).text
    assert (box(shown, "weight-GOALS"), "Goal goes from 64 to 28." in shown) == ("28", True), "what would change"
    assert settings_of(await Program.get(id=found.program.id)) == settings_of(program)
    await put_in_force(found)
    assert settings_of(await Program.get(id=found.program.id)) == settings_for(ProgramType.ONE_TO_ONE)
    assert "put back: factory setting" in (await client.get(page_of(found))).text


async def put_in_force(found: Market) -> None:
    """What is prepared, by who runs the programme."""
    actor = factories.manager_of(found.manager, found.program)
    seen = (await plan_of(actor, found.program.id)).seen
    await send_to_review(actor, found.program.id, seen=seen)
    await make_live(actor, found.program.id, seen=seen)


@pytest.mark.parametrize(("values", "words_shown"), [
    ({"weight_GOALS": "-4"}, "A weight cannot be below 0."),
    ({"weight_GOALS": "many"}, "Choose a number from"),
    ({"grade_gap": "1", "gap_least": "5", "gap_most": "2"}, "The least must not be above the most"),
    ({"repeat_months": "500"}, "Choose a number from 1 to 120."),
    ({"overlap": "1", "overlap_hours": ""}, "Say how many hours, at least 1."),
    ({"max_pairs": "0"}, "Choose a number from 1 to 100000."),
    ({"wait_points": "6"}, "Choose a number from 0 to 5."),
])
async def test_what_cannot_be_is_explained_and_stays_as_it_was_typed(
    client_of: ClientOf, found: Market, values: dict[str, str], words_shown: str
) -> None:
    client, data = await client_of(found.manager), typed(**values)
    for address, headers in ((page_of(found), {}), (f"{page_of(found)}/preview", HTMX)):
        answer = await client.post(address, data=data, headers=headers)
        assert answer.status_code == 422
        assert words_shown in answer.text
    whole = (await client.post(f"{page_of(found)}/preview", data=data)).text
    name, value = next((name.replace("weight_", "weight-"), value) for name, value in values.items() if value != "1")
    assert box(whole, name) == value
    assert (await Program.get(id=found.program.id)).weights_version is None


async def test_all_zero_says_so(client_of: ClientOf, found: Market) -> None:
    none = {name: "0" if name.startswith("weight-") else value for name, value in typed().items()}
    answer = await (await client_of(found.manager)).post(f"{page_of(found)}/preview", data=none, headers=HTMX)
    assert "At least one part must count: all weights are 0." in answer.text


async def test_a_rule_that_leaves_nobody_is_told_while_it_is_set(client_of: ClientOf, found: Market) -> None:
    data = typed(grade_gap="1", gap_least="-9", gap_most="-5")
    shown = (await (await client_of(found.manager)).post(f"{page_of(found)}/preview", data=data, headers=HTMX)).text
    assert "With these rules nobody finds anybody. For most: No mentor with a place is at the right level." in shown
    assert "This type of programme looks for mentors above their mentees" in shown


async def test_circles_are_told_as_circles_and_a_group_of_nobody_has_no_preview(
    client_of: ClientOf, db: object
) -> None:
    found = await market(2, 12)
    await Program.filter(id=found.program.id).update(type=ProgramType.CIRCLE)
    client = await client_of(found.manager)
    assert re.search(r"and \d others", (await client.get(page_of(found))).text)
    await Enrollment.filter(cohort_id=found.cohort.id).update(state=EnrollmentState.COMPLETED)
    assert "there is nobody to try it on" in (await client.get(page_of(found))).text


async def test_a_rule_that_the_type_means_stands_fixed_with_its_reason_and_nothing_typed_turns_it_off(
    client_of: ClientOf, found: Market
) -> None:
    client, actor = await client_of(found.manager), factories.manager_of(found.manager, found.program)
    for kind, why, field in (
        (ProgramType.CROSS_COMPANY, "Across companies nobody meets their own.", "company"),
        (ProgramType.REVERSE, "In a reverse programme the mentor stands below the mentee.", "grade_gap"),
        (ProgramType.PEER, "Peers are never of one team.", "same_team"),
        (ProgramType.CIRCLE, "No circle holds a line of command.", "reporting_line"),
    ):
        await Program.filter(id=found.program.id).update(type=kind)
        shown = (await client.get(page_of(found))).text
        assert why in shown
        assert f'name="{field}"' not in shown, "no switch"
        assert ('name="max_pairs"' in shown) is (kind is not ProgramType.CIRCLE)
        less = typed(**{field: "", "gap_least": "-3", "gap_most": "-1"})
        assert (await client.post(f"{page_of(found)}/preview", data=less, headers=HTMX)).status_code == 200
        less |= {"weight-STYLE": "9", "approvals": "BOTH", "asked_first": "TOGETHER", "seen": seen_on(shown)}
        assert (await client.post(page_of(found), data=less)).status_code == 303
        plan = await plan_of(actor, found.program.id)
        rules = settings_from(plan.content, rules_of(plan.program)).rules
        assert held_to(kind, rules) == rules
        await discard_draft(actor, found.program.id)
    await Program.filter(id=found.program.id).update(type=ProgramType.REVERSE)
    answer = await client.post(f"{page_of(found)}/preview", data=typed(gap_least="1", gap_most="4"), headers=HTMX)
    assert answer.status_code == 422
    assert "In a reverse programme the mentor stands below the mentee." in answer.text


async def test_how_many_pairs_and_how_good_they_must_be_is_set_as_everything_else(
    client_of: ClientOf, found: Market
) -> None:
    client = await client_of(found.manager)
    shown = (await client.get(page_of(found))).text
    assert [box(shown, name) for name in ("max_pairs", "min_fit", "wait_points")] == ["", "0", "2"]
    data = typed(max_pairs="3", min_fit="40", wait_points="5")
    assert "of 4, was 4" in (await client.post(f"{page_of(found)}/preview", data=data, headers=HTMX)).text
    await matching_kept(client, page_of(found), found.program, max_pairs="3", min_fit="40", wait_points="5")
    await put_in_force(found)
    rules = settings_of(await Program.get(id=found.program.id)).rules
    assert (rules.max_pairs, rules.min_fit, rules.wait_bonus) == (3, 40, 0.05)
    for mentor, mentee in zip(found.mentors[:2], found.mentees[:2], strict=True):
        await factories.match(mentor, mentee)
    tight = (await client.post(f"{page_of(found)}/preview", data=typed(max_pairs="1"), headers=HTMX)).text
    assert "2 pairs stand in the group already, more than the limit" in tight


async def test_only_who_may_change_the_programme_opens_it(client_of: ClientOf, found: Market) -> None:
    other = await market(1, 1)
    for someone in (found.stranger, other.manager):
        assert (await (await client_of(someone)).get(page_of(found))).status_code == 404
    assert (await (await client_of(other.manager)).post(
        f"{page_of(found)}/versions", data={"number": "0", "seen": ""})).status_code == 404
    pair = await factories.program(found.organization)
    assert (await (await client_of(found.admin)).get(f"/console/programs/{pair.id}/build/matching")).status_code == 200
