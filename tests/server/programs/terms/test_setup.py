"""The words of a programme as part of its document: what may be said, and what is refused by its path."""

import pytest

from server.programs.terms.setup import TERMS_PART, contradictions

GUIDE = {"one": "guide", "many": "guides"}


def problems_of(given: object) -> dict[str, str]:
    problems: dict[str, str] = {}
    read = TERMS_PART.kind(problems, "terminology", given)
    return problems or contradictions(read)


@pytest.mark.parametrize(("given", "path"), [
    ({"en": {"mentor": {"one": "guide"}}}, "terminology.en.mentor.many"),
    ({"en": {"mentor": {"one": "g" * 31, "many": "guides"}}}, "terminology.en.mentor.one"),
    ({"en": {"mentor": {"one": "<b>", "many": "guides"}}}, "terminology.en.mentor.one"),
    ({"en": {"mentor": {"one": "%(name)s", "many": "guides"}}}, "terminology.en.mentor.one"),
    ({"en": {"mentor": GUIDE, "mentee": GUIDE}}, "terminology.en.mentee.one"),
    ({"en": {"mentor": {"one": "Mentee", "many": "all"}}}, "terminology.en.mentee.one"),
    ({"en": {"menter": GUIDE}}, "terminology.en.menter"),
    ({"en": {"mentor": {**GUIDE, "few": "x"}}}, "terminology.en.mentor.few"),
    ({"tlh": {"mentor": GUIDE}}, "terminology.tlh"),
    ({"en": "guide"}, "terminology.en"),
    ("guide", "terminology"),
])
def test_what_cannot_be_is_told_by_its_path(given: object, path: str) -> None:
    assert path in problems_of(given)


@pytest.mark.parametrize("given", [
    {}, {"en": {}}, {"en": {"mentor": {"one": "", "many": ""}}},
])
def test_what_is_called_as_usual_is_left_out(given: object) -> None:
    assert (problems_of(given), TERMS_PART.told(given)) == ({}, {})


def test_words_of_any_script_with_hyphens_and_apostrophes_are_kept_as_they_are() -> None:
    given = {"en": {"mentor": {"one": "aîné’s co-pilot", "many": "導師"}}}
    assert (problems_of(given), TERMS_PART.told(TERMS_PART.told(given))) == ({}, given)
