"""An installation in processes of its own, which a test kills and starts again while others use it."""

import asyncio
import os
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.forked import Forked, begin
from tests.ports import free_port

ITHACA = str(Path(sys.executable).with_name("ithaca"))
KEY = "A" * 43 + "="
UP = ("Ithaca is at", "Ithaca runs jobs as")
"""What a process says once it works."""
PATIENCE_S = 120


@dataclass(eq=False)
class Process:
    """One `ithaca WORD`, started as often as it is killed.

    `before`: words to begin it with, as a shell does; None forks it, which costs next to nothing.
    `came_back_s`: how long each start took; `lived_s`: how long it then worked before it was ended.
    """

    word: str
    environ: dict[str, str]
    before: Sequence[str] | None = None
    came_back_s: list[float] = field(default_factory=list)
    lived_s: list[float] = field(default_factory=list)
    running: asyncio.subprocess.Process | Forked | None = None
    up: asyncio.Event = field(default_factory=asyncio.Event)
    said: deque[str] = field(default_factory=lambda: deque(maxlen=60))
    _listening: asyncio.Task[None] | None = None
    _up_since: float = 0

    async def start(self) -> None:
        """Begin it in a group of its own; `wait_until_up` tells when it works."""
        self.up.clear()
        self.running = await self._begun()
        self._listening = asyncio.create_task(self._listen(time.monotonic()))

    async def _begun(self) -> asyncio.subprocess.Process | Forked:
        if self.before is None:
            return await begin(self.word, environ=self.environ)
        return await asyncio.create_subprocess_exec(
            *self.before, ITHACA, self.word, env=self.environ, start_new_session=True, stderr=asyncio.subprocess.PIPE
        )

    async def wait_until_up(self) -> None:
        """Until it works. A process that ended before is an error, with its last words."""
        assert self._listening is not None
        waiting = asyncio.create_task(self.up.wait())
        await asyncio.wait((waiting, self._listening), timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert self.up.is_set(), "\n".join(self.said)

    async def end(self, how: signal.Signals) -> None:
        """End the whole group and wait for it."""
        assert self.running is not None
        assert self._listening is not None
        if self.running.returncode is None:
            os.killpg(self.running.pid, how)
        if self.up.is_set():
            self.lived_s.append(time.monotonic() - self._up_since)
        await asyncio.wait_for(self.running.wait(), PATIENCE_S)
        await self._listening

    async def _listen(self, begun: float) -> None:
        assert self.running is not None
        assert self.running.stderr is not None
        while line := (await self.running.stderr.readline()).decode():
            self.said.append(line.rstrip())
            if line.startswith(UP):
                self._up_since = time.monotonic()
                self.came_back_s.append(self._up_since - begun)
                self.up.set()


@dataclass(frozen=True)
class Installation:
    """Its processes; the first one answers at `url`."""

    url: str
    processes: tuple[Process, ...]


def environ_of(folder: Path, database_url: str, smtp_port: int = 0, **values: str) -> dict[str, str]:
    """What every process of one installation is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ITHACA_")}
    mail = {"ITHACA_SMTP_HOST": "127.0.0.1", "ITHACA_SMTP_PORT": str(smtp_port), "ITHACA_SMTP_TLS": "none"}
    return {
        **own, "ITHACA_VAR_DIR": str(folder), "ITHACA_DATABASE_URL": database_url, "ITHACA_SECRET_KEY": KEY,
        "ITHACA_LOG_LEVEL": "WARNING", "ITHACA_PORT": str(free_port()), **(mail if smtp_port else {}), **values,
    }


@asynccontextmanager
async def installed(
    environ: dict[str, str], *words: str, before: Sequence[str] | None = None, name: str = ""
) -> AsyncGenerator[Installation]:
    """Run `words` while the block is open, for example "serve", or "web", "worker", "worker".

    `before`: words to begin each command with, () for none, None to fork it; `name` comes before the names under which
    they run jobs.
    """
    processes = tuple(
        Process(word, {**environ, "ITHACA_EXECUTOR_ID": f"{name}{word}-{number}"}, before)
        for number, word in enumerate(words)
    )
    try:
        for one in processes:
            await one.start()
        for one in processes:
            await one.wait_until_up()
        yield Installation(f"http://127.0.0.1:{environ['ITHACA_PORT']}", processes)
    finally:
        for one in processes:
            if one.running is not None:
                await one.end(signal.SIGKILL)
