"""How the people of a programme are matched: mentors with mentees, or peers with each other."""

from collections.abc import Callable
from functools import partial

from server.matchmaking.runs.findings import Findings, find
from server.programs.models import Program
from server.programs.rules import is_among_peers, is_drawn


def way_of(program: Program) -> Callable[..., Findings]:
    """`find` for mentors and mentees, `find_peers` for peers: both are called alike."""
    if not is_among_peers(program):
        return find
    from server.matchmaking.runs.peers import find_peers  # noqa: PLC0415  # its solver: only who pairs peers loads it

    return partial(find_peers, by_draw=is_drawn(program))
