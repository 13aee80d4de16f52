"""The command line as an operator meets it: real processes, words instead of tracebacks, exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.forked import run
from tests.ports import free_port

ITHACA = str(Path(sys.executable).with_name("ithaca"))
STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 15


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An installation of the test's own: its var folder, its port, SQLite."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ITHACA_")}
    return {**own, "ITHACA_VAR_DIR": str(tmp_path / "var"), "ITHACA_PORT": str(free_port())}


@pytest.fixture
def serving(environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A migrated installation that serves."""
    assert ithaca(environ, "migrate").returncode == 0
    process = subprocess.Popen([ITHACA, "serve"], env=environ, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(environ, "/healthz")
        yield process
    finally:
        process.kill()
        process.communicate()


def test_help_names_every_command(environ: dict[str, str]) -> None:
    shown = typed(environ, "--help")
    assert shown.returncode == 0
    assert all(f"ithaca {name}" in shown.stdout for name in ("serve", "migrate", "demo", "import", "match"))


def test_an_unknown_command_is_named_and_answered_with_the_list(environ: dict[str, str]) -> None:
    shown = typed(environ, "sail")
    assert shown.returncode == 2
    assert "no command 'sail'" in shown.stderr
    assert "ithaca serve" in shown.stderr


def test_the_key_of_push_notifications_is_renewed(environ: dict[str, str]) -> None:
    Path(environ["ITHACA_VAR_DIR"]).mkdir()
    assert "Run 'ithaca migrate' first" in ithaca(environ, "renew-push-key").stderr
    assert ithaca(environ, "migrate").returncode == 0
    renewed = ithaca(environ, "renew-push-key")
    assert (renewed.returncode, "Subscriptions that ended: 0." in renewed.stdout) == (0, True), renewed.stderr


def test_migrate_runs_once_and_the_organisation_is_founded_once(environ: dict[str, str]) -> None:
    first, second = typed(environ, "migrate"), ithaca(environ, "migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "0001_initial" in first.stdout
    assert second.stdout == "The database is up to date.\n"
    charter = (
        "found", "--organization=harbourline", "--name=Harbourline", "--given-name=Ada", "--family-name=Lima",
        "--email=ada@harbourline.example",
    )
    unfit = ithaca(environ, *charter, "--zone=Lisbon")
    assert (unfit.returncode, unfit.stderr.startswith("--zone: Write a time zone")) == (2, True), unfit.stderr
    assert "Ada Lima is its administrator" in ithaca(environ, *charter, "--zone=Europe/Lisbon").stdout
    assert "has its organisation already: Harbourline" in refused(environ, *charter, "--zone=Europe/Lisbon")
    role = ("appoint", "ADA@harbourline.example", "manager", "--organization=harbourline")
    assert "Ada Lima has that role" in ithaca(environ, *role).stdout
    lost = ithaca(environ, *role, "--program=leads")
    assert (lost.returncode, "no programme leads" in lost.stderr) == (2, True), lost.stderr


def test_serve_refuses_a_database_that_is_not_up_to_date(environ: dict[str, str]) -> None:
    Path(environ["ITHACA_VAR_DIR"]).mkdir()
    assert refused(environ, "serve").endswith("migrations. Run 'ithaca migrate' first.\n")


def test_a_database_that_is_away_is_told_in_words(environ: dict[str, str]) -> None:
    nobody = f"postgresql://postgres@127.0.0.1:{free_port()}/ithaca"
    assert "does not answer" in refused({**environ, "ITHACA_DATABASE_URL": nobody}, "migrate")


def test_a_setting_that_cannot_be_used_is_named(environ: dict[str, str]) -> None:
    assert "ITHACA_PORT" in refused({**environ, "ITHACA_PORT": "eighty"}, "serve")


def test_the_demo_is_refused_where_it_does_not_belong(environ: dict[str, str]) -> None:
    assert "ITHACA_DEMO=1" in refused(environ, "demo")


def test_serve_answers_and_is_ready_and_stops_when_told(
    serving: subprocess.Popen[str], environ: dict[str, str]
) -> None:
    assert answer(environ, "/healthz") == (200, {"alive": True})
    status, words = answer(environ, "/readyz")
    assert (status, words) == (
        200, {"ready": True, "database": "answers", "migrations": "all applied", "worker": "beating"}
    )
    told_at = time.monotonic()
    serving.send_signal(signal.SIGTERM)
    _, said = serving.communicate(timeout=STOPS_WITHIN_S)
    assert serving.returncode == 0
    assert time.monotonic() - told_at < STOPS_WITHIN_S
    assert "worker.stopped" in said
    assert "Traceback" not in said


def test_a_second_process_of_the_same_name_is_refused(
    serving: subprocess.Popen[str], environ: dict[str, str]
) -> None:
    assert "already runs jobs as 'ithaca-1'" in refused({**environ, "ITHACA_PORT": str(free_port())}, "serve")
    assert answer(environ, "/readyz")[0] == 200


def test_what_is_too_large_is_refused_in_words(serving: subprocess.Popen[str], environ: dict[str, str]) -> None:
    """By a client that sends everything before it listens, and wants the connection closed."""
    with pytest.raises(HTTPError) as refusal:
        urlopen(address(environ, "/graphql"), data=b" " * 2_000_001, timeout=60)
    assert refusal.value.code == 413
    assert json.load(refusal.value)["errors"][0]["extensions"]["code"] == "TOO_LARGE"
    refusal.value.close()
    with pytest.raises(HTTPError) as refusal:
        long = {"X-Long": "x" * 60_000, "X-More": "x" * 60_000}
        urlopen(Request(address(environ, "/sign-in"), headers=long), timeout=60)
    assert refusal.value.code == 431
    refusal.value.close()


def typed(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """The command as it is installed, from its first byte."""
    return subprocess.run([ITHACA, *words], env=environ, capture_output=True, text=True, timeout=300, check=False)


def ithaca(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return run(*words, environ=environ)


def refused(environ: dict[str, str], *words: str) -> str:
    """What a command said when it refused: words, exit code 1, no traceback."""
    done = ithaca(environ, *words)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def address(environ: dict[str, str], path: str) -> str:
    return f"http://127.0.0.1:{environ['ITHACA_PORT']}{path}"


def answer(environ: dict[str, str], path: str) -> tuple[int, object]:
    with urlopen(address(environ, path), timeout=10) as response:
        return response.status, json.load(response)


def wait_for(environ: dict[str, str], path: str) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        try:
            answer(environ, path)
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("The server did not start.")
