"""Who sends or takes too slowly, or sends too large a head, is cut off; everybody else is answered, however they send.

Real connections. What must be cut off has a fraction of a second, everybody else the deadlines of a real installation.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from server.asgi import PROMISED_HEADERS
from server.cli import patient
from server.cli.patient import Patient
from tests.conftest import environment

PATIENCE_S = 60
GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGE = 50_000_000
"""More than the system keeps on its way from one end to the other."""


async def product(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of what was sent; at /at-once before it is there, at /large with a great deal."""
    size = 0
    while scope["path"] != "/at-once":
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    said = b"x" * LARGE if scope["path"] == "/large" else b"%d" % size
    length = (b"content-length", b"%d" % len(said))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": said, "more_body": False})


class Client:
    """One connection to a server of the product above."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: ServerState) -> None:
        self.reader, self.writer, self.state = reader, writer, state

    async def until_the_end(self, drip: bytes = b"") -> bytes:
        """Whatever is said until the other side ends it; `drip` goes out again and again meanwhile."""
        said = asyncio.create_task(self.reader.read())
        async with asyncio.timeout(PATIENCE_S):
            while not said.done():
                self.writer.write(drip)
                await asyncio.wait([said], timeout=0.02)
            try:
                return said.result()
            except ConnectionError:
                return b""

    async def answer(self) -> bytes:
        """The whole next answer."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            return head + await self.reader.readexactly(length)

    async def until_nobody_is_connected(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.state.connections:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def connected() -> AsyncGenerator[Client, None]:
    config = uvicorn.Config(product, http=Patient, ws="none", timeout_keep_alive=PATIENCE_S, log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: Patient(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    client = Client(reader, writer, state)
    try:
        yield client
    finally:
        writer.transport.abort()
        await client.until_nobody_is_connected()
        server.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation that waits for nothing."""
    monkeypatch.setattr(patient, "GRACE_S", 0)
    with environment(ITHACA_HEAD_SECONDS="0.2", ITHACA_BODY_SECONDS="0.2"):
        yield


@pytest.mark.parametrize(("begin", "drip"), [
    (b"", b""), (b"", b"\r\n"), (GET, b""), (GET, b"X"), (GET, b"X: y\r\n"), (POST, b""), (POST, b"x"),
    (CHUNKED, b"1\r\nx\r\n"),
], ids=["silent", "blank lines", "half a head", "endless line", "endless head", "no body", "slow body", "slow chunks"])
async def test_who_never_finishes_is_cut_off(hurried: None, begin: bytes, drip: bytes) -> None:
    async with connected() as client:
        client.writer.write(begin)
        assert await client.until_the_end(drip) == b""


@pytest.mark.parametrize(("begin", "drip"), [(b"", b"\r\n"), (GET, b"X")], ids=["blank lines", "next head"])
async def test_who_was_answered_and_goes_on_with_nothing_is_cut_off(begin: bytes, drip: bytes) -> None:
    async with connected() as client:
        client.writer.write(GET + b"\r\n")
        await client.answer()
        with environment(ITHACA_HEAD_SECONDS="0.2"):
            client.writer.write(begin)
            assert await client.until_the_end(drip) == b""


async def test_body_that_was_answered_before_it_came_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "FAREWELL_S", 0.2)
    with environment(ITHACA_BODY_SECONDS="1000"):
        async with connected() as client:
            client.writer.write(POST.replace(b"/", b"/at-once", 1))
            assert (await client.answer()).startswith(b"HTTP/1.1 200 OK")
            assert await client.until_the_end(b"x") == b""


async def test_who_takes_nothing_of_an_answer_is_cut_off() -> None:
    with environment(ITHACA_UNREAD_SECONDS="0.2"):
        async with connected() as client:
            client.writer.write(GET.replace(b"/", b"/large", 1) + b"\r\n")
            await client.until_nobody_is_connected()


async def test_large_answer_is_taken_whole() -> None:
    async with connected() as client:
        client.writer.write(GET.replace(b"/", b"/large", 1) + b"\r\n")
        assert len(await client.answer()) > LARGE


@pytest.mark.parametrize("many", [
    b"X-A: " + b"x" * 200_000, b"".join(b"X-%d: y\r\n" % number for number in range(9_000)), b"X-A: " + b"x" * 70_000,
], ids=["one line", "many lines", "a little"])
async def test_head_that_is_too_large_is_refused_with_every_header(many: bytes) -> None:
    async with connected() as client:
        client.writer.write(GET + many)
        said = (await client.until_the_end()).decode()
    assert said.startswith("HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert all(f"{name}: {value}\r\n" in said for name, value in PROMISED_HEADERS.items())
    assert said.endswith("This request's head is too large.")


async def test_what_is_no_request_is_refused_with_every_header() -> None:
    async with connected() as client:
        client.writer.write(b"no request\r\n\r\n")
        said = (await client.until_the_end(b"at all")).decode()
    assert said.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert all(f"{name}: {value}\r\n" in said for name, value in PROMISED_HEADERS.items())


async def test_nonsense_in_the_middle_of_a_request_ends_it() -> None:
    async with connected() as client:
        client.writer.write(CHUNKED + b"no length\r\n")
        assert await client.until_the_end() == b""


async def test_head_byte_by_byte_is_answered_and_so_is_a_large_one() -> None:
    async with connected() as client:
        for byte in GET + b"X-A: " + b"y" * 300 + b"\r\n\r\n":
            client.writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert (await client.answer()).endswith(b"\r\n\r\n0")
        client.writer.write(GET + b"X-A: " + b"y" * 60_000 + b"\r\n\r\n")
        assert (await client.answer()).endswith(b"\r\n\r\n0")


@pytest.mark.parametrize("cut", range(-4, 1))
async def test_body_right_behind_its_head_does_not_count_as_head(cut: int) -> None:
    head, body = POST.replace(b"1000", b"200000"), b"z" * 200_000
    async with connected() as client:
        client.writer.write(head[:cut or len(head)])
        await asyncio.sleep(0.01)
        client.writer.write(head[cut or len(head):] + body)
        assert (await client.answer()).endswith(b"\r\n\r\n200000")


async def test_requests_behind_each_other_are_all_answered() -> None:
    async with connected() as client:
        client.writer.write((GET + b"\r\n") * 2 + POST + b"x" * 1000 + GET + b"\r\n")
        said = [await client.answer() for _ in range(4)]
    assert [one.rpartition(b"\r\n")[2] for one in said] == [b"0", b"0", b"1000", b"0"]


async def test_next_request_on_a_kept_connection_may_come_late() -> None:
    async with connected() as client:
        client.writer.write(GET + b"\r\n")
        await client.answer()
        with environment(ITHACA_HEAD_SECONDS="0.01"):
            await asyncio.sleep(0.2)
        client.writer.write(GET + b"\r\n")
        assert (await client.answer()).startswith(b"HTTP/1.1 200 OK")
