"""Live through a programme with made-up people, in minutes, on a database of its own: what would be sent to whom, how
often, and whether the rules of every message hold. Nothing leaves this machine, and no other database is touched.

Exit codes: 0 every rule held, 1 one was broken, 2 the file of the programme cannot be taken.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from server.automation.lives.living import live
from server.automation.lives.world import World
from server.automation.simulating.founding import found
from server.automation.simulating.mails import Mails
from server.automation.simulating.report import Report
from server.automation.simulating.tally import tally
from server.kernel import clock
from server.kernel.db import Json, database
from server.kernel.errors import Invalid
from server.kernel.ids import drawn_ids
from server.kernel.jobs.batches import without_workers
from server.kernel.schema.guard import migrate
from server.kernel.settings import settings
from server.programs.plans.files import parsed

SOUND, BROKEN, UNUSABLE = 0, 1, 2
MONTH_DAYS = 30.4
MORNING = 9
FEWEST, MOST_PEOPLE, MOST_MONTHS = 4, 5_000, 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--program", required=True, type=Path, metavar="FILE",
                        help="its configuration, as 'ithaca program ... export' writes it")
    parser.add_argument("--months", type=int, default=12, help="how long, 1 to 24")
    parser.add_argument("--people", type=int, default=100, help="how many are invited, 4 to 5000")
    parser.add_argument("--seed", type=int, default=1, help="the same seed comes to the same")
    parser.add_argument("--begins", type=date.fromisoformat, metavar="DAY", help="the first day (YYYY-MM-DD)")
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the database here: a new file")


def run(args: argparse.Namespace) -> int:
    """Simulate and report. Returns the exit code."""
    try:
        _check(args)
        document = parsed(args.program.read_text("utf-8"), as_json=args.program.suffix.lower() == ".json")
        report = asyncio.run(simulate(
            document, args.program.stem, people=args.people, months=args.months, seed=args.seed,
            begins=args.begins or _next_monday(), keep=args.keep, aloud=sys.stderr.isatty(),
        ))
    except Invalid as refused:
        for path, told in refused.fields.items():
            print(f"{path}: {told}" if path else told, file=sys.stderr)
        return UNUSABLE
    report = replace(report, file=str(args.program))
    print(report.as_json() if args.json else report.in_words())
    return SOUND if report.tally.is_sound else BROKEN


async def simulate(
    document: Json, name: str, *, people: int, months: int, seed: int, begins: date, keep: Path | None = None,
    aloud: bool = False,
) -> Report:
    """Live through a programme from the morning of a day on.

    Raises:
        Invalid: the document cannot be taken, by its path.
    """
    began, spent = time.monotonic(), time.process_time()
    start = datetime(begins.year, begins.month, begins.day, MORNING, tzinfo=UTC)
    until = start + timedelta(days=round(months * MONTH_DAYS))
    async with _place(keep) as file:
        mails = Mails()
        world = await _lived(file, document, mails, people, seed, start, until, aloud)
        counted = tally(file, mails.sent, until)
    return Report(
        name, people, months, seed, begins, counted, dict(sorted(world.done.items())),
        dict(sorted(world.refused.items())), time.monotonic() - began, time.process_time() - spent,
    )


async def _lived(
    file: Path, document: Json, mails: Mails, people: int, seed: int, start: datetime, until: datetime, aloud: bool
) -> World:
    shown = [start]

    def tell(moment: datetime) -> None:
        if aloud and moment - shown[0] >= timedelta(days=7):
            shown[0] = moment
            print(f"\r{moment:%Y-%m-%d}", end="", file=sys.stderr, flush=True)

    async with database(f"sqlite://{file}", alone=True), without_workers(settings().executor_id):
        with clock.at(start), drawn_ids(seed):
            world = await found(document, mails, seed=seed, size=people, until=until)
            await live(world, until, tell)
    return world


@asynccontextmanager
async def _place(keep: Path | None) -> AsyncGenerator[Path, None]:
    """A new database in a file that goes at the end, or stays where somebody wants it."""
    with TemporaryDirectory() as folder:
        file = (keep or Path(folder) / "simulated.db").resolve()
        if file.exists():
            raise Invalid({"--keep": "This file is there already. Choose another one."})
        await migrate(f"sqlite://{file}", Path(folder))
        yield file


def _check(args: argparse.Namespace) -> None:
    wrong = {}
    if not FEWEST <= args.people <= MOST_PEOPLE:
        wrong["--people"] = f"Choose from {FEWEST} to {MOST_PEOPLE:,}."
    if not 1 <= args.months <= MOST_MONTHS:
        wrong["--months"] = f"Choose from 1 to {MOST_MONTHS}."
    if not args.program.is_file():
        wrong["--program"] = f"There is no file {args.program}."
    if wrong:
        raise Invalid(wrong)


def _next_monday() -> date:
    today = clock.now().date()
    return today + timedelta(days=7 - today.weekday())
