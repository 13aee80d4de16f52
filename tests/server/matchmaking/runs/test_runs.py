"""What a run keeps of itself, who may read it, and how it differs from the run before."""

import csv
import io
import json

import pytest

from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, NotFound
from server.matchmaking.engine import Category, WaitCode
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.runs import export, findings
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.runs.comparison import Why
from server.matchmaking.runs.queries import compared, run_pairs, run_record, runs_of
from server.matchmaking.runs.records import audit_of, dump, load
from server.people.models import Person, PersonSkill
from server.people.states import SkillSide
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState
from tests import factories
from tests.web.console.market import Market, market


@pytest.fixture
async def found(db: object) -> Market:
    return await market(mentors=3, mentees=4, capacity=1)


async def run(found: Market) -> MatchRun:
    return await run_matching(system_actor(found.organization.id), found.cohort.id)


async def test_a_run_keeps_its_proof_its_audit_and_its_queue(found: Market) -> None:
    record = await run_record(factories.manager_of(found.manager, found.program), (await run(found)).id)
    assert record.proof is not None
    assert record.audit is not None
    assert (record.proof.matched, record.proof.waiting, record.proof.violations) == (3, 1, 0)
    assert record.proof.value <= record.proof.upper_bound
    assert (record.audit.mentees, record.audit.mentors, record.audit.places) == (4, 3, 3)
    assert record.audit.checks == record.audit.rules * 3
    assert [one.code for one in record.waiting] == [WaitCode.NO_SEAT]
    assert {one.dimension for one in record.audit.parity} == {"PLACE", "DEPARTMENT"}
    assert all(group.people is None for one in record.audit.parity for group in one.mentees), "fewer than eight"


async def test_every_pair_that_was_made_is_stored_however_far_down_the_list(
    found: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "KEPT_CANDIDATES", 1)
    made = await run(found)
    stored = await MatchSuggestion.filter(run_id=made.id, chosen=True)
    assert len(stored) == 3
    assert len({one.mentor_enrollment_id for one in stored}) == 3
    listed = await MatchSuggestion.filter(run_id=made.id, rank=0).count()
    assert listed == 4, "the best candidate of each mentee too"


async def test_what_is_stored_reads_back_as_it_was(found: Market) -> None:
    audit = audit_of((await run(found)).result)
    assert audit is not None
    assert load(json.loads(json.dumps(dump(audit)))) == audit


async def test_the_audit_of_a_run_stands_however_its_people_change(db: object) -> None:
    """Counts and figures of groups are stored with the run, and of nobody which group they were in."""
    found = await market(mentors=8, mentees=16, capacity=2)
    await Person.filter(id__in=[row.person_id for row in found.mentees[:8]]).update(department="Legal")
    made, actor = await run(found), factories.manager_of(found.manager, found.program)
    before = (await run_record(actor, made.id)).audit
    assert before is not None
    (departments,) = [one for one in before.parity if one.dimension == "DEPARTMENT"]
    assert {one.group: one.people for one in departments.mentees} == {"Legal": 8, "Pricing": 8}
    await Person.filter(organization_id=found.organization.id).update(department="Sales", location="Porto")
    await Enrollment.filter(cohort_id=found.cohort.id).update(state=EnrollmentState.WITHDRAWN)
    assert (await run_record(actor, made.id)).audit == before
    stored = json.dumps(made.result["audit"]["parity"])
    assert not any(str(key) in stored for row in found.mentees for key in (row.id, row.person_id))


async def test_a_run_from_before_audits_is_still_readable(found: Market) -> None:
    made = await run(found)
    old = {name: made.result[name] for name in ("matched", "waiting", "value", "upper_bound", "gap", "violations")}
    await MatchRun.filter(id=made.id).update(result=old)
    actor = factories.manager_of(found.manager, found.program)
    record = await run_record(actor, made.id)
    assert record.audit is None
    assert record.proof is not None
    assert record.waiting == []
    with pytest.raises(Conflict):
        await compared(actor, made.id, (await run(found)).id)


async def test_only_who_runs_the_programme_reads_its_runs(found: Market) -> None:
    made = await run(found)
    other = await factories.program(found.organization, key="other")
    for stranger in (factories.actor_of(found.stranger), factories.manager_of(found.manager, other)):
        assert await runs_of(stranger, found.cohort.id) == []
        for question in (run_record(stranger, made.id), run_pairs(stranger, made.id),
                         compared(stranger, made.id, made.id)):
            with pytest.raises(NotFound):
                await question


async def test_two_runs_of_the_same_people_do_not_differ(found: Market) -> None:
    actor = factories.manager_of(found.manager, found.program)
    shown = await compared(actor, (await run(found)).id, (await run(found)).id)
    assert shown.comparison.changes == ()
    assert shown.comparison.same == 3
    assert shown.comparison.settings.same_people
    assert shown.comparison.settings.weights == ()
    assert shown.earlier.started_at <= shown.later.started_at


async def test_whose_mentor_left_is_told_and_who_waits_now(found: Market) -> None:
    earlier = await run(found)
    gone = found.mentors[0]
    await Enrollment.filter(id=gone.id).update(state=EnrollmentState.PAUSED)
    shown = await compared(system_actor(found.organization.id), earlier.id, (await run(found)).id)
    left = [one for one in shown.comparison.changes if one.why is Why.MENTOR_LEFT]
    assert [[pair.mentor for pair in one.before] for one in left] == [[gone.id]]
    assert [one.waits for one in left if not one.after] == [WaitCode.NO_SEAT] * sum(not one.after for one in left)
    assert not shown.comparison.settings.same_people


async def exchange_skills(one: Enrollment, other: Enrollment) -> None:
    first, second = [await PersonSkill.get(person_id=row.person_id, side=SkillSide.OFFERED) for row in (one, other)]
    await PersonSkill.filter(id=first.id).update(competency_id=second.competency_id)
    await PersonSkill.filter(id=second.id).update(competency_id=first.competency_id)


async def test_new_weights_are_named_and_a_fit_that_fell(found: Market) -> None:
    earlier = await run(found)
    await Program.filter(id=found.program.id).update(weights={Category.GOALS.value: 1.0})
    await exchange_skills(found.mentors[0], found.mentors[1])
    shown = await compared(system_actor(found.organization.id), earlier.id, (await run(found)).id)
    weights = {name: (then, now) for name, then, now in shown.comparison.settings.weights}
    assert weights[Category.GOALS] == (pytest.approx(0.28), 1.0)
    moved = {one.why for one in shown.comparison.changes}
    assert moved <= {Why.FIT_FELL, Why.FIT_ROSE, Why.AS_GOOD, Why.GIVEN_UP, Why.PLACE_FREED}
    assert Why.FIT_FELL in moved


async def test_newcomers_and_those_who_left_are_told(found: Market) -> None:
    earlier = await run(found)
    await Enrollment.filter(id=found.mentees[0].id).update(state=EnrollmentState.PAUSED)
    person = await factories.person(found.organization, given_name="Esme")
    newcomer = await factories.enrollment(found.cohort, person, found.mentees[0].role)
    shown = await compared(system_actor(found.organization.id), earlier.id, (await run(found)).id)
    why = {one.mentee: one.why for one in shown.comparison.changes}
    assert (why[found.mentees[0].id], why[newcomer.id]) == (Why.LEFT, Why.JOINED)


async def test_runs_of_two_groups_are_not_compared(found: Market) -> None:
    actor = system_actor(found.organization.id)
    second = await factories.cohort(found.program, name="Second")
    other = await MatchRun.create(
        organization_id=found.organization.id, program=found.program, cohort=second, engine_version="1",
        weights_version="1", started_by="system",
    )
    with pytest.raises(NotFound):
        await compared(actor, (await run(found)).id, other.id)


async def test_the_files_hold_every_pair_with_its_reasons_and_start_no_formula(found: Market) -> None:
    await Person.filter(id=found.mentees[0].person_id).update(given_name="=1+1")
    made = await run(found)
    actor = system_actor(found.organization.id)
    pairs = await run_pairs(actor, made.id)
    rows = list(csv.DictReader(io.StringIO(export.pairs_csv(pairs).decode("utf-8-sig"))))
    assert len(rows) == 3
    assert all(row["reason_1"] and 0 < float(row["fit"]) <= 100 for row in rows)
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    whole = json.loads(export.run_json(made, pairs))
    assert len(whole["pairs"]) == 3
    assert whole["audit"]["violations"] == []
    assert (whole["seed"], whole["started_by"]) == (0, "system")
    changed = export.changes_csv(await compared(actor, made.id, (await run(found)).id))
    assert changed.decode("utf-8-sig").splitlines() == [",".join(export.CHANGES)]
