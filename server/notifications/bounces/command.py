"""Mail that came back: as a mail server hands it over (`ithaca mail bounce < MAIL`), or as it waits in a mailbox.

Exit codes: 0 read, or nothing for us in it; 1 the database or the mailbox is away: try again.
"""

import argparse
import asyncio
import sys

from server.kernel.db import database
from server.kernel.errors import NotFound
from server.kernel.settings import settings
from server.notifications.bounces.actions import take_report
from server.notifications.bounces.fetching import Box, box_of, mark_read, opened, unread
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
    acts.add_parser("fetch", help="read the unread ones in the mailbox of the settings, and mark them as read")


def run(args: argparse.Namespace) -> int:
    """Read it, and say what it told.

    Raises:
        Refused: there is no mailbox, or it cannot be read.
    """
    if args.act == "bounce":
        print(asyncio.run(_take(sys.stdin.buffer.read(MOST_BYTES))))
    else:
        asyncio.run(_fetch())
    return DONE


async def _take(source: bytes) -> str:
    async with database(settings().database):
        return await taken(source)


async def _fetch() -> None:
    async with database(settings().database):
        await fetched(box_of(settings()))


async def fetched(box: Box) -> None:
    """Read what waits in a mailbox, and say what each mail told."""
    with opened(box) as server:
        for number, source in unread(server):
            print(await taken(source))
            mark_read(server, number)


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
