"""Keyset connections: every row once, in order, whatever arrives meanwhile; cursors that are not ours are refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from graphql_schema.pagination import Connection, Order, Window, page_of_list
from server.kernel.actor import Actor, Grant, Permission
from server.kernel.errors import Invalid
from server.people.models import Organization
from tests import factories
from tests.graphql.ask import ask, refusal

PEOPLE = """query ($first: Int, $after: String, $last: Int, $before: String, $search: String! = "") {
  people(first: $first, after: $after, last: $last, before: $before, search: $search) {
    edges { cursor node { name } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def staff(org: Organization) -> Actor:
    someone = await factories.person(org, given_name="Rui", family_name="Zenith")
    return factories.actor_of(someone, Grant(Permission.ORG_PEOPLE_READ))


async def crowd(org: Organization, *names: str) -> None:
    for name in names:
        given, family = name.split()
        await factories.person(org, given_name=given, family_name=family)


def names(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["name"] for edge in page["edges"]]


async def walk(actor: Actor, size: int, **start: Any) -> list[list[str]]:
    """Every page forward, as names."""
    pages, after = [], None
    while True:
        page = (await ask(actor, PEOPLE, first=size, after=after, **start))["people"]
        pages.append(names(page))
        if not page["pageInfo"]["hasNextPage"]:
            return pages
        after = page["pageInfo"]["endCursor"]


async def test_pages_hold_everybody_once_in_order(db: object) -> None:
    org = await factories.organization()
    await crowd(org, "Noor Saltmarsh", "Ada Brook", "Ben Brook", "Cyd Ames")
    pages = await walk(await staff(org), 2)
    assert pages == [["Cyd Ames", "Ada Brook"], ["Ben Brook", "Noor Saltmarsh"], ["Rui Zenith"]]


async def test_same_name_twice_is_told_apart_by_id(db: object) -> None:
    org = await factories.organization()
    await crowd(org, *["Ada Brook"] * 5)
    assert [name for page in await walk(await staff(org), 2) for name in page] == ["Ada Brook"] * 5 + ["Rui Zenith"]


async def test_row_that_arrives_meanwhile_shifts_nothing(db: object) -> None:
    org = await factories.organization()
    actor = await staff(org)
    await crowd(org, "Ben Brook", "Cyd Cole", "Dov Dale")
    page = (await ask(actor, PEOPLE, first=2))["people"]
    await crowd(org, "Ada Ames", "Col Cullen")
    rest = (await ask(actor, PEOPLE, first=5, after=page["pageInfo"]["endCursor"]))["people"]
    assert names(page) + names(rest) == ["Ben Brook", "Cyd Cole", "Col Cullen", "Dov Dale", "Rui Zenith"]


async def test_pages_go_backwards_too(db: object) -> None:
    org = await factories.organization()
    actor = await staff(org)
    await crowd(org, "Ben Brook", "Cyd Cole", "Dov Dale")
    end = (await ask(actor, PEOPLE, last=2))["people"]
    assert names(end) == ["Dov Dale", "Rui Zenith"]
    assert (end["pageInfo"]["hasPreviousPage"], end["pageInfo"]["hasNextPage"]) == (True, False)
    start = (await ask(actor, PEOPLE, last=2, before=end["pageInfo"]["startCursor"]))["people"]
    assert names(start) == ["Ben Brook", "Cyd Cole"]
    assert (start["pageInfo"]["hasPreviousPage"], start["pageInfo"]["hasNextPage"]) == (False, True)


async def test_total_counts_all_that_match(db: object) -> None:
    org = await factories.organization()
    await crowd(org, "Ben Brook", "Cyd Cole")
    page = (await ask(await staff(org), PEOPLE, first=1, search="o"))["people"]
    assert (len(page["edges"]), page["totalCount"]) == (1, 2)


@pytest.mark.parametrize(
    ("window", "field"),
    [
        ({"first": 0}, "first"), ({"first": -1}, "first"), ({"first": 101}, "first"), ({"last": 101}, "last"),
        ({"first": 1, "last": 1}, "last"), ({"after": ""}, "after"), ({"after": "x"}, "after"),
        ({"before": "YXJyYXljb25uZWN0aW9uOjE="}, "before"), ({"after": "\u0000"}, "after"), ({"after": "é.é"}, "after"),
    ],
)
async def test_window_that_makes_no_sense_is_refused(db: object, window: dict[str, Any], field: str) -> None:
    error = await refusal(await staff(await factories.organization()), PEOPLE, **window)
    assert error["extensions"]["code"] == "INVALID"
    assert list(error["extensions"]["fields"]) == [field]


async def test_cursor_of_another_list_is_refused(db: object) -> None:
    org = await factories.organization()
    actor = await staff(org)
    await factories.program(org)
    programs = (await ask(actor, "{ programs { pageInfo { endCursor } } }"))["programs"]
    error = await refusal(actor, PEOPLE, after=programs["pageInfo"]["endCursor"])
    assert error["extensions"]["code"] == "INVALID"


async def test_cursor_shows_nobodys_name(db: object) -> None:
    page = (await ask(await staff(await factories.organization()), PEOPLE))["people"]
    assert "Zenith" not in page["edges"][0]["cursor"]


def rows(*fits: int | None) -> list[Any]:
    return [SimpleNamespace(fit=fit, id=number) for number, fit in enumerate(fits)]


async def shown(found: list[Any], **window: Any) -> Connection[Any]:
    asked = Window.of(*(window.get(name) for name in ("first", "after", "last", "before")))
    return page_of_list(found, Order(("fit", "id"), newest_first=True), asked, lambda row: row.fit)


async def test_list_at_hand_is_paged_alike_with_missing_values_last() -> None:
    found = rows(70, None, 90, 80)
    start = await shown(found, first=3)
    assert [edge.node for edge in start.edges] == [90, 80, 70]
    rest = await shown(found, first=3, after=start.page_info.end_cursor)
    assert [edge.node for edge in rest.edges] == [None]
    assert await rest.total_count() == 4
    back = await shown(found, last=2, before=rest.page_info.start_cursor)
    assert [edge.node for edge in back.edges] == [80, 70]


def test_default_page_is_25() -> None:
    assert Window.of(None, None, None, None).size == 25
    with pytest.raises(Invalid):
        Window.of(None, None, 0, None)
