"""Typed text on its way in: clean, bounded, every problem told at once; languages that never mix."""

import asyncio

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.kernel.errors import Invalid
from server.kernel.ids import new_id, parse_id
from server.kernel.text import (
    FORMULA_STARTS,
    clean,
    direction,
    guarded,
    language,
    locale,
    set_language,
    unguarded,
    use_language,
)
from server.kernel.typed import check, typed


@given(st.text())
@example("a\r\nb\rc\x00\u202e\ufeff\u2028 ")
def test_cleaning_twice_is_cleaning_once_and_leaves_nothing_unseen(text: str) -> None:
    found = clean(text)
    assert clean(found) == found == found.strip()
    assert all(letter in "\n\t" or letter.isprintable() for letter in found)
    found.encode()  # a lone surrogate would break every database


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1))
def test_letters_figures_and_marks_of_every_script_stay(text: str) -> None:
    assert clean(f"  {text}\n") == text


@given(st.text(max_size=30), st.integers(0, 20))
def test_a_field_holds_what_it_holds_and_says_how_much_is_too_much(text: str, most: int) -> None:
    problems: dict[str, str] = {}
    found = typed(problems, "want", text, at_most=most)
    assert found == clean(text)
    assert bool(problems) == (len(found) > most)
    if problems:
        assert str(len(found) - most) in problems["want"]


def test_every_problem_of_a_form_is_told_at_once() -> None:
    problems: dict[str, str] = {}
    typed(problems, "title", " \x00 ", at_most=5, needed="Give it a name.")
    typed(problems, "why", "longer", at_most=5)
    typed(problems, "fine", "", at_most=5)
    with pytest.raises(Invalid) as refusal:
        check(problems)
    assert refusal.value.fields == {"title": "Give it a name.", "why": "Shorten this by 1 character."}
    check({})


async def test_two_at_once_each_hear_their_own_language() -> None:
    async def speak(tag: str) -> str:
        set_language(tag)
        await asyncio.sleep(0)
        return language()

    heard = await asyncio.gather(speak("pt-PT"), speak("ar"), speak(""))
    assert list(heard) == ["pt-PT", "ar", "en-GB"]
    assert language() == "en-GB"


def test_a_language_lasts_as_long_as_its_block() -> None:
    with use_language("pt-PT"):
        with pytest.raises(ZeroDivisionError), use_language("he"):
            raise ZeroDivisionError
        assert language() == "pt-PT"
    assert language() == "en-GB"


@pytest.mark.parametrize(("tag", "way"), [
    ("ar", "rtl"), ("he-IL", "rtl"), ("en-GB", "ltr"), ("fr", "ltr"), ("", "ltr"),
])
def test_some_languages_run_from_right_to_left(tag: str, way: str) -> None:
    assert direction(tag) == way


@given(st.text(max_size=12) | st.text("=+-@'\t\r a", max_size=4))
def test_no_guarded_text_is_a_formula_and_clean_text_comes_back(text: str) -> None:
    assert not guarded(text).startswith(FORMULA_STARTS)
    if (plain := clean(text)) and not plain.startswith("'"):
        assert unguarded(guarded(plain)) == plain


@given(st.text(max_size=12))
def test_any_tag_has_dates_and_numbers(tag: str) -> None:
    with use_language(tag):
        assert str(locale())


@given(st.text(max_size=40))
@example("{" + 32 * "0" + "}")
def test_any_text_is_an_id_or_none(text: str) -> None:
    found = parse_id(text)
    assert found is None or parse_id(str(found)) == found


def test_ids_sort_by_the_moment_they_were_made() -> None:
    made = [new_id() for _ in range(5000)]
    assert sorted(made) == made
    assert len(set(made)) == 5000
