"""Answer pages and GraphQL, and run the jobs, in one process. Ctrl+C or SIGTERM stops it within 15 seconds."""

import argparse
import asyncio
import resource
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from server.asgi import create_app, opened
from server.cli.patient import Patient
from server.cli.starting import require_migrated
from server.kernel.settings import Settings, settings

ANSWER_GRACE_S = 7
"""For requests that have begun; the jobs have 6 seconds after that, together under the 15 of reliability.md 4."""
IDLE_S = 30
FILES_MOST = 65_536


class Server(uvicorn.Server):
    """A server that ends by returning: upstream raises the signal again, which would skip what must still be closed."""

    displaced = False

    def leave(self) -> None:
        """Stop as if asked to, because another process runs this one's jobs by now."""
        self.displaced = self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Let SIGINT and SIGTERM ask for a stop while the block is open."""
        loop = asyncio.get_running_loop()
        for wish in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wish, self.handle_exit, wish, None)
        yield


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the settings say where to listen, so that links in mails agree."""


def run(args: argparse.Namespace) -> int:
    """Serve until stopped. Returns 1 when the port is taken, or others took this process for dead.

    Raises:
        Refused: a migration is missing.
        PlaceTaken: another live process runs jobs under the same name.
    """
    return asyncio.run(answer(settings(), jobs=True))


async def answer(chosen: Settings, *, jobs: bool) -> int:
    """Answer requests until stopped, and run the jobs beside them if asked to. Returns the exit code.

    Raises:
        Refused: a migration is missing.
        PlaceTaken: another live process runs jobs under the same name.
    """
    await require_migrated(chosen)
    _allow_many_connections()
    server = Server(_configuration(chosen))
    async with opened(chosen, jobs=jobs, displaced=server.leave):
        print(_where(chosen), file=sys.stderr, flush=True)
        await server.serve()
    return int(server.displaced)


def _allow_many_connections() -> None:
    """Every connection is an open file, and many systems begin with 1,024 of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES_MOST if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(most, FILES_MOST)), hard))


def _where(chosen: Settings) -> str:
    door = "/demo" if chosen.demo else "/"
    return f"Ithaca is at {chosen.public_url}{door} (Ctrl+C stops it)"


def _configuration(chosen: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(chosen),
        host=chosen.host,
        port=chosen.port,
        lifespan="off",  # opened above, so that what goes wrong is told in words
        http=Patient,
        ws="none",
        loop="asyncio",  # decision 7: uvloop hides overload
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=ANSWER_GRACE_S,
    )
