"""What free text comes to: competencies it names, competencies it is close to, and nothing where it says neither."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.language import meaning
from server.language.meaning import (
    CLOSE_AT_MOST,
    Concept,
    Framework,
    How,
    Meaning,
    forms_of,
    framework_of,
    in_order,
    meanings,
    nearest,
    sentences,
    version_of,
)
from server.language.vectors import embed
from tests.chance import LONG

CONCEPTS = (
    Concept("speak", "Public speaking", ("Presenting", "hablar en público", "人前で話す", "الخطابة")),
    Concept("negotiate", "Negotiation", ("Négocier",)),
    Concept("finance", "Finance", ("budgeting",), "Reading a balance sheet, planning a budget and keeping to it."),
    Concept("react", "React"),
    Concept("native", "React Native"),
    Concept("it", "IT", ("Informatik",)),
    Concept("c", "C"),
    Concept("interview", "Interviews", ("interviewing", "job interviews")),
    Concept("write", "Writing", ("writing skills",)),
)


@pytest.fixture(scope="module")
def framework() -> Framework:
    return framework_of(CONCEPTS, embed)


def read(framework: Framework, text: str) -> tuple[Meaning, ...]:
    return meanings(text, embed(sentences(text)), framework)


def keys(found: tuple[Meaning, ...]) -> list[str]:
    return [one.key for one in found]


@pytest.mark.parametrize(("text", "key", "words"), [
    ("I dread public-speaking, always have", "speak", "public-speaking"),
    ("Quiero HABLAR EN PÚBLICO sin miedo", "speak", "HABLAR EN PÚBLICO"),
    ("أريد أن أتعلم الخطابة", "speak", "الخطابة"),
    ("もっと人前で話すことに慣れたい", "speak", "人前で話す"),
    ("Je veux mieux négocier.", "negotiate", "négocier"),
    ("Built with ReactJS", "react", "ReactJS"),
    ("Built with react.js", "react", "react.js"),
    ("Apps in React Native", "native", "React Native"),
    ("Systems in C and little else", "c", "C"),
    ("Responsible for IT in Lisbon", "it", "IT"),
])
def test_what_a_text_names_is_found_with_the_words_that_name_it(
    framework: Framework, text: str, key: str, words: str
) -> None:
    (found,) = read(framework, text)
    assert (found.key, found.how, found.score, found.words) == (key, How.NAMED, 1.0, words)


@pytest.mark.parametrize("text", [
    "How would you react to it?", "We go to the sea. It is warm, and c is a letter", "React, native to none of us? No",
])
def test_words_of_everyday_life_are_no_names(framework: Framework, text: str) -> None:
    assert set(keys(read(framework, text))) <= {"react"} if "React" in text else not read(framework, text)


@pytest.mark.parametrize(("text", "key"), [
    ("Reading a balance sheet and making plans for money", "finance"),
    ("Prepare for a job interview at a large firm", "interview"),
    ("Good morning. Write reports that somebody actually reads!", "write"),
])
def test_what_a_text_comes_close_to_is_found_with_its_sentence(framework: Framework, text: str, key: str) -> None:
    found = {one.key: one for one in read(framework, text)}[key]
    assert found.words in text
    assert found.how is How.NAMED or found.score >= meaning.CLOSE_ENOUGH


@pytest.mark.parametrize("text", [
    "", "   ", "…", "\0\0", "My dog likes long walks by the lake", "I play the guitar and cook on Sundays",
    "Ich fahre am Wochenende gern mit dem Rad", "אני אוהב לטייל עם הכלב שלי ביער", "Software Developer",
    "Happy to be here, looking forward to meeting everyone", "🙂" * 50,
])
def test_what_says_nothing_of_the_kind_comes_to_nothing(framework: Framework, text: str) -> None:
    assert read(framework, text) == ()


def test_a_sentence_that_names_one_is_not_compared_with_others(framework: Framework) -> None:
    assert keys(read(framework, "Prepare for interviewing at a large firm with many people")) == ["interview"]


def test_named_ones_come_first_and_only_a_few_close_ones_follow(framework: Framework) -> None:
    text = "Prepare for a job talk at a large firm. I write reports that nobody ever reads. Teach me React"
    found = meanings(text, embed(sentences(text)), framework, close_enough=-1)
    assert [one.how for one in found] == [How.NAMED, *[How.CLOSE] * CLOSE_AT_MOST]
    assert [one.score for one in found[1:]] == sorted((one.score for one in found[1:]), reverse=True)


def test_the_nearest_are_there_to_choose_from_however_far(framework: Framework) -> None:
    text = "I would like to get better at money matters"
    near = nearest(text, embed(sentences(text)), framework)
    assert len(near) == CLOSE_AT_MOST
    assert near[0].key == "finance"


def test_neither_the_order_of_competencies_nor_that_of_sentences_changes_what_is_found(framework: Framework) -> None:
    said = ["Write reports that somebody actually reads", "I fear public speaking", "Make a budget and keep it"]
    other = framework_of(reversed(CONCEPTS), embed)
    assert other.version == framework.version
    one, two = read(framework, ". ".join(said)), read(other, ". ".join(reversed(said)))
    assert {(each.key, each.score) for each in one} == {(each.key, each.score) for each in two}


def test_a_long_text_is_read_to_its_end_for_names_and_in_its_first_sentences_for_nearness(framework: Framework) -> None:
    text = "This sentence says nothing of interest at all. " * 220 + "Negotiation"
    assert len(text) > 10_000
    assert len(sentences(text)) == meaning.SENTENCES_READ
    assert "negotiate" in keys(read(framework, text))


def test_a_framework_without_competencies_has_no_meaning_for_anything() -> None:
    nothing = framework_of((), embed)
    assert read(nothing, "I want to learn negotiation with hard people") == ()


def test_the_version_changes_with_every_word_of_a_framework() -> None:
    before = version_of(in_order(CONCEPTS))
    for changed in (
        Concept("write", "Writing"), Concept("write", "Writing well", ("writing skills",)),
        Concept("write", "Writing", ("writing skills",), "Letters"),
    ):
        assert version_of(in_order([*CONCEPTS[:-1], changed])) != before


def test_kept_vectors_are_used_as_they_are() -> None:
    def refused(_texts: object) -> np.ndarray:
        raise AssertionError("computed again")

    rows = embed(forms_of(in_order(CONCEPTS)))
    kept = framework_of(CONCEPTS, refused, kept=rows)
    assert keys(read(kept, "Prepare for a job interview at a large firm")) == ["interview"]


@settings(max_examples=400 if LONG else 25, deadline=None)
@given(st.text(max_size=400))
def test_whatever_is_written_is_read_the_same_twice_and_quoted_from_the_text(text: str) -> None:
    known = _known()
    rows = np.zeros((len(sentences(text)), known.vectors.shape[1]), np.float32)
    once, again = meanings(text, rows, known), meanings(text, rows, known)
    assert once == again
    assert all(one.words.casefold() in text.casefold() for one in once)
    assert len({one.key for one in once}) == len(once)


@pytest.mark.parametrize("name", ["public speaking", "negotiation", "budgeting", "react native", "writing skills"])
def test_case_does_not_matter_to_names(name: str) -> None:
    known = _known()
    found = {known.spotter.spots(f"about {said} it is")[0][0] for said in (name, name.upper(), name.title())}
    assert len(found) == 1


def _known() -> Framework:
    concepts = in_order(CONCEPTS)
    return framework_of(CONCEPTS, embed, kept=np.zeros((len(forms_of(concepts)), 256), np.float32))
