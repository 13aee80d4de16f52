"""A programme's own words in the texts of the product, and in nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel.terms import NO_TERMS, USUAL, spoken, vocabulary_of
from server.kernel.text import gettext, ngettext, use_terms

OWN = vocabulary_of({"en": {
    "mentor": {"one": "adviser", "many": "advisers"}, "mentee": {"one": "guest", "many": "guests"},
    "match": {"one": "pairing", "many": "pairings"}, "mentoring": {"one": "guiding"},
}})


@pytest.mark.parametrize(("usual", "own"), [
    ("Your mentor writes.", "Your adviser writes."),
    ("Mentors and mentees", "Advisers and guests"),
    ("A mentor, and a mentor’s word", "An adviser, and an adviser’s word"),
    ("Would you be a mentee?", "Would you be a guest?"),
    ("%(mentor)s is a mentor of {mentee}", "%(mentor)s is an adviser of {mentee}"),
    ("This match; you were matched; rematch", "This pairing; you were matched; rematch"),
    ("Mentoring with %(name)s", "Guiding with %(name)s"),
    ("Nothing of that", "Nothing of that"),
])
def test_whole_words_are_said_otherwise_with_their_article_and_first_letter(usual: str, own: str) -> None:
    assert spoken(usual, OWN, "en-GB") == own
    assert spoken(usual, OWN, "pt") == usual, "a language without a list keeps what it has"
    assert spoken(usual, NO_TERMS, "en-GB") == usual


@given(name=st.text(), place=st.sampled_from(["%(mentor)s", "%(name)s"]))
def test_what_people_wrote_is_never_touched(name: str, place: str) -> None:
    with use_terms(OWN):
        said = gettext(f"“{place}” is what the mentor wrote") % {"mentor": name, "name": name}
    assert said == f"“{name}” is what the adviser wrote"


def test_words_swapped_for_each_other_are_swapped_once() -> None:
    swapped = vocabulary_of({"en": {
        "mentor": {"one": "mentee", "many": "mentees"}, "mentee": {"one": "mentor", "many": "mentors"}}})
    with use_terms(swapped):
        assert ngettext("A mentor of %(num)d mentee", "A mentor of %(num)d mentees", 2) == "A mentee of %(num)d mentors"
    assert gettext("A mentor") == "A mentor", "nothing stays behind"


@given(st.sampled_from([word for cases in USUAL["en"].values() for word in cases.values()]))
def test_what_is_called_as_usual_needs_no_word(word: str) -> None:
    assert spoken(word, vocabulary_of({"en": {"mentor": {"one": "", "many": ""}}}), "en-GB") == word
