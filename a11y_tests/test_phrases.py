"""What a screen reader has to say of the five screens, for mentee and mentor, as it was read and kept in phrases/.

`make phrases` writes the files anew; the difference is read before it is kept.
"""

import os
import re
from difflib import unified_diff
from pathlib import Path

import pytest

from a11y_tests.matrix import standing
from a11y_tests.serving import Recorder
from a11y_tests.states import every_state
from a11y_tests.window import Window

KEPT = Path(__file__).parent / "phrases"
RENEW = "ITHACA_PHRASES"
SCREENS = {
    "Join": ("joining-mentee", "joining-mentor"),
    "Match": ("matching-mentee-decides", "matching-mentor-decides"),
    "Journey": ("voyage-under-way", "voyage-mentor-of-one"),
    "Session": ("meeting-before", "meeting-before-everything-open", "meeting-after"),
    "Check-in": ("talking-check-in", "talking-check-in-of-a-mentor"),
}
"""Each screen's states: the mentee's, the mentor's, and the Session once it is over."""
NAMES = [name for names in SCREENS.values() for name in names]
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WITHIN_S = 300


@pytest.mark.parametrize("name", NAMES)
async def test_the_screen_says_what_it_said(
    name: str, rows: object, site: tuple[str, Recorder], window: Window
) -> None:
    state = next(state for state in every_state() if state.name == name)
    async with standing(state, site, window) as (page, _refused):
        said = ID.sub("id", await page.locator("body").aria_snapshot()) + "\n"
    file = KEPT / f"{name}.yaml"
    if os.environ.get(RENEW):
        file.write_text(said)
    kept = file.read_text() if file.exists() else ""
    difference = "\n".join(unified_diff(kept.splitlines(), said.splitlines(), "kept", "said now", lineterm=""))
    assert not difference, f"{difference}\nIf this is right, run `make phrases` and keep the file."


def test_no_phrases_are_kept_of_a_screen_that_nobody_asks() -> None:
    assert {file.stem for file in KEPT.glob("*.yaml")} == set(NAMES)
