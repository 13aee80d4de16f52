"""`make bench`: every named workload in a process of its own, one after the other, and one table at the end.

    python -m benchmarks [--only NAME ...]

It prints and never asserts: a busy machine makes no build fail. What has to hold always is a test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from importlib import import_module

from benchmarks.figures import Figure, table

WORKLOADS = (
    "people_import", "inviting", "matching", "rivals", "matching_files", "matching_large", "newcomers", "learning",
    "circles", "meaning", "pages", "journey", "graphql", "phone", "roster", "preview", "delivery",
    "tick", "simulate",
)
"""Modules of this package; each has `figures()`."""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=WORKLOADS, nargs="+", help="some workloads")
    parser.add_argument("--told", choices=WORKLOADS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.told:
        print(json.dumps([asdict(one) for one in import_module(f"benchmarks.{asked.told}").figures()]))
        return
    print(table(line for name in asked.only or WORKLOADS for line in alone(name)))


def alone(name: str) -> list[Figure]:
    """The figures of a workload from a process of its own; what breaks is a line of the table too."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--told", name], stdout=subprocess.PIPE, text=True, check=False
    )
    if told.returncode:
        return [Figure(name, f"ended with {told.returncode}, see above")]
    return [Figure(**line) for line in json.loads(told.stdout.splitlines()[-1])]


if __name__ == "__main__":
    main()
