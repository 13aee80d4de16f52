"""A crowd, slow senders and large bodies are refused in words, in the form of whoever asks; the others are served."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, compile_path
from starlette.types import Message

from server.kernel.settings import Settings, settings
from tests.conftest import environment
from web import bodies
from web.app import FILES, NOBODY, middleware
from web.bodies import IN_MEMORY_BYTES, announced_size
from web.console.imports import HERE as IMPORT
from web.console.imports import MOST
from web.errors import EXCEPTION_HANDLERS
from web.limits import RETRY_S, Limits
from web.security import SecurityHeaders
from web.sign_in import SignIn

HTML, JSON = {"accept": "text/html"}, {"accept": "application/json"}
HOME = "http://127.0.0.1:8000"
FILE_MOST = 5_000_000


class Product:
    """Two faces, which wait until the gate is open; what was asked and done is counted."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun, self.done = 0, 0

    async def act(self, request: Request) -> Response:
        self.begun += 1
        await self.gate.wait()
        body = await request.body()
        self.done += 1
        return PlainTextResponse(f"{len(body)} {body[:4].decode()}{body[-4:].decode()}")

    def application(self) -> Starlette:
        files = [(compile_path("/file/{id:uuid}")[0], FILE_MOST)]
        paths = ("/", "/graphql", "/healthz", "/file/{id:uuid}")
        return Starlette(
            routes=[Route(path, self.act, methods=["GET", "POST"]) for path in paths],
            middleware=[Middleware(SecurityHeaders), Middleware(Limits, free=("/healthz",), files=files)],
            exception_handlers=EXCEPTION_HANDLERS,
        )


FILE = "/file/0192f0c1-0000-7000-8000-000000000001"


@pytest.fixture
def places() -> Iterator[None]:
    """An installation of few places."""
    with environment(ITHACA_PLACES_PAGES="2", ITHACA_PLACES_GRAPHQL="1", ITHACA_PLACES_FILES="1"):
        yield


@pytest.fixture
def full() -> Iterator[None]:
    """An installation that has no place for anybody."""
    with environment(ITHACA_PLACES_PAGES="0", ITHACA_PLACES_GRAPHQL="0", ITHACA_PLACES_FILES="0"):
        yield


def client(app: Starlette) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HOME, headers=HTML)


async def until_begun(product: Product, count: int) -> None:
    async with asyncio.timeout(60):
        while product.begun < count:
            await asyncio.sleep(0)


async def test_surplus_is_refused_at_once_and_the_others_are_served(places: None) -> None:
    product = Product()
    async with client(product.application()) as asking:
        product.gate.clear()
        served = [asyncio.create_task(asking.get("/")) for _ in range(2)]
        await until_begun(product, 2)
        refused = [await asking.get("/") for _ in range(5)]
        product.gate.set()
        assert [(await one).status_code for one in served] == [200] * 2
        assert [one.status_code for one in refused] == [503] * 5
        assert (await asking.get("/")).status_code == 200
    assert (product.begun, product.done) == (3, 3)


async def test_those_who_arrive_together_are_counted_before_the_first_is_answered(places: None) -> None:
    """Without it the surplus would be begun one after the other, and nobody refused."""
    async with client(Product().application()) as asking:
        together = await asyncio.gather(*(asking.get("/") for _ in range(20)))
    assert 503 in [one.status_code for one in together]


async def test_refusal_is_a_page_with_a_way_on_and_every_header(full: None) -> None:
    product = Product()
    async with client(product.application()) as asking:
        whole = await asking.get("/")
        part = await asking.post("/", headers={"HX-Request": "true"})
    assert int(whole.headers["retry-after"]) in range(RETRY_S[0], RETRY_S[1] + 1)
    assert "Many people are here just now. Nothing was changed." in whole.text
    assert '<html lang="en' in whole.text
    assert whole.headers["content-security-policy"].startswith("default-src 'none'")
    assert whole.headers["cache-control"] == "no-store"
    assert (part.status_code, part.headers["content-type"].partition(";")[0]) == (503, "text/plain")
    assert "retry-after" in part.headers
    assert product.begun == 0


@pytest.mark.parametrize("form", [{"data": {"body": "It went <well> today."}}, {
    "data": {"body": "It went <well> today."}, "files": {"file": ("a.csv", b"a,b")}}])
async def test_what_was_typed_comes_back_when_there_is_no_place(full: None, form: dict[str, object]) -> None:
    async with client(Product().application()) as asking:
        answer = await asking.post("/", **form)  # type: ignore[arg-type]  # a form in two encodings
    assert answer.status_code == 503
    assert "It went &lt;well&gt; today." in answer.text


async def test_nonsense_is_refused_like_everything_else_when_there_is_no_place(full: None) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    async with client(Product().application()) as asking:
        assert (await asking.post("/", content=b"nothing of a form", headers=headers)).status_code == 503


async def test_machine_is_refused_in_its_own_form(full: None) -> None:
    async with client(Product().application()) as asking:
        answer = await asking.post("/graphql", json={"query": "{ __typename }"}, headers=JSON)
        page = await asking.post("/graphql", data={"query": "{ __typename }"}, headers=HTML)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert error["extensions"]["retryAfter"] == int(answer.headers["retry-after"])
    assert page.headers["content-type"].startswith("text/html")


async def test_each_kind_has_its_own_places_and_who_watches_is_always_answered() -> None:
    product = Product()
    with environment(ITHACA_PLACES_PAGES="0"):
        async with client(product.application()) as asking:
            assert (await asking.get("/")).status_code == 503
            assert (await asking.get("/graphql")).status_code == 200
            assert (await asking.get("/healthz")).status_code == 200
            assert (await asking.post(FILE, content=b"x" * (settings().body_bytes + 1))).status_code == 200


async def test_a_place_is_given_back_whatever_happens(places: None, monkeypatch: pytest.MonkeyPatch) -> None:
    product = Product()

    async def broken(request: Request) -> Response:
        raise RuntimeError("dunlin")

    with monkeypatch.context() as patched:
        patched.setattr(product, "act", broken)
        app = product.application()
    async with client(app) as asking:
        for _ in range(5):
            with pytest.raises(RuntimeError):
                await asking.get("/")
    async with client(product.application()) as asking:
        product.gate.clear()
        gone = [asyncio.create_task(asking.get("/")) for _ in range(2)]
        await until_begun(product, 2)
        for one in gone:
            one.cancel()
        await asyncio.wait(gone)
        product.gate.set()
        assert (await asking.get("/")).status_code == 200


async def trickle(parts: int = 1_000_000, size: int = 1, pause: float = 0.001) -> AsyncIterator[bytes]:
    for _ in range(parts):
        yield b"x" * size
        await asyncio.sleep(pause)


async def sent(
    app: Starlette, path: str, body: AsyncIterator[bytes], **headers: str
) -> tuple[int, dict[str, str], str]:
    """A request whose body comes as it comes; the client's own transport would gather it first."""
    out: list[Message] = []

    async def receive() -> Message:
        async for part in body:
            return {"type": "http.request", "body": part, "more_body": True}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        out.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"accept", b"text/html"), *given], "scheme": "http",
        "http_version": "1.1", "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    got = {name.decode(): value.decode() for name, value in out[0]["headers"]}
    return out[0]["status"], got, b"".join(one.get("body", b"") for one in out[1:]).decode()


async def test_slow_bodies_are_cut_off_in_words_and_take_no_place(places: None) -> None:
    product = Product()
    app = product.application()
    with environment(ITHACA_BODY_SECONDS="0.2"):
        slow = [asyncio.create_task(sent(app, "/", trickle())) for _ in range(20)]
        async with client(app) as asking:
            assert (await asking.get("/")).status_code == 200
        for status, headers, text in await asyncio.gather(*slow):
            assert (status, headers["connection"]) == (408, "close")
            assert "That took too long to arrive" in text
    assert product.done == 1


async def test_body_that_comes_in_parts_arrives_whole_also_through_a_temporary_file() -> None:
    product = Product()

    async def parts() -> AsyncIterator[bytes]:
        yield b"head"
        for _ in range(30):
            yield b"x" * 10_000
        yield b"tail"

    assert (await sent(product.application(), "/", parts()))[2] == "300008 headtail"
    assert IN_MEMORY_BYTES < 300_008
    assert (await sent(product.application(), "/", trickle(3)))[2] == "3 xxxxxx"
    async with client(product.application()) as asking:
        assert (await asking.get("/")).text == "0 "


@pytest.mark.parametrize("path", ["/", "/graphql", FILE])
async def test_body_that_is_too_large_is_refused_in_words_and_nothing_ran(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LISTEN_S", 0.1)
    product = Product()
    status, _headers, text = await sent(product.application(), path, trickle(), content_length="9000000")
    assert (status, product.begun) == (413, 0)
    assert "That is too large" in text


async def test_who_listens_only_after_sending_has_sent_all_before_the_answer() -> None:
    left = iter(range(30))

    async def parts() -> AsyncIterator[bytes]:
        for _ in left:
            yield b"x" * 100_000

    status, _headers, _text = await sent(Product().application(), "/", parts(), content_length="3000000")
    assert (status, list(left)) == (413, [])


async def test_machine_that_sends_too_much_is_told_by_code() -> None:
    async with client(Product().application()) as asking:
        answer = await asking.post("/graphql", content=b" " * (settings().body_bytes + 1), headers=JSON)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")


async def test_body_that_does_not_say_how_large_it_is_is_cut_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LISTEN_BYTES", 1_000_000)
    product, taken = Product(), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 100_000
            yield b"x" * 100_000

    status, _headers, _text = await sent(product.application(), "/", endless())
    assert (status, product.begun) == (413, 0)
    assert taken <= settings().body_bytes + 1_200_000


async def test_who_asks_before_sending_is_answered_before_sending() -> None:
    async def silent() -> AsyncIterator[bytes]:
        raise AssertionError("read")
        yield b""

    status, headers, _text = await sent(
        Product().application(), "/", silent(), content_length="9000000", expect="100-continue")
    assert (status, headers["connection"]) == (413, "close")


async def test_who_goes_away_while_sending_is_forgotten() -> None:
    product = Product()
    app = Limits(product.application())

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await app({"type": "http", "path": "/", "method": "POST", "headers": []}, receive, send)
    assert product.begun == 0


@pytest.mark.parametrize(("said", "size"), [("", 0), ("12", 12), ("-1", 0), ("x", 0), ("1e9", 0), ("\xb2", 0)])
def test_announced_size(said: str, size: int) -> None:
    assert announced_size({"type": "http", "headers": [(b"content-length", said.encode("latin-1"))]}) == size


def test_larger_files_have_longer() -> None:
    given = Settings()
    assert [given.seconds_for_body(size) for size in (0, 2_000_000, 10_000_000)] == [20, 20, 130]


def test_limits_stand_before_everything_that_works() -> None:
    names: list[object] = [one.cls for one in middleware]
    assert names[:2] == [SecurityHeaders, Limits]
    assert [most for address, most in FILES if address.match(IMPORT)] == [MOST]
    assert {"/healthz", "/readyz", "/static"} <= set(NOBODY)


def test_what_is_never_refused_asks_for_nobody() -> None:
    """A session is looked up in the database: a thousand open connections with a cookie would hold everybody up."""
    given = {one.cls: one.kwargs for one in middleware}
    assert given[Limits]["free"] == given[SignIn]["without"] == NOBODY
