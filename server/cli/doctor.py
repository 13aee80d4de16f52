"""Say how this installation is, part by part, and what to do about what is not well. Changes nothing."""

import argparse
import asyncio
import logging

from server.kernel.settings import settings
from server.operations.doctor import examine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the settings say which installation."""


def run(args: argparse.Namespace) -> int:
    """Look and tell. Returns 1 when something is wrong."""
    logging.disable()
    found = asyncio.run(examine(settings()))
    for name, well, words in found:
        print(f"{'ok   ' if well else 'WRONG'} {name:<10} {words.rstrip('.')}.")
    return int(not all(finding.well for finding in found))
