"""One label for a skill, however people wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.language.tags import (
    Canonical,
    Normalised,
    Route,
    canonical,
    key,
    known_skills,
    normalise,
    slips,
    vocabulary_of,
)


@pytest.mark.parametrize(
    ("written", "label", "route"),
    [
        ("React", "React", Route.EXACT),
        ("  react ", "React", Route.EXACT),
        ("reactjs", "React", Route.SUFFIX),
        ("react.js", "React", Route.SUFFIX),
        ("React.js", "React", Route.SUFFIX),
        ("React-JS", "React", Route.SUFFIX),
        ("Angular/Angular.js", "Angular", Route.ALIAS),
        ("Bash/Shell/PowerShell", "Bash", Route.ALIAS),
        ("node", "Node.js", Route.ALIAS),
        ("nodejs", "Node.js", Route.EXACT),
        (".net", ".NET", Route.EXACT),
        ("dotnet", ".NET", Route.EXACT),
        ("c-sharp", "C#", Route.ALIAS),
        ("C++", "C++", Route.EXACT),
        ("leading stakeholders", "Stakeholder management", Route.ALIAS),
        ("Javscript", "JavaScript", Route.SPELLING),
        ("pyhton", "Python", Route.SPELLING),
        ("stakehoder managment", "Stakeholder management", Route.SPELLING),
    ],
)
def test_each_way_of_writing_finds_its_label(written: str, label: str, route: Route) -> None:
    assert canonical(written, known_skills()) == Canonical(label, route)


@pytest.mark.parametrize("written", ["C", "R", "Go", "Java", "scale", "rocker", "web3", "css-in-js"])
def test_a_short_or_different_word_is_never_taken_for_another_skill(written: str) -> None:
    found = canonical(written, known_skills())
    assert found.route in (Route.EXACT, Route.MISSED)
    assert key(found.label) == key(written)


def test_what_is_not_known_is_kept_and_named() -> None:
    found = normalise(["reactjs", "Underwater  basket weaving", "react"], known_skills())
    assert found == Normalised(("React", "Underwater basket weaving"), ("Underwater basket weaving",))


def test_two_known_skills_joined_by_a_slash_become_two() -> None:
    assert normalise(["HTML/CSS"], known_skills()).labels == ("HTML", "CSS")
    assert normalise(["this/that"], known_skills()) == Normalised(("this/that",), ("this/that",))


def test_nothing_but_marks_is_no_tag() -> None:
    assert normalise(["", " ", "/", "--"], known_skills()) == Normalised((), ())


def test_a_framework_keeps_its_own_words() -> None:
    framework = vocabulary_of(["ReactJS", "Leading people", "HTML/CSS"])
    assert [canonical(tag, framework).label for tag in ("react", "React.js", "html/css", "golang")] == [
        "ReactJS",
        "ReactJS",
        "HTML/CSS",
        "Go",
    ]


def test_a_slip_between_two_labels_is_not_guessed() -> None:
    pair = vocabulary_of(["planninga", "planningb"])
    assert canonical("planningc", pair).route is Route.MISSED


@given(st.text(max_size=20))
def test_any_text_gives_a_label_that_gives_itself(text: str) -> None:
    first = canonical(text, known_skills())
    if first.label:
        assert canonical(first.label, known_skills()).label == first.label


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_slips_are_the_same_both_ways_and_0_only_for_the_same_word(left: str, right: str) -> None:
    assert slips(left, right, 3) == slips(right, left, 3)
    assert (slips(left, right, 3) == 0) == (left == right)


def test_swapped_neighbours_are_one_slip() -> None:
    assert slips("pyhton", "python", 2) == 1
    assert slips("abcd", "dcba", 2) == 3
