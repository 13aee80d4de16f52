"""Every form with fields that nobody should send: an answer in words, never a surprise.

ITHACA_CHAOS_INPUTS says how many requests. The addresses come from the routes, the fields from the templates.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.context import TortoiseContext

from server.access.states import Role
from tests.graphql.everything import Everything, everything
from tests.graphql.test_hostile_input import DAYS, MOMENTS, NUMBERS, TEXTS
from tests.web.test_isolation import Asked, addresses, browser_of, field_names, ids_of, role
from web.app import FILES

INPUTS = int(os.environ.get("ITHACA_CHAOS_INPUTS", "400"))
AT_ONCE = 20
"""Requests of one example."""
ASKED = addresses()
FIELDS = field_names()
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
TYPES = (*FORMS, "text/plain", "application/json", "a/\xe9")
Given = dict[str, str | list[str]]

words = st.one_of(
    st.sampled_from((*TEXTS[:5], *TEXTS[7:], *DAYS, *MOMENTS, *map(str, NUMBERS), "on", "true", "2026-11-30T09:00")),
    st.text(max_size=30),
)
PLACE = "an id of this organisation"
values = st.one_of(words, st.just(PLACE), st.lists(words, max_size=3))
forms = st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(min_size=1, max_size=8)), values, max_size=6)
requests = st.tuples(
    st.integers(0, len(ASKED) - 1), st.integers(0, 2), st.integers(0, 1_000), forms,
    st.one_of(st.none(), st.tuples(st.sampled_from(TYPES), st.binary(max_size=200))),
)


@dataclass(frozen=True)
class People:
    """Those who send it: a mentee, a manager and an administrator of one organisation; and its rows' ids."""

    home: Everything
    browsers: list[httpx2.AsyncClient]
    ids: list[str]


@pytest.fixture
async def people(db: TortoiseContext) -> AsyncGenerator[People, None]:
    home = await everything()
    pair = home.pair
    await role(pair.manager, Role.PROGRAM_MANAGER, pair.program.id)
    await role(pair.stranger, Role.GLOBAL_ADMIN, None)
    async with AsyncExitStack() as stack:
        whos = (pair.mentee, pair.manager, pair.stranger)
        browsers = [await stack.enter_async_context(await browser_of(who)) for who in whos]
        yield People(home, browsers, list(await ids_of(db, pair.organization)))


@settings(
    max_examples=max(INPUTS // AT_ONCE // 2, 1), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large, HealthCheck.too_slow],
)
@given(sent=st.lists(requests, min_size=AT_ONCE, max_size=AT_ONCE))
async def test_no_form_is_ever_a_surprise(people: People, sent: list[tuple[int, int, int, Given, object]]) -> None:
    """What breaks within the product is raised here."""
    for number, who, row, fields, raw in sent:
        key = people.ids[row % len(people.ids)]
        asked = ASKED[number]
        if asked.route.name in ("sign-out", "you-device-sign-out"):
            continue
        answer = await send(people.browsers[who], asked, key, fields, raw)
        assert answer.status_code < 500, f"{asked.name} {fields} {raw!r}"


async def send(
    http: httpx2.AsyncClient, asked: Asked, key: str, fields: Given, raw: object
) -> httpx2.Response:
    given = {name: key if value == PLACE else value for name, value in fields.items()}
    if asked.method == "GET":
        return await http.get(asked.path(key), params=given)
    if isinstance(raw, tuple):
        kind, body = raw
        return await http.request(asked.method, asked.path(key), content=body, headers={"Content-Type": kind.encode()})
    return await http.request(asked.method, asked.path(key), data=given)


TAKE_FILES = {
    "console-import": "file", "console-framework": "file", "console-courses": "courses", "console-trial": "mentors",
}
"""Every address that takes files, with the name of the form's field."""


@pytest.mark.parametrize("name", TAKE_FILES)
@settings(max_examples=max(INPUTS // 40, 1), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.text(max_size=20), content=st.binary(max_size=2_000), complete=st.booleans(),
    start=st.sampled_from((b"", b"employee_id,email\n", b"[", b'{"a":', b"\xef\xbb\xbf", b"name\n")),
)
async def test_no_file_is_ever_a_surprise(
    people: People, name: str, file: str, content: bytes, complete: bool, start: bytes
) -> None:
    (asked,) = (one for one in ASKED if one.route.name == name and one.method == "POST")
    given = {TAKE_FILES[name]: (file, start + content, "text/csv")}
    answer = await people.browsers[2].post(asked.path(""), files=given, data={"complete": "1"} if complete else {})
    assert answer.status_code in (303, 400, 403, 409, 422)


def test_every_address_that_takes_files_is_tried() -> None:
    takes_files = {one.route.name for one in ASKED for path, _ in FILES if path.match(one.path(""))}
    assert takes_files == set(TAKE_FILES)
