"""A running Ithaca for browser tests: the real `ithaca serve` on a free port, and Chromium to look at it with."""

import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from tests.forked import start
from tests.ports import free_port

CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)
READY_WITHIN_S, ENDED_WITHIN_S = 120, 60
SHOWN_WITHIN_MS = 60_000
"""How long an expectation of a page may take to come true, instead of Playwright's five seconds."""
expect.set_options(timeout=SHOWN_WITHIN_MS)


@contextmanager
def serving(var: Path, **variables: str) -> Iterator[str]:
    """Serve the database under `var` in a process of its own; yields the address. Ended with the block."""
    with running(var, **variables) as (url, _process):
        yield url


@contextmanager
def running(var: Path, **variables: str) -> Iterator[tuple[str, BaseProcess]]:
    """The same, with the process."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    own = {"ITHACA_VAR_DIR": str(var), "ITHACA_PORT": str(port), "ITHACA_LOG_LEVEL": "WARNING"}
    with Path(os.devnull).open("wb") as nowhere:
        process = start("serve", environ={**os.environ, **own, **variables}, stdout=nowhere.fileno())
    try:
        _wait(url, process)
        yield url, process
    finally:
        process.terminate()
        process.join(ENDED_WITHIN_S)
        assert process.exitcode == 0, process.exitcode


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser, None]:
    """A headless Chromium: the machine's own if it has one, else Playwright's."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=found, args=list(CHROMIUM))
        try:
            yield browser
        finally:
            await browser.close()


def _wait(url: str, process: BaseProcess) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.exitcode is not None:
            raise RuntimeError(f"ithaca serve ended with {process.exitcode}; see its words above")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # a loopback address of our own
                if answer.status == 200:
                    return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"ithaca serve was not ready within {READY_WITHIN_S} s")

