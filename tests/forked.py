"""Processes of Ithaca that need not import it first: each is forked from one that has.

A start by `exec` spends seconds of processor on imports, and the tests start more than a hundred processes. A forked
one is as real: an id, a group, memory and connections of its own; it takes the same words and is killed the same way.
What is about the start itself stays with `exec`: the commands as an operator meets them, the recorded system calls.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.reduction import DupFd
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import Any

from server.cli import main
from server.kernel.jobs import lanes

PRELOADED = ["server.cli.serve", "server.cli.worker"]
GROUPED_WITHIN_S, ENDED_WITHIN_S = 60, 300
MOST = 10_000_000
Act = Callable[[list[str]], int]


class Forked:
    """What tests need of `asyncio.subprocess.Process`, with the same names. It leads a group of its own."""

    def __init__(self, process: ForkServerProcess, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader) -> None:
        self._process, self.stdout, self.stderr = process, stdout, stderr
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._note_end)
        assert process.pid is not None
        self.pid: int = process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, or minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """Until it has ended. Returns its code."""
        await self._ended.wait()
        code = self.returncode
        assert code is not None
        return code

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it still says, until it has ended."""
        said, complained, _code = await asyncio.gather(self.stdout.read(), self.stderr.read(), self.wait())
        return said, complained

    def send_signal(self, which: signal.Signals) -> None:
        """To the process alone."""
        os.kill(self.pid, which)

    def kill(self) -> None:
        """End it at once, without a word."""
        self.send_signal(signal.SIGKILL)

    def _note_end(self) -> None:
        if self.returncode is not None:
            asyncio.get_running_loop().remove_reader(self._process.sentinel)
            self._ended.set()


async def begin(*words: str, environ: Mapping[str, str], act: Act = main) -> Forked:
    """Start `ithaca WORDS`, or another act with these words; its output is kept for who asks."""
    with _pipe() as (said, into), _pipe() as (complained, also_into):
        process = start(*words, environ=environ, act=act, stdout=into, stderr=also_into)
        return Forked(process, await _reader(os.dup(said)), await _reader(os.dup(complained)))


def start(
    *words: str, environ: Mapping[str, str], act: Act = main, stdout: int | None = None, stderr: int | None = None
) -> ForkServerProcess:
    """The same for who waits without a loop: output goes to these descriptors, or to where the test's own goes."""
    outputs = {number: _Handed(given) for number, given in ((1, stdout), (2, stderr)) if given is not None}
    process = _context().Process(target=_become, args=(act, list(words), dict(environ), outputs))
    process.start()
    _until_it_leads_its_group(process)
    return process


def run(*words: str, environ: Mapping[str, str]) -> CompletedProcess[str]:
    """Let a command come to its end. Returns its code, what it said, what it complained of."""
    with TemporaryFile() as said, TemporaryFile() as complained:
        process = start(*words, environ=environ, stdout=said.fileno(), stderr=complained.fileno())
        process.join(ENDED_WITHIN_S)
        assert process.exitcode is not None
        texts = [os.pread(file.fileno(), MOST, 0).decode() for file in (said, complained)]
    return CompletedProcess(words, process.exitcode, *texts)


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@dataclass(frozen=True)
class _Handed:
    """An open descriptor on its way to the new process, where it is a number of its own."""

    number: int

    def __reduce__(self) -> tuple[Callable[[Any], int], tuple[Any]]:
        return _received, (DupFd(self.number),)


def _received(copy: Any) -> int:
    return int(copy.detach())


def _become(act: Act, words: list[str], environ: dict[str, str], outputs: dict[int, int]) -> None:
    for number, given in outputs.items():
        os.dup2(given, number)
        os.close(given)
    os.environ.clear()
    os.environ.update(environ)
    lanes.BORN = time.monotonic()
    os.setsid()
    sys.exit(act(words))


def _until_it_leads_its_group(process: ForkServerProcess) -> None:
    """So that the group can be ended from now on."""
    assert process.pid is not None
    until = time.monotonic() + GROUPED_WITHIN_S
    with suppress(ProcessLookupError):   # it has ended already
        while os.getpgid(process.pid) != process.pid:
            assert time.monotonic() < until
            time.sleep(0.001)


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
    )
    return reader
