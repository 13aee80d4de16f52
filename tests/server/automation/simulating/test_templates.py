"""Each ready programme, as it is shipped, is lived through to its end by people who fit it."""

from datetime import date
from pathlib import Path

import pytest

import server
from server.automation.simulating import command
from server.programs.plans.files import parsed
from tests.chance import LONG

FILES = sorted((Path(server.__file__).parent / "programs" / "templates").glob("*.toml"))
BEGINS, PEOPLE, MONTHS_MORE = date(2027, 1, 11), 12, 2
SHORTEST = "flash"


@pytest.mark.parametrize("file", [
    pytest.param(file, id=file.stem, marks=pytest.mark.skipif(
        file.stem != SHORTEST and not LONG, reason="a minute each: runs in 'make chaos'"
    ))
    for file in FILES
])
async def test_a_template_is_lived_through_unedited(file: Path) -> None:
    document = parsed(file.read_text("utf-8"))
    months = document["duration_days"] // 30 + MONTHS_MORE
    report = await command.simulate(document, file.stem, people=PEOPLE, months=months, seed=1, begins=BEGINS)
    counts = report.tally.counts
    assert report.tally.is_sound, report.in_words()
    assert counts["sessions"]["HELD"] > 0
    assert counts["matches"].keys() & {"DURATION_COMPLETED", "COMPLETED"}, "a match has had its time"
    assert {"E09", "M08", "S01", "Z04"} <= counts["messages sent"].keys()
