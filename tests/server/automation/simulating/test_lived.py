"""A small programme is lived through: it comes to the same each time, and the rules of every message hold."""

import json
import os
import sqlite3
from argparse import ArgumentParser
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from server.automation.simulating import command
from server.kernel.settings import settings
from server.surveys.forms.presets import preset
from server.surveys.states import SurveyKind

GOLDEN = Path(__file__).with_name("lived.json")
BEGINS, MONTHS, PEOPLE, SEED = date(2027, 1, 11), 2, 8, 10
SURVEYS = [
    {**preset(SurveyKind.PULSE), "number": 7, "again_days": 7}, {**preset(SurveyKind.POST_SESSION), "number": 1},
    {**preset(SurveyKind.CHECK_IN), "number": 10, "again_days": 14}, preset(SurveyKind.EXIT),
]
OWN = {
    "say-hello": {
        "name": "Say hello", "when": "MATCHED", "days": 1,
        "words": {"en": {"subject": "A word to {other}?", "body": "Two lines are enough."}},
    },
    "look-in": {
        "name": "Look in", "when": "NOT_BOOKED", "days": 4, "to": "RUNS",
        "words": {"en": {"subject": "No time yet", "body": "{who} have booked nothing in four days."}},
    },
}
DOCUMENT = {
    "name": "Rising Leads", "type": "ONE_TO_ONE", "duration_days": 42, "sessions_per_month": 4, "surveys": SURVEYS,
    "messages": {"OWN": OWN, **{kind: {"on": True} for kind in ("L01", "L02", "L03", "E17")}}, "mentees_may_ask": True,
}


async def test_a_seed_comes_to_what_it_came_to_before(tmp_path: Path) -> None:
    """What differs here is what people would get otherwise than before: read it, then `make golden`."""
    report = await command.simulate(
        DOCUMENT, "rising-leads", people=PEOPLE, months=MONTHS, seed=SEED, begins=BEGINS, keep=tmp_path / "lived.db"
    )
    assert report.tally.is_sound, report.in_words()
    told = report.in_words()
    assert all(words in told for words in (
        "held  Nobody got the same message twice.", f"{'E09':<12}  Welcome", "were needless by then",
        "--program rising-leads.toml --months 2 --people 8 --seed 10 --begins 2027-01-11",
    )), told
    with closing(sqlite3.connect(tmp_path / "lived.db")) as rows:
        beyond = "SELECT max(m.due_on > t.ends_on) FROM milestone m JOIN goal g ON g.id = m.goal_id "
        assert rows.execute(f'{beyond} JOIN "match" t ON t.id = g.match_id').fetchone() == (0,), "beyond the last day"
        spent = "SELECT count(*) FROM ticket WHERE purpose = 'ANSWER_SURVEY' AND spent_at IS NOT NULL"
        assert rows.execute(spent).fetchone() > (0,), "nobody answered by the link of a mail"
        assert rows.execute("SELECT count(*) FROM \"match\" WHERE origin = 'MENTEE'").fetchone() > (0,), "nobody asked"
    found = json.loads(report.as_json())
    for took in ("seconds", "processor_seconds"):
        found.pop(took)
    if os.environ.get("ITHACA_GOLDEN") == "write":
        GOLDEN.write_text(json.dumps(found, indent=2) + "\n")
    assert found == json.loads(GOLDEN.read_text())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--people", "3"], "--people: Choose from 4 to 5,000."),
        (["--months", "25"], "--months: Choose from 1 to 24."),
        (["--program", "absent.toml"], "--program: There is no file absent.toml."),
        (["--keep", "there.db"], "--keep: This file is there already. Choose another one."),
        ([], 'type: This is missing.'),
    ],
)
def test_what_cannot_be_is_told(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.db").touch()
    Path("a.toml").write_text('format = 1\nname = "Rising Leads"\n')
    parser = ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["--program", "a.toml", *words])) == command.UNUSABLE
    assert told in capsys.readouterr().err
    assert not settings().database_url
