"""Every address with every id of an organisation, asked by whoever may not see it: as if there were nothing there.

The addresses come from the routes, the ids from the tables and the names of fields from the templates, so that a new
one of each is tried the day it appears. Absent and forbidden answer byte for byte alike, and nothing is changed.
"""

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import httpx2
import pytest
from starlette.routing import Mount, Route
from tortoise.context import TortoiseContext

from server.access.actions import open_session
from server.access.models import RoleGrant
from server.access.states import Role
from server.asgi import all_routes
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.models import Organization, Person
from tests import factories
from tests.chance import LONG, seeded
from tests.conftest import environment
from tests.graphql.everything import Everything, everything
from tests.web.conftest import _web_face
from web import toast

HOME = "http://127.0.0.1:8000"
FORM_KEY = re.compile(r'name="form_key" value="[^"]*"')
FIELD = re.compile(r'\bname="([a-z_]+)"|_field\("([a-z_]+)"')
TEMPLATES = Path(toast.__file__).parent / "templates"
ELSEWHERE = {"graphql", "healthz", "readyz"}
"""Not of the web face: GraphQL has a test of its own, the others take nothing and name nobody."""
EACH_TABLE = 3 if LONG else 1
"""How many rows of each table are asked for."""
CHANCE = seeded()
TRIED = 4
"""How many ids each address is asked for, by chance; all of them in the long run."""
ENGINES = ("sqlite", "postgres") if LONG else ("sqlite",)
"""The short run asks one database: who may see what is the same code on both."""
OWN = {"sign-out", "you-look", "you-profile", "sign-in-ask"}
"""Addresses that change only whoever asks, by what is typed: the way out, one's own look, name and mail."""
FOR_COLLEAGUES = {"Program", "Cohort", "Competency", "ConsentText", "LearnedModel"}
"""Tables of what the organisation offers to all who work there, and of what its programmes of a type learned together,
which is figures alone: every manager of that type may read it."""
OFFERED = {
    "join", "join-now", "join-words", "join-opening", "join-opening-end", "waiting", "decline-invitation",
}
"""What every colleague may see: a programme that the organisation offers to all."""
on_engines = pytest.mark.parametrize("database_url", ENGINES, indirect=True)


@dataclass(frozen=True)
class Asked:
    """One address as one method, with what is sent along."""

    route: Route
    method: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.route.name}"

    def path(self, key: str) -> str:
        return re.sub(r"\{[^}]*\}", key, self.route.path)


def addresses() -> list[Asked]:
    """Every address of the product that a person may ask for, once for each method."""
    found = [one for one in all_routes() if isinstance(one, Route) and one.name not in ELSEWHERE]
    return [Asked(one, method) for one in found for method in sorted((one.methods or {"GET"}) - {"HEAD"})]


def with_place(kind: str) -> list[Asked]:
    return [one for one in addresses() if kind in one.route.path]


def field_names() -> list[str]:
    """The name of every field of every form."""
    texts = (path.read_text() for path in TEMPLATES.rglob("*.html"))
    return sorted({one or two for text in texts for one, two in FIELD.findall(text)} - {"form_key"})


@dataclass(frozen=True)
class Scene:
    """An organisation with a row of every kind, and browsers of people who may see nothing of it."""

    home: Everything
    browsers: dict[str, httpx2.AsyncClient]
    ids: dict[str, str]
    askers: list[str]
    context: TortoiseContext

    async def rows(self) -> dict[str, list[str]]:
        """Every row of the organisation as it stands, but for those that name who asks: their own are theirs."""
        connection, found = self.context.connections.get("default"), {}
        for table in tables(self.context):
            _, lines = await connection.execute_query(f'SELECT * FROM "{table}"')
            told = (repr(dict(one)) for one in lines)
            found[table] = sorted(one for one in told if self.is_of_others(one))
        return found

    def is_of_others(self, row: str) -> bool:
        return str(self.home.pair.organization.id) in row and not any(one in row for one in self.askers)


@pytest.fixture
async def scene(db: TortoiseContext) -> AsyncGenerator[Scene, None]:
    home = await everything()
    away = await factories.active_match()
    other_program = await factories.program(home.pair.organization)
    whos = {
        "nobody": None, "stranger": home.pair.stranger, "line manager": home.pair.line_manager,
        "manager of another programme": await factories.person(home.pair.organization),
        "member elsewhere": away.mentee, "manager elsewhere": away.manager, "administrator elsewhere": away.stranger,
    }
    await role(whos["manager of another programme"], Role.PROGRAM_MANAGER, other_program.id)
    await role(away.manager, Role.PROGRAM_MANAGER, away.program.id)
    await role(away.stranger, Role.GLOBAL_ADMIN, None)
    ids = await ids_of(db, home.pair.organization)
    async with AsyncExitStack() as stack:
        stack.enter_context(environment(ITHACA_SEARCHES_A_MINUTE="1000000"))
        stack.enter_context(clock.at(clock.now()))  # some pages tell the time of day
        browsers = {name: await stack.enter_async_context(await browser_of(who)) for name, who in whos.items()}
        for http, path in product(browsers.values(), ("/sign-in", "/you")):
            await http.get(path)  # the first page of a visit differs from all others: it carries its own styles
        yield Scene(home, browsers, ids, [str(one.id) for one in whos.values() if one], db)


async def role(person: Person | None, what: Role, program_id: object) -> None:
    assert person is not None
    await RoleGrant.create(organization_id=person.organization_id, person=person, role=what, program_id=program_id)


async def browser_of(person: Person | None) -> httpx2.AsyncClient:
    cookies = {"ithaca": await open_session(person)} if person else {}
    transport = httpx2.ASGITransport(_web_face(True))
    return httpx2.AsyncClient(transport=transport, base_url=HOME, cookies=cookies, headers={"Origin": HOME})


def tables(context: TortoiseContext) -> list[str]:
    assert context.apps is not None
    return sorted(model._meta.db_table for model in context.apps.get_models_iterable())


async def ids_of(context: TortoiseContext, organization: Organization) -> dict[str, str]:
    """The ids of some rows of every table that has ids of its own, each with the name of its table."""
    found = {}
    assert context.apps is not None
    for model in context.apps.get_models_iterable():
        if model is not Organization and "organization_id" in model._meta.fields_map and "id" in model._meta.fields_map:
            rows = model.filter(organization_id=organization.id).order_by("id").limit(EACH_TABLE)
            found |= {str(one): model.__name__ for one in await rows.values_list("id", flat=True)}
    return found


@on_engines
async def test_an_id_of_somebody_elses_is_as_absent_as_one_that_never_was(scene: Scene) -> None:
    before, cells, seen = await scene.rows(), 0, []
    for (who, http), asked in product(scene.browsers.items(), with_place(":uuid}")):
        absent = await answer(http, asked, str(new_id()))
        for one in chosen(scene, who):
            cells += 1
            seen += told(f"{asked.name} {one} as {who}", await answer(http, asked, one), absent)
    print(f"{cells} cells")
    assert seen == []
    assert await scene.rows() == before


@on_engines
async def test_a_programme_of_another_organisation_is_as_absent_as_one_that_never_was(scene: Scene) -> None:
    before, seen = await scene.rows(), []
    for (who, http), asked in product(scene.browsers.items(), with_place("{program}")):
        if "elsewhere" in who or who == "nobody" or asked.route.name not in OFFERED:
            there = await answer(http, asked, scene.home.pair.program.key)
            seen += told(f"{asked.name} as {who}", there, await answer(http, asked, "program-of-nobody"))
    assert seen == []
    assert await scene.rows() == before


@on_engines
async def test_an_id_in_any_field_of_any_form_is_as_absent_as_one_that_never_was(scene: Scene) -> None:
    fields, before, seen, cells = field_names(), await scene.rows(), [], 0
    assert len(fields) > 20
    for (who, http), asked in product(scene.browsers.items(), without_place()):
        absent = await answer(http, asked, str(new_id()), fields)
        for one in chosen(scene, who):
            cells += 1
            seen += told(f"{asked.name} {one} as {who}", await answer(http, asked, one, fields), absent)
    print(f"{cells} cells")
    assert seen == []
    assert await scene.rows() == before


def chosen(scene: Scene, who: str) -> list[str]:
    """The ids that somebody asks for. What every colleague may see is tried by those from elsewhere alone."""
    theirs = [one for one, table in scene.ids.items() if table not in FOR_COLLEAGUES or "elsewhere" in who]
    return theirs if LONG else CHANCE.sample(theirs, TRIED)


def without_place() -> Iterator[Asked]:
    return (one for one in addresses() if "{" not in one.route.path and one.route.name not in OWN)


def test_every_address_is_of_one_of_these_kinds() -> None:
    known = {one.route.path for one in [*with_place(":uuid}"), *with_place("{program}"), *without_place()]}
    known |= {one.route.path for one in addresses() if one.route.name in OWN}
    paths = {one.path for one in all_routes() if not isinstance(one, Mount)}
    of_nobody_elses = {
        "/icon/{name}", "/brand/{accent}", "/you/consents/{purpose}", "/console/more/wordings/{purpose}",
    }
    assert paths - known == {"/graphql", "/healthz", "/readyz"} | of_nobody_elses


Answer = tuple[int, str, str]


async def answer(http: httpx2.AsyncClient, asked: Asked, key: str, fields: list[str] | None = None) -> Answer:
    """What is answered, with the id that was asked for written as ID, and no key of a form. No toast waits."""
    if toast.COOKIE in http.cookies:
        http.cookies.delete(toast.COOKIE)
    given = dict.fromkeys(fields or [], key)
    got = await http.request(
        asked.method, asked.path(key), params=given if asked.method == "GET" else None,
        data=given or {"body": "x"} if asked.method != "GET" else None,
    )
    headers = {name: value for name, value in got.headers.items() if name not in ("content-length", "set-cookie")}
    return got.status_code, repr(headers).replace(key, "ID"), FORM_KEY.sub("", got.text).replace(key, "ID")


def told(about: str, there: Answer, absent: Answer) -> list[str]:
    """Where two answers part, if they do."""
    one, other = (" ".join(map(str, each)) for each in (there, absent))
    if one == other:
        return []
    here = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    part = slice(max(here - 60, 0), here + 60)
    return [f"{about}: {one[part]!r}, but of nothing {other[part]!r}"]
