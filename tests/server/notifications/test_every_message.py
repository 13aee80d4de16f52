"""None of the 97 messages of a programme's life is forgotten: each is sent, or the documentation says why not."""

import re
from pathlib import Path

import pytest

from server.notifications.catalogue import CATALOGUE

LIFECYCLE = """
    L01 L02 L03
    E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11 E12 E13 E14 E15 E16 E17
    T01 T02 T03
    M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M11
    F01 F02 F03 F04
    G01 G02 G03 G04 G05 G06 G07
    S01 S02 S03 S04 S05 S06 S07 S08 S09 S10
    A01 A02 A03 A04
    C01 C02 C03 C04
    R01 R02 R03
    I01 I02 I03 I04 I05 I06
    X01 X02 X03 X04 X05
    Z01 Z02 Z03 Z04 Z05 Z06 Z07 Z08 Z09 Z10
    Q01 Q02 Q03 Q04 Q05 Q06
    Y01 Y02 Y03 Y04
""".split()
"""Every message that a mentoring programme needs, by the letter of its phase."""
DOCUMENT = Path(__file__).parents[3] / "docs" / "automation.md"


def told_why() -> dict[str, str]:
    """The rows of the table under "What is not sent": a message, and why none goes."""
    _before, _heading, after = DOCUMENT.read_text().partition("## What is not sent\n")
    rows = re.findall(r"^\| ([A-Z]\d\d) [^|]*\| ([^|]+) \|", after.partition("\n## ")[0], re.MULTILINE)
    return dict(rows)


def test_there_are_97_of_them() -> None:
    assert (len(LIFECYCLE), len(set(LIFECYCLE))) == (97, 97)
    assert set(told_why()) <= set(LIFECYCLE)


@pytest.mark.parametrize("key", LIFECYCLE)
def test_each_is_sent_or_it_says_why_not(key: str) -> None:
    why = told_why().get(key, "")
    assert key in CATALOGUE or why, f"{key} is neither in the catalogue nor in the table of {DOCUMENT.name}"
