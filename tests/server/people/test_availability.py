"""Day parts and blocks: one turned into the other, and the spelling of the file."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.people.availability import Block, blocks_of, day_parts_of, parse_block, parse_week
from server.people.states import DayPart

EVERY_CHOICE = [set(chosen) for size in range(5) for chosen in combinations(DayPart, size)]


@pytest.mark.parametrize("parts", EVERY_CHOICE, ids=lambda parts: "+".join(sorted(parts)) or "none")
def test_every_choice_of_parts_comes_back_from_its_blocks(parts: set[DayPart]) -> None:
    assert day_parts_of(blocks_of(parts)) == parts


def test_mornings_are_eight_to_twelve_on_workdays() -> None:
    assert blocks_of([DayPart.MORNINGS]) == [Block(day, 480, 720) for day in range(5)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mon-09:00-12:00", {DayPart.MORNINGS}),
        ("Tue-09:00-17:30", {DayPart.MORNINGS, DayPart.LUNCHTIMES, DayPart.AFTERNOONS}),
        ("Wed-18:00-19:00", {DayPart.EVENINGS}),
        ("Thu-05:00-07:00", set()),
        ("Fri-06:00-09:00", set()),
    ],
)
def test_a_block_of_a_file_presses_the_chips_it_speaks_of(text: str, parts: set[DayPart]) -> None:
    assert day_parts_of([parse_block(text)]) == parts


@pytest.mark.parametrize(
    "text",
    ["", "Mon", "Mon-9:00-12:00", "Mon-12:00-09:00", "Mon-09:00-09:00", "Moo-09:00-12:00", "Mon-09:60-12:00",
     "Mon-09:00-24:01", "Mon-٠٩:00-12:00", "Mon-09:00-12:00-13:00"],
)
def test_anything_else_is_no_block(text: str) -> None:
    with pytest.raises(ValueError, match=r"^.*$"):
        parse_block(text)


def test_a_week_mixes_words_and_blocks_and_says_nothing_twice() -> None:
    week = parse_week(["Sat-10:00-24:00", "lunchtimes", " Lunchtimes "])
    assert week == [*(Block(day, 720, 840) for day in range(5)), Block(5, 600, 1440)]


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        block = parse_block(text)
    except ValueError:
        return
    assert 0 <= block.start_minute < block.end_minute <= 1440
