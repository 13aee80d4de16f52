"""The command line: `ithaca COMMAND`. Each command is a module with `add_arguments(parser)` and `run(args) -> int`.

A command's module is loaded when it is asked for: `ithaca migrate` need not wait for the matching engine.
"""

import argparse
import gc
import sys
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from pydantic import ValidationError
from tortoise.exceptions import BaseORMException

from server.kernel.errors import KernelError, Unavailable
from server.kernel.jobs.place import PlaceTaken
from server.kernel.schema.guard import MigrationFailed
from server.kernel.secrets import SecretUnreadable

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
EXPECTED = (BaseORMException, KernelError, MigrationFailed, OSError, PlaceTaken, SecretUnreadable, ValidationError)


class Command(NamedTuple):
    """A module that carries out one command, and the line that tells of it."""

    module: str
    line: str


COMMANDS = {
    "serve": Command("server.cli.serve", "answer pages and GraphQL, and run the jobs, in one process"),
    "web": Command("server.cli.web", "answer pages and GraphQL only, one of several processes on PostgreSQL"),
    "worker": Command("server.cli.worker", "run the jobs only, one of several processes on PostgreSQL"),
    "migrate": Command("server.cli.migrate", "bring the database up to date; safe to run again"),
    "found": Command("server.access.founding.command", "make the organisation and its first administrator, once"),
    "appoint": Command("server.journey.appointing.command", "give somebody a role by their address, or take it back"),
    "backup": Command("server.cli.backup", "write the database into one file, while everything runs"),
    "restore": Command("server.cli.restore", "put a backup in the database's place"),
    "doctor": Command("server.cli.doctor", "say how this installation is, and what to do"),
    "renew-push-key": Command("server.cli.renew_push_key", "make a new key for push; every browser has to ask again"),
    "demo": Command("server.cli.demo", "load the demonstration organisation, unless it is there"),
    "mail": Command("server.notifications.bounces.command", "read a mail that came back, so that no more goes there"),
    "import": Command("server.journey.importing.command", "preview or apply a people file"),
    "courses": Command("server.people.courses.command", "take over the courses that people completed"),
    "program": Command("server.automation.building.command", "write, compare or bring in a programme's configuration"),
    "simulate": Command("server.automation.simulating.command", "live through a programme with made-up people"),
    "queue": Command("server.journey.queue.command", "match a group, look at what waits, decide, plan places"),
    "learn": Command("server.journey.learning.command", "let the matching learn from what became of its proposals"),
    "match": Command("server.matchmaking.command", "who fits whom: read a roster, write the pairs"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 refused or failed, 2 asked wrongly, 130 interrupted."""
    words = sys.argv[1:] if argv is None else argv
    name = words[0] if words else ""
    if name not in COMMANDS:
        return _explain(name)
    module = _loaded(COMMANDS[name].module)
    parser = argparse.ArgumentParser(prog=f"ithaca {name}", description=module.__doc__)
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(words[1:])))
    except EXPECTED as error:
        print(f"ithaca {name}: {in_words(error)}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _loaded(name: str) -> ModuleType:
    """The module. What is imported stays: Python need not look through it for garbage, neither meanwhile nor later.

    A fifth of the time until `ithaca serve` answers went there.
    """
    gc.disable()
    module = import_module(name)
    gc.freeze()
    gc.enable()
    return module


def in_words(error: Exception) -> str:
    """An expected failure as one line for the person at the keyboard."""
    if isinstance(error, ValidationError):
        wrong = (f"ITHACA_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        return f"a setting cannot be used. {'; '.join(wrong)}"
    if isinstance(error, SecretUnreadable):
        return f"stored secrets do not open with this installation's key ({error}). Set the right ITHACA_SECRET_KEY."
    if isinstance(error, BaseORMException | Unavailable):
        return f"the database does not answer as it should: {error.__cause__ or error}"
    return str(error)


def _explain(name: str) -> int:
    lines = "\n".join(f"  ithaca {command:<14} {told.line}" for command, told in COMMANDS.items())
    text = f"Ithaca, a mentoring platform.\n\n{lines}\n\n'ithaca COMMAND --help' tells more."
    if name in ("", "-h", "--help", "help"):
        print(text)
        return 0 if name else MISUSED
    print(f"There is no command '{name}'.\n\n{text}", file=sys.stderr)
    return MISUSED
