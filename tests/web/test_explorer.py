"""The explorer: the API's own answers on a page, the reference beside it, and nothing at all where it is not wanted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from starlette.applications import Starlette

from graphql_schema.export import sdl
from graphql_schema.limits import BODY_BYTES
from server.access.actions import open_session
from server.asgi import all_routes
from server.people.models import Person
from server.people.queries import person_of
from tests import factories
from tests.conftest import environment
from tests.web.conftest import HOME, HTMX, _check
from tests.web.drawing import one, read, words
from web.app import middleware
from web.explorer_examples import Example, examples

PAGE = {"accept": "text/html"}
NAME = "{ viewer { person { firstName } } }"
PRODUCT = Starlette(routes=all_routes(), middleware=middleware)
"""One for all tests: the explorer reads the whole schema when somebody first looks."""


@pytest.fixture
def shown() -> Iterator[None]:
    with environment(ITHACA_DEMO="true"):
        yield


@pytest.fixture(scope="module")
def written() -> GraphQLSchema:
    """The schema as it is written for clients."""
    return build_schema(sdl())


@pytest.fixture
async def browsers(db: object) -> AsyncGenerator[AsyncExitStack, None]:
    async with AsyncExitStack() as stack:
        yield stack


async def browser(stack: AsyncExitStack, someone: Person | None = None, **headers: str) -> httpx2.AsyncClient:
    """A browser of the whole product, signed in as somebody; it refuses a page with faults."""
    transport = httpx2.ASGITransport(PRODUCT)
    cookies = {"ithaca": await open_session(someone)} if someone else {}
    return await stack.enter_async_context(httpx2.AsyncClient(
        transport=transport, base_url=HOME, cookies=cookies, headers={"origin": HOME, **PAGE, **headers},
        event_hooks={"response": [_check]},
    ))


async def run(asking: httpx2.AsyncClient, query: str, variables: str = "", **headers: str) -> httpx2.Response:
    return await asking.post("/graphql", data={"query": query, "variables": variables}, headers=headers)


@pytest.mark.usefixtures("shown")
async def test_an_answer_is_the_one_a_client_gets(browsers: AsyncExitStack) -> None:
    asking = await browser(browsers, (await factories.active_match()).mentee)
    page = await run(asking, NAME)
    assert page.status_code == 200
    tree = read(page.text)
    answer = one(tree, ".//*[@id='answer']")
    assert '"firstName": "Noor"' in words(answer)
    assert "Status 200" in words(answer)
    assert NAME in words(one(tree, ".//textarea[@id='query']"))
    assert "You ask as Noor Saltmarsh." in words(one(tree, ".//form[@id='form']"))


@pytest.mark.usefixtures("shown")
async def test_variables_reach_the_query(browsers: AsyncExitStack) -> None:
    asking = await browser(browsers, (await factories.active_match()).mentee)
    page = await run(asking, "query ($no: Boolean!) { __typename @skip(if: $no) }", '{"no": true}')
    assert words(one(read(page.text), ".//pre")).startswith('{ "data": {}, ')


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("typed", ["{", "[]", "1", "[" * 5000])
async def test_variables_that_are_no_object_are_to_be_mended(browsers: AsyncExitStack, typed: str) -> None:
    asking = await browser(browsers, (await factories.active_match()).mentee)
    page = await run(asking, NAME, typed)
    assert page.status_code == 422
    tree = read(page.text)
    assert one(tree, ".//textarea[@id='variables']").get("aria-invalid") == "true"
    assert NAME in words(one(tree, ".//textarea[@id='query']"))


@pytest.mark.usefixtures("shown")
async def test_an_empty_query_is_to_be_mended(browsers: AsyncExitStack) -> None:
    page = await run(await browser(browsers), "  ")
    assert page.status_code == 422
    assert "Write a query, or take an example." in page.text


@pytest.mark.usefixtures("shown")
async def test_what_the_api_refuses_is_shown_with_its_status(browsers: AsyncExitStack) -> None:
    nobody, noor = await browser(browsers), await browser(browsers, (await factories.active_match()).mentee)
    for asking, query, status, code in (
        (nobody, NAME, 401, "UNAUTHENTICATED"), (noor, "{ nothing }", 400, "BAD_REQUEST"),
        (noor, f"{{ a }} # {'x' * BODY_BYTES}"[:99_999], 413, "TOO_LARGE"),
    ):
        page = await run(asking, query)
        answer = words(one(read(page.text), ".//*[@id='answer']"))
        assert page.status_code == 200
        assert f"Status {status}" in answer
        assert "1 error" in answer
        assert code in answer


@pytest.mark.usefixtures("shown")
async def test_a_change_is_made_and_only_from_our_own_page(browsers: AsyncExitStack) -> None:
    pair = await factories.active_match()
    asking = await browser(browsers, pair.mentee)
    change = 'mutation { updatePerson(input: {preferredName: "Nono"}) { person { name } } }'
    elsewhere = await run(asking, change, origin="https://evil.test")
    assert elsewhere.status_code == 403
    assert (await person_of(pair.mentee_actor)).preferred_name == ""
    await run(asking, change)
    assert (await person_of(pair.mentee_actor)).preferred_name == "Nono"


@pytest.mark.usefixtures("shown")
async def test_htmx_gets_the_answer_alone_and_hears_of_it(browsers: AsyncExitStack) -> None:
    asking = await browser(browsers, (await factories.active_match()).mentee)
    part = read((await run(asking, NAME, **HTMX)).text)
    assert part.findall(".//h1") == []
    assert words(one(part, ".//*[@id='live']")) == "Answered."
    assert one(part, ".//*[@id='answer']") is not None


@pytest.mark.usefixtures("shown")
async def test_the_reference_shows_a_type_or_what_was_found(browsers: AsyncExitStack) -> None:
    asking = await browser(browsers)
    for query, said in (
        ("?type=Match", "How well they fit, out of 100."), ("?type=MatchState", "ACTIVE"), ("?type=Nessie", "viewer"),
        ("?find=publishmatches", "1 place for"), ("?find=nessie", "Nothing is called that."),
        ("?type=AcceptMatchInput", "Used in 1 place"), ("?find=%20", "What can be read."),
    ):
        whole, part = await asking.get(f"/graphql{query}"), await asking.get(f"/graphql{query}", headers=HTMX)
        assert said in words(one(read(whole.text), ".//*[@id='reference']"))
        assert said in words(one(read(part.text), ".//*[@id='reference']"))


@pytest.mark.usefixtures("shown")
async def test_the_page_names_no_address_but_our_own_and_keeps_the_strict_policy(browsers: AsyncExitStack) -> None:
    page = await (await browser(browsers)).get("/graphql")
    tree = read(page.text)
    named = [value for element in tree.iter() for key in ("src", "href", "action", "data-hx-get", "data-hx-post")
             if (value := element.get(key))]
    assert [value for value in named if not value.startswith(("/", "#", "data:"))] == []
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.usefixtures("shown")
async def test_an_example_stands_in_the_form(browsers: AsyncExitStack) -> None:
    asking = await browser(browsers)
    for given in examples():
        tree = read((await asking.get(f"/graphql?example={given.key}")).text)
        assert words(one(tree, ".//textarea[@id='query']")) == " ".join(given.document.split())
        assert words(one(tree, ".//textarea[@id='variables']")) == given.variables
        assert words(one(tree, ".//a[@aria-current='true']")) == given.title


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("given", examples(), ids=lambda given: given.key)
async def test_an_example_runs_for_everybody(
    browsers: AsyncExitStack, written: GraphQLSchema, given: Example
) -> None:
    assert validate(written, parse(given.document)) == []
    pair = await factories.active_match()
    for someone in (pair.mentee, pair.mentor, pair.manager, pair.stranger):
        page = await run(await browser(browsers, someone), given.document, given.variables)
        answer = words(one(read(page.text), ".//*[@id='answer']"))
        assert "Status 200" in answer
        assert ' error' not in answer.partition("{")[0]


@pytest.mark.usefixtures("shown")
async def test_machines_go_through_to_the_api(browsers: AsyncExitStack) -> None:
    asking = await browser(browsers, (await factories.active_match()).mentee, accept="*/*")
    for answer in (
        await asking.post("/graphql", json={"query": NAME}), await asking.get("/graphql", params={"query": NAME}),
        await asking.get("/graphql", params={"query": NAME}, headers=PAGE),
    ):
        assert answer.json()["data"] == {"viewer": {"person": {"firstName": "Noor"}}}
    assert (await asking.get("/graphql")).headers["content-type"].startswith("application/json")


async def test_it_is_nowhere_but_in_a_demo_and_where_it_is_switched_on(browsers: AsyncExitStack) -> None:
    asking = await browser(browsers, (await factories.active_match()).mentee)
    with environment(ITHACA_DEMO="false"):
        page, form = await asking.get("/graphql"), await run(asking, NAME)
        part = await asking.get("/graphql", headers=HTMX)
    assert (page.status_code, form.status_code, part.status_code) == (404, 415, 404)
    assert "API explorer" not in page.text + form.text + part.text
    with environment(ITHACA_DEMO="false", ITHACA_EXPLORER="1"):
        assert "API explorer" in (await asking.get("/graphql")).text
