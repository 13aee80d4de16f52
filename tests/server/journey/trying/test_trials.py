"""A trial from files to result: for one manager alone, encrypted, gone after a day; and with the real records."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise import connections

from server.access.queries import actor_for
from server.journey.trying import actions, export, queries
from server.journey.trying.matching import match
from server.journey.trying.rows.columns import suggestions
from server.journey.trying.rows.plan import File, Plan, Who, load_plan
from server.journey.trying.rows.reading import read_files
from server.journey.trying.rows.rules import Chosen
from server.journey.trying.telling import tell
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matchmaking.models import MatchTrial
from server.matchmaking.runs.records import audit_of
from server.people.models import Person
from tests.web.console.market import Market, manager_of, market
from tests.web.console.records import MENTEES, MENTORS, SHARED, people_file

FILES = [("mentors.csv", MENTORS.encode()), ("mentees.csv", MENTEES.encode())]


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


@pytest.fixture
async def manager(found: Market) -> Actor:
    return await actor_for(found.manager)


async def matched(manager: Actor) -> MatchTrial:
    trial = await actions.start_trial(manager, FILES)
    return await actions.run_trial(manager, trial.id, load_plan(trial.settings))


async def test_files_are_matched_with_three_reasons_and_a_caution_each(manager: Actor) -> None:
    trial = await matched(manager)
    document = await queries.document_of(manager, trial.id)
    assert {(pair["mentee"], pair["mentor"]) for pair in document["pairs"]} == {
        ("S1", "M2"), ("S2", "M3"), ("S3", "M1")
    }
    for pair in document["pairs"]:
        told = tell(pair, document["names"])
        assert len(told.reasons) == 3
        assert all([*told.reasons, told.caution])
    noor = tell(next(one for one in document["pairs"] if one["mentee"] == "S1"), document["names"])
    assert noor.reasons[0] == "Ottoline Vane offers what Noor Pell wants to learn: Python"
    assert noor.caution == "Not in the files: Career stage, Shared time. Ask before you approve."
    assert (document["violations"], document["matched"], document["waiting"]) == (0, 3, 0)
    assert await Person.filter(employee_id="S1").count() == 0, "nobody was made"


async def test_what_a_mentor_does_not_offer_is_the_caution(manager: Actor) -> None:
    document = await queries.document_of(manager, (await matched(manager)).id)
    tamsin = tell(next(one for one in document["pairs"] if one["mentee"] == "S2"), document["names"])
    assert tamsin.caution == "Juno Holt does not offer all Tamsin Ray wants: not TypeScript"


async def test_what_is_stored_of_people_is_encrypted(manager: Actor) -> None:
    trial = await matched(manager)
    _count, rows = await connections.get("default").execute_query("SELECT files, result FROM match_trial")
    stored = repr([dict(row) for row in rows])
    assert str(trial.id)
    assert "Noor" not in stored
    assert "Idris Crane" not in stored
    for entry in await AuditEvent.filter(target_kind="MatchTrial"):
        assert "Noor" not in json.dumps(entry.detail)


async def test_a_first_row_that_is_taken_for_the_names_of_columns_is_encrypted_too(manager: Actor) -> None:
    trial = await actions.start_trial(manager, [("mentors.csv", b"M1,Noor Pell,noor@example.test\nM2,Idris Crane,x\n")])
    _count, rows = await connections.get("default").execute_query("SELECT settings FROM match_trial")
    assert "noor" not in repr([dict(row) for row in rows]).casefold()
    assert "noor_pell" in load_plan((await MatchTrial.get(id=trial.id)).settings).columns[0]


async def test_who_runs_no_programme_any_more_sees_the_files_no_more(found: Market, manager: Actor) -> None:
    trial = await matched(manager)
    demoted = replace(manager, grants=frozenset())
    for question in (queries.shown_trial(demoted, trial.id), queries.document_of(demoted, trial.id),
                     actions.run_trial(demoted, trial.id, load_plan(trial.settings))):
        with pytest.raises(NotFound):
            await question
    assert await MatchTrial.filter(id=trial.id).exists(), "its day goes on"


async def test_nobody_else_sees_a_trial_whatever_they_may(found: Market, manager: Actor) -> None:
    trial = await matched(manager)
    for other in (found.admin, found.stranger, await manager_of(found.organization, found.program)):
        actor = await actor_for(other)
        for question in (queries.own_trial(actor, trial.id), queries.document_of(actor, trial.id),
                         actions.run_trial(actor, trial.id, load_plan(trial.settings)),
                         actions.erase_trial(actor, trial.id)):
            with pytest.raises(NotFound):
                await question
    with pytest.raises(Refused):
        await actions.start_trial(await actor_for(found.stranger), FILES)
    with pytest.raises(NotFound):
        await queries.latest_trial(await actor_for(found.stranger))


async def test_a_trial_is_erased_after_a_day_and_not_before(manager: Actor) -> None:
    trial = await matched(manager)
    await drain()
    assert await MatchTrial.filter(id=trial.id).exists()
    with clock.at(trial.erase_at - timedelta(minutes=1)):
        await drain()
        assert await MatchTrial.filter(id=trial.id).exists()
    with clock.at(trial.erase_at + timedelta(seconds=1)):
        with pytest.raises(NotFound):
            await queries.shown_trial(manager, trial.id)    # before the job comes by
        assert await queries.latest_trial(manager) is None
        await drain()
        assert not await MatchTrial.filter(id=trial.id).exists()
    assert trial.erase_at - trial.created_at <= timedelta(days=1, seconds=60)


async def test_a_new_trial_and_a_word_erase_the_old_one(manager: Actor) -> None:
    first = await matched(manager)
    second = await actions.start_trial(manager, FILES)
    assert [row.id for row in await queries.trials(manager)] == [second.id]
    await actions.erase_trial(manager, second.id)
    assert await queries.latest_trial(manager) is None
    with clock.at(first.erase_at + timedelta(seconds=1)):
        await drain()
    with pytest.raises(NotFound):
        await actions.erase_trial(manager, second.id)


async def test_a_plan_that_fits_nobody_is_kept_and_takes_the_result_back(manager: Actor) -> None:
    trial = await matched(manager)
    plan = load_plan(trial.settings)
    with pytest.raises(Invalid):
        await actions.run_trial(manager, trial.id, Plan((Who.MENTORS, Who.MENTORS), plan.columns))
    shown = await queries.shown_trial(manager, trial.id)
    assert shown.document is None
    assert shown.plan.who == (Who.MENTORS, Who.MENTORS)


@pytest.mark.parametrize(("name", "content", "words"), [
    ("people.xlsx", b"PK\x03\x04rest", "saved as Excel"),
    ("empty.csv", b"", "is empty"),
    ("wide.csv", ",".join(f"c{at}" for at in range(81)).encode(), "81 columns; a trial takes 80"),
    ("big.csv", b"a" * 5_000_001, "larger than 5 MB"),
    ("latin.csv", "id,name\n1,Zoë\n".encode("latin-1"), "is not UTF-8"),
])
async def test_bad_files_are_refused_in_words(manager: Actor, name: str, content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        await actions.start_trial(manager, [(name, content)])
    assert words in refused.value.fields["file"]
    assert await MatchTrial.filter(organization_id=manager.organization_id).count() == 0


async def test_who_the_rows_are_is_guessed(manager: Actor) -> None:
    async def guessed(*files: tuple[str, str]) -> tuple[Who, ...]:
        trial = await actions.start_trial(manager, [(name, text.encode()) for name, text in files])
        return load_plan(trial.settings).who

    assert await guessed(("a.csv", MENTORS), ("b.csv", MENTEES)) == (Who.MENTORS, Who.MENTEES)
    assert await guessed(("all.csv", people_file(2, 2))) == (Who.COLUMN,)
    assert await guessed(("our_mentees.csv", MENTORS)) == (Who.MENTEES,)
    assert await guessed(("wishes.csv", "id,wants\n1,SQL\n")) == (Who.MENTEES,)


async def test_the_files_to_keep_hold_everything(manager: Actor) -> None:
    document = await queries.document_of(manager, (await matched(manager)).id)
    lines = export.pairs_csv(document).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("mentor_id,mentor,mentee_id,mentee,fit,confidence,place_for_mentee,reason_1")
    assert lines[0].endswith("fit_behaviour,fit_style")
    assert export.waiting_csv(document).decode("utf-8-sig").splitlines() == ["mentee_id,mentee,position,code"]
    whole = json.loads(export.trial_json(document))
    assert whole["audit"]["envy"]["asked"] == 3
    assert whole["weights_version"]


def test_those_who_find_nobody_are_told_why() -> None:
    file = File("all.csv", people_file(mentors=3, mentees=5))
    plan = Plan((Who.COLUMN,), (suggestions(file.table()),))
    document = match(read_files([file], plan), plan)
    assert (document["matched"], document["waiting"]) == (3, 2)
    assert {one["code"] for one in document["waitlist"]} == {"NO_SEAT"}
    assert [one["position"] for one in document["waitlist"]] == [1, 2]
    assert all(pair["mentor"] != f"M{int(pair['mentee'][1:]) % 5}" for pair in document["pairs"]), "own managers"


async def test_free_text_is_read_in_the_words_of_the_organisation(manager: Actor) -> None:
    """The framework of the market knows "Data and pricing"; a file of a house without one is read in its own words."""
    mentors = b"id,about\nM1,For ten years I have led data and pricing for the whole house.\nM2,I sew sails.\n"
    mentees = b"id,goal text\nS1,I want to understand data and pricing before I move on.\n"
    trial = await actions.start_trial(manager, [("mentors.csv", mentors), ("mentees.csv", mentees)])
    await actions.run_trial(manager, trial.id, load_plan(trial.settings))
    document = await queries.document_of(manager, trial.id)
    assert document["words"] == {"whose": "ORGANIZATION", "terms": 3}
    (pair,) = document["pairs"]
    assert pair["mentor"] == "M1"
    assert any("Data and pricing" in reason for reason in tell(pair, document["names"]).reasons)


async def test_numbers_out_of_bounds_are_refused_and_nothing_is_kept(manager: Actor) -> None:
    trial = await actions.start_trial(manager, FILES)
    held = load_plan(trial.settings)
    for wrong, field in ((replace(held, places=0), "places"), (replace(held, size=9), "size"),
                         (replace(held, chosen=Chosen(hours=9)), "hours")):
        with pytest.raises(Invalid) as refused:
            await actions.run_trial(manager, trial.id, wrong)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid, match=r"Choose a file first"):
        await actions.start_trial(manager, [])
    assert load_plan((await queries.own_trial(manager, trial.id)).settings) == held


@pytest.mark.skipif(not SHARED.exists(), reason="the real records of ../shared/data are not here")
def test_the_real_records_work_as_they_are() -> None:
    """160 mentors of a directory and the first 100 of a survey, with the columns as they are guessed."""
    head = "".join((SHARED / "skills_and_wishes.csv").read_text("utf-8").splitlines(keepends=True)[:101])
    files = [File("mentor_profiles.csv", (SHARED / "mentor_profiles.csv").read_text("utf-8")),
             File("skills_and_wishes.csv", head)]
    plan = Plan((Who.MENTORS, Who.MENTEES), tuple(suggestions(one.table()) for one in files))
    document = match(read_files(files, plan), plan)
    assert (document["matched"], document["waiting"], document["violations"]) == (100, 0, 0)
    assert document["gap"] <= 0.001
    told = [tell(pair, document["names"]) for pair in document["pairs"]]
    assert all(len(one.reasons) == 3 and one.caution for one in told)
    assert document["words"] == {"whose": "FILES", "terms": 161}
    assert sum(one.reasons[0].split(" ", 1)[1].startswith("offers what") for one in told) >= 70
    audit = audit_of(document)
    assert audit is not None
    shown = [row for parity in audit.parity for row in parity.mentors if row.people is not None]
    assert {row.group for row in shown} == {"US", "GB", "IN", "DE", "NG"}
