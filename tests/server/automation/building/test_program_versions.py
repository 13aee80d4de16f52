"""Versions of a whole programme: drafted, looked at, put in force as one, brought back; no other one is touched."""

from argparse import ArgumentParser
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.automation.building import actions, command
from server.automation.building.document import PARTS, content_of
from server.automation.building.moving import begin_from, bring, duplicate_program, foresee
from server.automation.building.queries import plan_of
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json
from server.kernel.errors import Conflict, Invalid, KernelError, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.matchmaking.models import WeightsVersion
from server.people.models import Organization, Person
from server.programs.actions import configure_program, set_circles
from server.programs.models import Cohort, Enrollment, Program, ProgramVersion
from server.programs.permissions.entries import PERMISSIONS
from server.programs.plans.actions import set_part
from server.programs.plans.content import digest
from server.programs.plans.files import parsed, written
from server.programs.plans.queries import draft_of
from server.programs.states import (
    Approvals,
    Cadence,
    Circles,
    PlanState,
    ProgramState,
    ProgramType,
)
from server.programs.templates.shelf import Template, title, told
from tests import factories

CHANGED = {"name": "Rising Leads 2", "sessions_per_month": 4, "approvals": "MENTOR", "circles": "WAITING",
           "circle_size": 5, "note_prompts": ["What will you try?"], "goal_examples": [
               {"want": "lead a review", "measure": "two led", "competency": ""}],
           "triggers": {"grace_days": None,
                        "enrol": [{"when": "HIRED", "days": 30, "role": "MENTEE", "places": 1, "course": ""}],
                        "groups": [{"group": "porto", "where": "location", "is": ["Porto"]}]}}


@pytest.fixture
async def program(db: object) -> Program:
    return await factories.program(await factories.organization())


async def running(of: Program) -> Actor:
    organization = await Organization.get(id=of.organization_id)
    return factories.manager_of(await factories.person(organization), of)


async def made_live(actor: Actor, program: Program, **changed: object) -> ProgramVersion:
    draft = await actions.begin_draft(actor, program.id)
    draft = await actions.change_draft(actor, program.id, {**draft.content, **changed}, seen=draft.digest)
    await actions.send_to_review(actor, program.id, seen=draft.digest)
    return await actions.make_live(actor, program.id, seen=draft.digest)


async def test_nothing_holds_before_it_is_live_and_then_all_of_it_does(program: Program) -> None:
    actor = await running(program)
    before = await content_of(actor, program)
    draft = await actions.begin_draft(actor, program.id)
    assert (draft.number, draft.based_on, draft.state) == (2, 1, PlanState.DRAFT)
    heavier = {**before["weights"], "GOALS": 128}
    given = {**draft.content, **CHANGED, "weights": heavier, "rules": {**before["rules"], "grade_gap": [1, 4]}}
    draft = await actions.change_draft(actor, program.id, given, seen=draft.digest)
    await actions.send_to_review(actor, program.id, seen=draft.digest)
    assert await content_of(actor, await Program.get(id=program.id)) == before
    assert await OutboxEvent.filter(kind="program.changed").count() == 0
    live = await actions.make_live(actor, program.id, seen=draft.digest)
    after = await content_of(actor, await Program.get(id=program.id))
    assert after == {**before, **CHANGED, "weights": draft.content["weights"], "rules": draft.content["rules"]}
    assert (sum(after["weights"].values()), digest(after)) == (100, live.digest)
    assert [(one.number, one.state) for one in await ProgramVersion.all().order_by("number")] == [
        (1, PlanState.PAST), (2, PlanState.LIVE)]
    assert (live.live_by, live.made_by) == (actor.id, actor.id)
    assert await WeightsVersion.filter(program_id=program.id).exists(), "weights have their own version besides"
    assert await OutboxEvent.filter(kind="program.changed").count() > 0
    assert await AuditEvent.filter(action="program.make_live", target_id=program.id).count() == 1
    assert (await actions.make_live(actor, program.id, seen=draft.digest)).id == live.id
    assert await AuditEvent.filter(action="program.make_live").count() == 1


async def test_who_changes_a_draft_that_somebody_changed_is_told(program: Program) -> None:
    one, other = await running(program), await running(program)
    seen = await actions.begin_draft(one, program.id)
    with pytest.raises(Conflict) as open_already:
        await actions.begin_draft(other, program.id)
    assert open_already.value.kind == "draft_open"
    await actions.change_draft(one, program.id, {**seen.content, "places_max": 5}, seen=seen.digest)
    for act in (actions.send_to_review, actions.make_live, actions.take_over):
        with pytest.raises(Conflict) as meanwhile:
            await act(other, program.id, seen=seen.digest)
        assert meanwhile.value.kind == "changed_meanwhile"
    with pytest.raises(Conflict):
        await actions.change_draft(other, program.id, {**seen.content, "places_max": 4}, seen=seen.digest)
    draft = await draft_of(one, program.id)
    assert draft
    assert draft.content["places_max"] == 5
    with pytest.raises(Conflict) as early:
        await actions.make_live(one, program.id, seen=draft.digest)
    assert early.value.kind == "not_reviewed"


async def test_what_was_set_elsewhere_meanwhile_is_told_and_taken_over(program: Program) -> None:
    actor = await running(program)
    draft = await actions.begin_draft(actor, program.id)
    draft = await actions.change_draft(actor, program.id, {**draft.content, "places_max": 5}, seen=draft.digest)
    await actions.send_to_review(actor, program.id, seen=draft.digest)
    await configure_program(actor, program.id, approvals=Approvals.NONE)
    with pytest.raises(Conflict, match="approvals") as meanwhile:
        await actions.make_live(actor, program.id, seen=draft.digest)
    assert meanwhile.value.kind == "changed_meanwhile"
    assert (await Program.get(id=program.id)).places_max == 3
    draft = await actions.take_over(actor, program.id, seen=draft.digest)
    assert (draft.number, draft.based_on, draft.state) == (3, 2, PlanState.DRAFT)
    assert (draft.content["approvals"], draft.content["places_max"]) == ("NONE", 5)
    await actions.send_to_review(actor, program.id, seen=draft.digest)
    await actions.make_live(actor, program.id, seen=draft.digest)
    stands = await Program.get(id=program.id)
    assert (stands.approvals, stands.places_max) == (Approvals.NONE, 5)


async def test_a_version_of_an_older_release_lacks_a_part_and_is_in_force_all_the_same(program: Program) -> None:
    actor = await running(program)
    live = await made_live(actor, program, places_max=5)
    older = {name: value for name, value in live.content.items() if name != "audience"}
    await ProgramVersion.filter(id=live.id).update(content=older, digest=digest(older))
    draft = await actions.begin_draft(actor, program.id)
    assert (draft.number, draft.based_on, draft.digest) == (live.number + 1, live.number, live.digest)
    plan = await plan_of(actor, program.id)
    assert (plan.overtaken, plan.changes) == (False, [])


async def test_an_earlier_version_comes_back_as_a_draft_and_a_draft_can_be_dropped(program: Program) -> None:
    actor = await running(program)
    await made_live(actor, program, places_max=5)
    draft = await actions.begin_draft(actor, program.id, of=1)
    assert (draft.number, draft.restores, draft.content["places_max"]) == (3, 1, 3)
    await actions.discard_draft(actor, program.id)
    await actions.discard_draft(actor, program.id)
    assert await draft_of(actor, program.id) is None
    assert (await Program.get(id=program.id)).places_max == 5
    with pytest.raises(NotFound):
        await actions.begin_draft(actor, program.id, of=9)


async def test_what_cannot_be_is_told_by_its_path_and_the_draft_stays(program: Program) -> None:
    actor = await running(program)
    await factories.cohort(program)
    draft = await actions.begin_draft(actor, program.id)
    wrong = {**draft.content, "type": "REVERSE", "cadence": "ROLLING", "target_role": "nowhere", "cycles_apart": 2}
    with pytest.raises(Invalid) as refused:
        await actions.change_draft(actor, program.id, wrong, seen=draft.digest)
    assert set(refused.value.fields) == {"type", "cadence", "target_role", "cycles_apart", "rules.grade_gap"}
    assert (await ProgramVersion.get(id=draft.id)).content == draft.content


async def test_whom_it_is_for_is_part_of_the_document_in_the_words_of_the_records(program: Program) -> None:
    organization = await Organization.get(id=program.organization_id)
    actor = await running(program)
    await factories.person(organization, department="Field Operations", country="PT")
    people = [{"fact": "department", "how": "IS", "value": "field operations"},
              {"fact": "tenure_days", "how": "UNDER", "value": 90}]
    await made_live(actor, program, audience={"people": people})
    stands = (await Program.get(id=program.id)).audience
    assert [one["value"] for one in stands["people"]] == [["Field Operations"], 90]
    assert await OutboxEvent.filter(kind="program.audience_set").count() == 1
    await Person.filter(department="Field Operations").update(department="Field")
    await made_live(actor, program, audience={**stands, "people_fit": "ANY"})
    wrong = [{"fact": "department", "how": "IS", "value": ["Fields"]}, {"fact": "country", "how": "UNDER", "value": 3},
             {"fact": "seniority", "how": "UNDER", "value": "six"}, {"fact": "age", "how": "UNDER", "value": 30}]
    with pytest.raises(Invalid) as refused:
        await made_live(actor, program, audience={"people": wrong})
    assert set(refused.value.fields) == {
        "audience.people[2].how", "audience.people[2].value", "audience.people[3].value", "audience.people[4].fact"}
    draft = await draft_of(actor, program.id)
    assert draft
    with pytest.raises(Invalid) as unknown:
        await actions.change_draft(
            actor, program.id, {**draft.content, "audience": {"people": wrong[:1]}}, seen=draft.digest)
    assert "Field." in unknown.value.fields["audience.people[1].value"], "what there is stands in the refusal"


async def test_who_does_not_run_it_neither_drafts_nor_copies(program: Program) -> None:
    organization = await Organization.get(id=program.organization_id)
    other = await running(await factories.program(organization))
    for act in (actions.begin_draft, actions.discard_draft):
        with pytest.raises(Refused):
            await act(other, program.id)
    with pytest.raises(Refused):
        await duplicate_program(other, program.id, key="copy", name="Copy")
    for part in PARTS:
        with pytest.raises(Refused):
            await set_part(other, program.id, part, part.empty)
    with pytest.raises(NotFound):
        await actions.begin_draft(await running(await factories.program(await factories.organization())), program.id)


async def test_a_copy_says_the_same_and_has_nobody_and_a_type_may_change_before_there_is_a_group(
    program: Program,
) -> None:
    system = system_actor(program.organization_id)
    await made_live(system, program, **CHANGED)
    copy = await duplicate_program(system, program.id, key="copy", name="Copy")
    assert copy.state is ProgramState.DRAFT
    assert not await Cohort.filter(program_id=copy.id).exists()
    told = await content_of(system, await Program.get(id=program.id))
    assert await content_of(system, copy) == {**told, "name": "Copy"}
    with pytest.raises(Invalid):
        await duplicate_program(system, program.id, key="copy", name="Twice")
    assert (await foresee(system, "copy", {"name": "Copy", "type": "PEER"})).changes[0].path == "type"
    peers = await bring(system, "copy", {"name": "Copy", "type": "PEER", "pairing": "random"}, live=True)
    assert (peers.type, peers.circles, peers.rules["pairing"]) == (ProgramType.PEER, Circles.NONE, "random")
    assert await content_of(system, await Program.get(id=program.id)) == told


async def ask(program: Program, act: str, *words: str) -> int:
    parser = ArgumentParser()
    command.add_arguments(parser)
    organization = await Organization.get(id=program.organization_id)
    return await command.answered(parser.parse_args(["--organization", organization.key, act, *words]))


async def test_a_file_goes_out_is_compared_and_comes_in(
    program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    role = await factories.competency(await Organization.get(id=program.organization_id))
    await Program.filter(id=program.id).update(type=ProgramType.HIGH_POTENTIAL, rules={"target_role": str(role.id)})
    for kind in ("toml", "json"):
        assert await ask(program, "export", program.key, *(["--json"] if kind == "json" else [])) == 0
        text, file = capsys.readouterr().out, tmp_path / f"plan.{kind}"
        file.write_text(text, "utf-8")
        assert role.key in text
        assert await ask(program, "diff", program.key, str(file)) == 0
        assert await ask(program, "import", program.key, str(file)) == 0
    assert not await ProgramVersion.all().exists(), "what is in force already makes no version"
    plan = tmp_path / "plan.toml"
    text = plan.read_text("utf-8").replace("places_max = 3", "places_max = 4")
    plan.write_text(text, "utf-8")
    capsys.readouterr()
    assert await ask(program, "diff", program.key, str(plan)) == 1
    assert capsys.readouterr().out == "places_max: 3 -> 4\n"
    assert await ask(program, "import", program.key, str(plan), "--dry-run") == 0
    assert (await Program.get(id=program.id)).places_max == 3
    assert await ask(program, "import", "elsewhere", str(plan)) == 0
    assert await ask(program, "import", program.key, str(plan)) == 0
    capsys.readouterr()
    assert await ask(program, "export", program.key, "--draft") == 0
    assert capsys.readouterr().out == text
    assert await ask(program, "discard", program.key) == 0
    assert await ask(program, "live", program.key) == 2
    assert await ask(program, "import", program.key, str(plan), "--live") == 0
    assert await ask(program, "copy", program.key, "twin", "Twin") == 0
    assert await ask(program, "new", "talks", "--template", "flash", "--name", "Talks", "--starts", "2999-01-11") == 0
    assert (await Program.get(key="talks")).type is ProgramType.FLASH
    made = await Program.get(key="elsewhere")
    assert (made.places_max, made.state, (await Program.get(id=program.id)).places_max) == (4, ProgramState.DRAFT, 4)
    capsys.readouterr()
    plan.write_text(text.replace("[rules]\n", "[rules]\nunheard = 1\n"), "utf-8")
    assert await ask(program, "import", program.key, str(plan)) == 2
    assert ".unheard: There is no such " in capsys.readouterr().err, "in the last table of the file"
    assert await ask(program, "export", "nowhere") == 2


async def test_every_template_is_a_programme_that_goes_out_and_in_as_it_is_and_is_unlike_the_others(db: object) -> None:
    organization = await factories.organization()
    system, day = system_actor(organization.id), clock.now().date() + timedelta(days=30)
    documents = dict[Template, Json]()
    for template in Template:
        assert title(template) != told(template)
        made = await begin_from(system, template, name=title(template), starts_on=day)
        group = await Cohort.get(program_id=made.id)
        rolling = made.cadence is Cadence.ROLLING
        assert (made.state, group.starts_on, group.ends_on is None) == (ProgramState.DRAFT, day, rolling)
        content = await content_of(system, made)
        brought = await bring(system, f"again-{template}", parsed(written(content)))
        assert digest(await content_of(system, brought)) == digest(content)
        live = await made_live(system, made, places_max=4)
        assert live.content == {**content, "places_max": 4}
        documents[template] = content
    for part in ("note_prompts", "goal_examples", "weights", "duration_days"):
        assert len({digest({"": one[part]}) for one in documents.values()}) == len(Template), part
    assert {one["type"] for one in documents.values()} == set(ProgramType) - {ProgramType.CROSS_COMPANY}
    assert all(len(one["goal_examples"]) >= 3 and len(one["note_prompts"]) >= 2 for one in documents.values())
    with pytest.raises(Invalid):
        await begin_from(system, Template.PEER, name=title(Template.PEER))
    with pytest.raises(Invalid) as past:
        await begin_from(system, Template.PEER, name="Late", starts_on=clock.now().date() - timedelta(days=1))
    assert set(past.value.fields) == {"starts_on"}
    assert not await Program.filter(name="Late").exists(), "nothing of it is left"


HELLO = {
    "name": "Say hello", "when": "NOT_WRITTEN", "days": 2, "to": "MENTEE", "only_if": None,
    "words": {"en": {"subject": "A word?", "body": "Two lines are enough."}},
}
ACTS = st.lists(st.tuples(
    st.sampled_from(("begin", "back", "change", "review", "live", "over", "discard", "elsewhere", "circles", "copy")),
    st.fixed_dictionaries({}, optional={
        "name": st.text(max_size=130), "places_max": st.integers(-1, 25), "circles": st.sampled_from(Circles),
        "duration_days": st.integers(1, 400), "approvals": st.sampled_from(Approvals), "circle_size": st.integers(3, 9),
        "weights": st.dictionaries(st.sampled_from(("GOALS", "STYLE", "HISTORY")), st.integers(0, 9)),
        "rules": st.fixed_dictionaries({}, optional={
            "same_team": st.booleans(), "repeat_months": st.none() | st.integers(1, 130),
            "reserve": st.floats(0, 0.3), "grade_gap": st.none() | st.lists(st.integers(-3, 3), max_size=3)}),
        "permissions": st.dictionaries(st.sampled_from(sorted(PERMISSIONS)), st.booleans(), max_size=3),
        "messages": st.sampled_from(({}, {"F01": {"on": False}}, {"OWN": {"hello": HELLO}}, {"OWN": {"hello": {}}})),
        "unknown": st.just(1),
    }),
), max_size=10)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
async def test_whatever_is_done_to_one_programme_another_stays_as_it_is_and_none_is_half_changed(
    db: object, acts: list[tuple[str, Json]]
) -> None:
    organization = await factories.organization()
    ours, theirs = [await factories.program(organization, goal_examples=[]) for _each in range(2)]
    system = system_actor(organization.id)
    await made_live(system, theirs, places_max=7)
    await actions.begin_draft(system, theirs.id)
    before, held = await everything_of(theirs), await content_of(system, ours)
    for act, detail in acts:
        with suppress(KernelError):
            await done(system, ours, act, detail)
        stands = await content_of(system, await Program.get(id=ours.id))
        draft = await draft_of(system, ours.id)
        if act == "live" and stands != held:
            live = await ProgramVersion.get(program_id=ours.id, state=PlanState.LIVE)
            assert (live.content, draft) == (stands, None)
        elif act not in ("elsewhere", "circles"):
            assert stands == held
        held = stands
        states = await ProgramVersion.filter(program_id=ours.id).values_list("state", flat=True)
        assert states.count(PlanState.LIVE) <= 1
    assert await everything_of(theirs) == before


async def done(system: Actor, ours: Program, act: str, detail: Json) -> None:
    draft = await draft_of(system, ours.id)
    seen = draft.digest if draft else ""
    match act:
        case "begin":
            await actions.begin_draft(system, ours.id)
        case "back":
            await actions.begin_draft(system, ours.id, of=1)
        case "change" if draft:
            await actions.change_draft(system, ours.id, {**draft.content, **detail}, seen=seen)
        case "review":
            await actions.send_to_review(system, ours.id, seen=seen)
        case "live":
            await actions.send_to_review(system, ours.id, seen=seen)
            await actions.make_live(system, ours.id, seen=seen)
        case "over":
            await actions.take_over(system, ours.id, seen=seen)
        case "discard":
            await actions.discard_draft(system, ours.id)
        case "elsewhere":
            await configure_program(system, ours.id, approvals=detail.get("approvals"))
        case "circles":
            await set_circles(system, ours.id, detail.get("circles", Circles.EVERYBODY))
        case "copy":
            await duplicate_program(system, ours.id, key=f"copy-{seen[:20]}", name="Copy")


async def everything_of(program: Program) -> list[Any]:
    """Every row that belongs to a programme, and the digest of its document."""
    rows = [await table.filter(program_id=program.id).order_by("id").values()
            for table in (ProgramVersion, WeightsVersion, Cohort, Enrollment)]
    told = digest(await content_of(system_actor(program.organization_id), await Program.get(id=program.id)))
    return [told, await Program.filter(id=program.id).values(), rows]
