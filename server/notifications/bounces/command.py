"""A mail that came back, as a mail server hands it over: `ithaca mail bounce < MAIL`.

Exit codes: 0 read, or nothing for us in it; 1 the database is away, so that a mail server tries again.
"""

import argparse
import asyncio
import sys

from server.kernel.db import database
from server.kernel.errors import NotFound
from server.kernel.settings import settings
from server.notifications.bounces.actions import take_report
from server.notifications.bounces.reading import MOST_BYTES, Said, read_report

DONE = 0
TOLD = {
    Said.FAILED: "It did not arrive. Its message says so, and if its address is to blame, no other mail goes there.",
    Said.LATE: "It is late. Its server keeps trying: nothing to do.",
    Said.ARRIVED: "It arrived.",
    Said.COMPLAINED: "Its reader called it unwanted. No more letters of its class go there, if they may be ended.",
}
NOTHING = "This reports nothing of a mail of ours. Nothing was changed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the acts of `ithaca mail`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("bounce", help="read one mail that came back, or a complaint, from standard input")


def run(args: argparse.Namespace) -> int:  # noqa: ARG001  # there is one act
    """Read it, and say what it told."""
    print(asyncio.run(_take(sys.stdin.buffer.read(MOST_BYTES))))
    return DONE


async def _take(source: bytes) -> str:
    async with database(settings().database):
        return await taken(source)


async def taken(source: bytes) -> str:
    """What a mail told, once it is noted."""
    report = read_report(source)
    if report is None:
        return NOTHING
    try:
        await take_report(report)
    except NotFound:
        return NOTHING
    return TOLD[report.said]
