"""Typed values out of what a browser sends; nothing typed is lost and nothing unknown gets through."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.kernel.errors import Invalid
from web import forms
from web.forms import Errors

ID = "0191e4a5-1111-7222-8333-444455556666"


class Colour(StrEnum):
    """Something to choose."""

    RED = "red"
    BLUE = "blue"


def form(*pairs: tuple[str, str]) -> FormData:
    return FormData(list(pairs))


def test_text_is_trimmed_to_one_line():
    assert forms.text(form(("a", "  lead \r\n a\treview ")), "a", 50) == "lead a review"


def test_text_of_several_lines_keeps_them():
    assert forms.text(form(("a", " one\r\ntwo \r\n")), "a", 50, lines=True) == "one\ntwo"


def test_text_without_its_null_bytes():
    assert forms.text(form(("a", "a\x00b")), "a", 50) == "ab"


def test_missing_text_is_empty_and_named_only_where_needed():
    errors = Errors()
    assert forms.text(form(), "a", 5, errors) == ""
    assert forms.text(form(), "b", 5, errors, required="Say why.") == ""
    assert errors == {"b": "Say why."}


def test_too_long_a_text_comes_back_whole_with_words_for_it():
    errors = Errors()
    assert forms.text(form(("a", "x" * 12)), "a", 10, errors) == "x" * 12
    assert errors == {"a": "Shorten this by 2 characters."}


@pytest.mark.parametrize(("sent", "found"), [("red", Colour.RED), ("", None), ("green", None), ("RED", None)])
def test_choice_is_a_member_or_nothing(sent, found):
    assert forms.choice(Colour, form(("c", sent)), "c") is found


def test_choices_leave_out_the_unknown_and_the_double():
    sent = form(("c", "blue"), ("c", "green"), ("c", "red"), ("c", "blue"))
    assert forms.choices(Colour, sent, "c") == [Colour.BLUE, Colour.RED]


@pytest.mark.parametrize(("typed", "found", "told"), [
    ("3", 3, False), (" 5 ", 5, False), ("", None, False), ("0", None, True), ("6", None, True), ("x", None, True),
    ("1e3", None, True), ("9" * 400, None, True),
])
def test_integer_within_its_bounds(typed, found, told):
    errors = Errors()
    assert forms.integer(form(("n", typed)), "n", errors, least=1, most=5) == found
    assert ("n" in errors) is told


@pytest.mark.parametrize(("typed", "found", "told"), [
    ("2027-05-31", date(2027, 5, 31), False), ("", None, False), ("2027-02-31", None, True), ("31/05/2027", None, True),
])
def test_day_exists_or_is_named(typed, found, told):
    errors = Errors()
    assert forms.day(form(("d", typed)), "d", errors) == found
    assert ("d" in errors) is told


def test_ids_that_are_ids():
    sent = form(("i", ID), ("i", "../../etc"), ("i", ""))
    assert forms.ids(sent, "i") == [UUID(ID)]
    assert forms.one_id(form(("i", ID)), "i") == UUID(ID)
    assert forms.one_id(form(("i", "7")), "i") is None


def test_box_is_on_when_it_was_sent():
    assert forms.ticked(form(("a", "1")), "a")
    assert not forms.ticked(form(), "a")


def test_first_word_at_a_field_stays():
    errors = Errors()
    errors.add("a", "First.")
    errors.take(Invalid({"a": "Second.", "b": "Other."}))
    assert errors == {"a": "First.", "b": "Other."}


def test_posted_forms_and_files_arrive():
    async def take(request: Request) -> JSONResponse:
        sent = await forms.read_form(request)
        given = forms.upload(sent, "people")
        return JSONResponse([
            forms.text(sent, "a", 9), given.filename if given else None, forms.text(sent, "people", 9),
            forms.form_key(sent)])

    with TestClient(Starlette(routes=[Route("/", take, methods=["POST"])])) as client:
        sent = {"a": "x", "form_key": "k" * 70}
        assert client.post("/", data=sent).json() == ["x", None, "", "k" * 64]
        file = {"people": ("people.csv", b"name\n")}
        assert client.post("/", data={"a": "x"}, files=file).json() == ["x", "people.csv", "", ""]
        assert client.post("/", data={f"f{n}": "x" for n in range(forms.MAX_FIELDS + 1)}).status_code == 400
