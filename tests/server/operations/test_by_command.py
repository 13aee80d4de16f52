"""Backing up, restoring and asking how it is as an operator does: commands, words, exit codes, beside a real server."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import run
from tests.live import serving

FIRST = (
    "found", "--organization=harbourline", "--name=Harbourline", "--given-name=Ada", "--family-name=Lima",
    "--email=ada@harbourline.example", "--zone=Europe/Lisbon",
)

ITHACA = str(Path(sys.executable).with_name("ithaca"))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ITHACA_")}
    return {**own, "ITHACA_VAR_DIR": str(tmp_path / "var")}


def ithaca(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return run(*words, environ=environ)


def test_while_it_serves_it_is_backed_up_but_not_restored(environ: dict[str, str], tmp_path: Path) -> None:
    backup = str(tmp_path / "b")
    assert ithaca(environ, "migrate").returncode == 0
    with serving(tmp_path / "var"):
        made = ithaca(environ, "backup", backup)
        assert (made.returncode, "is not in it" in made.stdout) == (0, True), made.stderr
        refused = ithaca(environ, "restore", backup, "--replace")
        assert (refused.returncode, "Stop Ithaca first" in refused.stderr) == (1, True), refused.stderr
        seen = ithaca(environ, "doctor")
        assert "ok    worker     beating." in seen.stdout, seen.stderr
    done = ithaca(environ, "restore", backup, "--replace")
    assert (done.returncode, "Everybody signs in again" in done.stdout) == (0, True), done.stderr
    with serving(tmp_path / "var"):
        pass


def test_the_doctor_ends_with_1_when_something_is_wrong_and_says_what_to_do(environ: dict[str, str]) -> None:
    seen = ithaca(environ, "doctor")
    assert (seen.returncode, seen.stderr) == (1, "")
    assert "WRONG database" in seen.stdout
    assert "run 'ithaca migrate'" in seen.stdout


def test_the_doctor_ends_with_0_when_all_is_well(environ: dict[str, str], tmp_path: Path) -> None:
    demo = {**environ, "ITHACA_DEMO": "1"}
    assert ithaca(demo, "migrate").returncode == 0
    assert ithaca(demo, *FIRST).returncode == 0
    with serving(tmp_path / "var", ITHACA_DEMO="1"):
        seen = ithaca(demo, "doctor")
    assert (seen.returncode, "WRONG" in seen.stdout) == (0, False), seen.stdout + seen.stderr


def test_a_backup_that_was_interrupted_leaves_no_file_behind_that_looks_like_one(
    environ: dict[str, str], tmp_path: Path
) -> None:
    assert ithaca(environ, "migrate").returncode == 0
    backup = tmp_path / "b"
    process = subprocess.Popen([ITHACA, "backup", str(backup)], env=environ, stdout=subprocess.DEVNULL)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not backup.exists()
    assert ithaca(environ, "backup", str(backup)).returncode == 0


@pytest.mark.parametrize("word", ["backup", "restore"])
def test_without_a_file_it_is_asked_for(environ: dict[str, str], word: str) -> None:
    assert ithaca(environ, word).returncode == 2


def test_a_file_that_is_not_there_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    refused = ithaca(environ, "restore", str(tmp_path / "nothing"))
    assert (refused.returncode, "There is no file" in refused.stderr) == (1, True)
    assert "Traceback" not in ithaca(environ, "backup", str(tmp_path / "no" / "folder")).stderr
