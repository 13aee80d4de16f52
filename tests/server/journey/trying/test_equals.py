"""Peers and circles in a trial: the same people as `ithaca match` puts together, told both ways, with files to keep."""

import csv
import json
from pathlib import Path

import pytest

from server.journey.trying import export
from server.journey.trying.rows.plan import Who
from server.journey.trying.telling import tell
from server.kernel.errors import Invalid
from server.matchmaking.contract import PEOPLE
from server.programs.states import ProgramType
from tests.server.journey.trying.trial_of import pairs_of, read, read_alike, text_of, tried
from tests.server.matchmaking.desk import Desk, Table
from tests.server.matchmaking.lived import lived_rows
from web.console import trial_told


@pytest.fixture(scope="module")
def people() -> Table:
    """Fifty people who all look for others."""
    rows, _past = lived_rows(mentors=10, a_cycle=1)
    return read_alike([row | {"role": "mentee"} for row in rows if row["capacity"] != "0"])


def test_peers_are_those_of_ithaca_match(people: Table, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.table("P.csv", PEOPLE, [row | {"role": "peer"} for row in people])
    desk.program(type="peer")
    assert desk.match() == 0
    document = tried((Who.EVERYBODY, text_of(people)), kind=ProgramType.PEER)
    assert pairs_of(document) == {(row["mentee_id"], row["mentor_id"]) for row in desk.result()}
    assert (document["shape"], document["looking"], document["violations"]) == ("PEERS", 50, 0)
    assert document["matched"] * 2 + document["waiting"] == 50
    assert document["gap"] <= 0.001
    one_side = tried((Who.MENTORS, text_of(people)), kind=ProgramType.PEER)
    assert pairs_of(one_side) == pairs_of(document), "one side alone is everybody, whatever it was called"


def test_what_each_peer_brings_is_said_once() -> None:
    rows = "id,skills,wants,city\nNoor,Python,Sailing,Lisbon\nJuno,Sailing,Python,Lisbon\n"
    (pair,) = tried((Who.EVERYBODY, rows), kind=ProgramType.PEER)["pairs"]
    told = tell(pair, {})
    assert {line for line in told.reasons if "wants to learn" in line} == {
        "Noor offers what Juno wants to learn: Python", "Juno offers what Noor wants to learn: Sailing",
    }
    assert len(set(told.reasons)) == 3
    assert told.caution
    assert "mentor" not in " ".join((*told.reasons, told.caution))


def test_circles_are_those_of_ithaca_match(people: Table, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    hosts = [row | {"role": "mentor"} for row in people[:4]]
    desk.table("P.csv", PEOPLE, [*hosts, *people[4:]])
    desk.program(type="circle", circle_size=5)
    assert desk.match() == 0
    document = tried((Who.COLUMN, text_of([*hosts, *people[4:]])), kind=ProgramType.CIRCLE, size=5)
    wanted = {(row["host_id"] or None, row["member_ids"]) for row in desk.result()}
    groups = document["circles"]["groups"]
    assert {(one["host"], ";".join(one["members"])) for one in groups} == wanted
    assert (document["shape"], document["violations"]) == ("CIRCLES", 0)
    assert trial_told.fairness(document)
    assert [one["measure"] for one in json.loads(export.trial_json(document))["quality"]] == ["Q01", "Q02", "Q08"]
    seated = [who for one in groups for who in one["members"]]
    assert len(seated) + document["waiting"] == 46
    lines = list(csv.DictReader(export.circles_csv(document).decode("utf-8-sig").splitlines()))
    assert {row["person_id"] for row in lines if row["part"] == "member"} == set(seated)
    assert json.loads(export.trial_json(document))["circles"]["seated"] == len(seated)


def test_circles_need_people_to_sit_in_them() -> None:
    few = tried((Who.MENTORS, "id,skills\nA,SQL\nB,Go\n"), kind=ProgramType.CIRCLE)
    assert [one["code"] for one in few["waitlist"]] == ["TOO_FEW", "TOO_FEW"]
    with pytest.raises(Invalid, match=r"all mentors"):
        read((Who.COLUMN, "id,role,skills\nA,mentor,SQL\n"), kind=ProgramType.CIRCLE)
