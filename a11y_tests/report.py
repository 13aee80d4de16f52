"""a11y-report.json: what was looked at and what was found, gathered from every worker, and the gate over templates."""

import json
import os
import platform
import re
import subprocess
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from a11y_tests import coverage
from a11y_tests.modes import FULL

TARGET = Path(__file__).parent.parent / "a11y-report.json"
_looked_at: list[dict[str, Any]] = []


def add(**entry: Any) -> None:
    """Keep what was seen of one state, in this worker."""
    _looked_at.append(entry)


class Keeper:
    """Carries entries from the workers to the controlling process, which writes the report and closes the gate."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.entries: list[dict[str, Any]] = []

    def pytest_testnodedown(self, node: Any) -> None:
        """A worker is done: take its entries."""
        self.entries += getattr(node, "workeroutput", {}).get("a11y", [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over, or write."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["a11y"] = _looked_at
            return
        self.entries += _looked_at
        if not self.entries:
            return
        gaps = coverage.gaps(self.entries)
        write(self.entries, gaps)
        if gaps and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what no state shows."""
        for gap in coverage.gaps(self.entries):
            terminalreporter.write_line(f"accessibility: {gap}", red=True)


def write(entries: list[dict[str, Any]], gaps: list[str]) -> None:
    """The report of this run."""
    TARGET.write_text(json.dumps(drawn_up(entries, gaps), indent=1) + "\n")


def drawn_up(entries: list[dict[str, Any]], gaps: list[str]) -> dict[str, Any]:
    """What the report says; docs/accessibility.md tells how to read it."""
    looks = Counter(mode for one in entries for mode in one["modes"])
    violations = [{"state": one["state"], **fault} for one in entries for fault in one["violations"]]
    return {
        "commit": _commit(), "engines": engines(), "matrix": "full" if os.environ.get(FULL) else "pairwise",
        "whole": coverage.is_whole(entries), "found": len(violations), "violations": violations,
        "left_open_by_axe": dict(coverage.settled(entries)),
        "coverage": {**coverage.figures(entries), "gaps": gaps},
        "looks": {"all": looks.total(), "by_mode": dict(looks)},
        "seconds": round(sum(one["seconds"] for one in entries), 1),
        "states": sorted(entries, key=lambda one: str(one["state"])),
    }


def engines() -> dict[str, str]:
    """What looked, in which version."""
    names = ("playwright", "axe-playwright-python")
    core = re.search(r"axe v([\d.]+)", AXE_SCRIPT[:200])
    return {
        "axe-core": core[1] if core else "unknown", "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def _commit() -> str:
    """The commit that was looked at, and whether the files stood as it has them."""
    commit, changed = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")
    return f"{commit or 'unknown'}{', with changes' if changed else ''}"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()
