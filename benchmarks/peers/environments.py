"""Peers that cannot live beside each other: each gets an environment of its own, made the first time it is asked for.

`mentor-match` and `matching` both claim the import name `matching`, so neither is a dependency of this project.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ENVIRONMENTS = Path(__file__).parents[2] / "var" / "peers"
PEERS = {"mentor-match": "7.0.1", "matching": "1.4.3"}
"""Name and version of each, from the public index by pip's own settings."""
PATIENCE_S = 3600.0


class Absent(Exception):
    """A peer could not be installed, or did not finish."""


def ask(peer: str, script: str, *arguments: str) -> Any:
    """What a script of this folder prints as JSON when the Python of a peer's environment runs it.

    Raises:
        Absent: the peer is not to be had, failed, or took longer than PATIENCE_S.
    """
    command = [str(_python_of(peer)), str(Path(__file__).with_name(script)), *arguments]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired as late:
        raise Absent(f"{peer} took longer than {PATIENCE_S:.0f} s") from late
    if told.returncode:
        raise Absent(told.stderr.strip()[-200:])
    return json.loads(told.stdout)


def _python_of(peer: str) -> Path:
    """The Python that has the peer installed."""
    wanted = f"{peer}=={PEERS[peer]}"
    folder = ENVIRONMENTS / wanted
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted)
        ready.touch()
    return python


def _run(*command: str) -> None:
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        raise Absent(told.stderr.strip()[-200:])
