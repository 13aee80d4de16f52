"""Many clients at once, each with a connection of its own: what they are told, and how long it takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

GIVES_UP_S = 60


@dataclass(frozen=True)
class Answer:
    """What a request led to, in seconds from its first byte to its last. Status 0: nothing, or nothing in time."""

    status: int
    took: float
    text: str = ""

    @property
    def retry_after(self) -> int:
        """Seconds, 0 when it says none."""
        return int(self.text.lower().partition("\r\nretry-after: ")[2].partition("\r\n")[0] or 0)


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser. Each request has a connection of its own."""

    url: str
    secret: str

    def head(self, path: str, method: str = "GET", **headers: str) -> bytes:
        """The head of a request; without `connection="close"` the connection is kept."""
        own = {"host": urlsplit(self.url).netloc, "origin": self.url, "accept": "text/html",
               "cookie": f"ithaca={self.secret}", **headers}
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in own.items()]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection, without a word."""
        at = urlsplit(self.url)
        return await asyncio.open_connection(at.hostname, at.port)

    async def ask(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request and its answer."""
        began, raw = time.perf_counter(), b""
        length = {"content_length": str(len(body))} if body else {}
        head = self.head(path, "POST" if body else "GET", connection="close", **headers, **length)
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(GIVES_UP_S):
                reader, writer = await self.connect()
                writer.write(head + body)
                raw = await reader.read()
                writer.close()
        status = int(raw[9:12]) if raw.startswith(b"HTTP/1.1 ") else 0
        return Answer(status, time.perf_counter() - began, raw.decode())


Ask = Callable[[], Awaitable[Answer]]


async def steadily(ask: Ask, *, visitors: int, seconds: float, pause: float = 0) -> list[Answer]:
    """So many visitors, each of whom asks again once answered."""
    ends = time.perf_counter() + seconds

    async def visit() -> list[Answer]:
        answers: list[Answer] = []
        while time.perf_counter() < ends:
            answers.append(await ask())
            await asyncio.sleep(pause)
        return answers

    return [answer for one in await asyncio.gather(*(visit() for _ in range(visitors))) for answer in one]


async def pressing(ask: Ask, *, per_second: float, seconds: float) -> list[Answer]:
    """Visitors who come at a rate of their own, however long the others wait."""
    loop = asyncio.get_running_loop()
    began, asked = loop.time(), list[asyncio.Task[Answer]]()
    while (now := loop.time() - began) < seconds:
        while len(asked) < now * per_second:
            asked.append(asyncio.ensure_future(ask()))
        await asyncio.sleep(0.005)
    return await asyncio.gather(*asked)


def at_share(answers: Sequence[Answer], share: float) -> float:
    """The seconds within which this share of the answers came."""
    took = sorted(answer.took for answer in answers)
    return took[min(int(len(took) * share), len(took) - 1)] if took else 0


def peak_mb(pid: int) -> float:
    """The most memory that a process has held, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
