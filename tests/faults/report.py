"""What the long runs found: printed, and kept by promise in reports/reliability.json, from which docs/reliability.md is
written by hand."""

import json
import os
from pathlib import Path

from server.kernel import clock
from tests.chance import LONG

KEPT = Path(__file__).parents[2] / "reports" / "reliability.json"
Figures = dict[str, object]


def tell(promise: str, **figures: object) -> None:
    """The figures of the running test. A long run keeps them, in the place of those that the same test had before."""
    told = [f"{name.replace('_', ' ')} {value}" for name, value in figures.items()]
    print(f"\n{promise}: {', '.join(told)}", flush=True)
    if not LONG:
        return
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
    found: dict[str, dict[str, Figures]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    found.setdefault(promise, {})[test] = {
        "figures": figures, "command": _command(test), "at": clock.now().isoformat(timespec="seconds"),
        "cores": os.cpu_count(), "load": [round(one, 1) for one in os.getloadavg()],
    }
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(found, indent=1, sort_keys=True, default=str) + "\n")


def is_quiet() -> bool:
    """Whether the machine is ours alone, asked before a test begins to use it. On a busy one times tell of the others:
    they are told, and not judged."""
    busy = os.getloadavg()[0]
    if busy > (os.cpu_count() or 1):
        print(f"\nBusy machine: {busy:.1f} wait for {os.cpu_count()} cores, so no time is judged.")
        return False
    return True


def middle(seconds: list[float]) -> float:
    """The median."""
    return sorted(seconds)[len(seconds) // 2]


def _command(test: str) -> str:
    given = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith("ITHACA_CHAOS")]
    return f"{' '.join(given)} pytest -s '{test}'"
