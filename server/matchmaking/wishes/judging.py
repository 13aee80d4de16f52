"""What the engine says of people to choose from: mentors and mentees, or peers, who each bring the other something."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from server.kernel.db import Json
from server.matchmaking import stored
from server.matchmaking.engine import MatchingResult, Outlook, Pool, Standing, run_matching
from server.matchmaking.engine.living.advice import Advice, advice
from server.matchmaking.gather import rules_of, weights_of
from server.matchmaking.learned.evidence import Pair, stored_evidence
from server.programs.models import Program
from server.programs.rules import is_among_peers


def judged(pool: Pool, program: Program, standing: Standing, outlook: Outlook | None = None) -> MatchingResult:
    """The people of a pool with whoever suits them; nobody is hidden behind a place held back. Seconds for many: call
    it in a thread."""
    rules, weights = replace(rules_of(program), reserve=0.0), weights_of(program)
    if not is_among_peers(program):
        return run_matching(pool, rules, weights, standing=standing, outlook=outlook)
    from server.matchmaking.runs.peers import list_peers  # noqa: PLC0415  # its solver: only who pairs peers loads it

    return list_peers(pool, rules, weights, standing)


def could_add(pool: Pool, program: Program, standing: Standing, mentee: str) -> list[Advice]:
    """What a mentee could truthfully add so that more of the mentors of a pool fit them well, what opens most first."""
    return list(advice(judged(pool, program, standing), [mentee]).get(mentee, ()))


def told(result: MatchingResult, pairs: Sequence[Pair], program: Program) -> Iterator[tuple[Json, Json]]:
    """For each pair (mentor, mentee; of peers who is shown, and who looks) why, and what the log would keep of it.

    Of two peers why is told both ways, and the log has whoever asks first.
    """
    if not is_among_peers(program):
        return zip(map(stored.dump, result.explain_many(pairs)), stored_evidence(result, pairs), strict=True)
    from server.matchmaking.runs.peers import explained_both_ways  # noqa: PLC0415  # as above

    asking = [(looks, shown) for shown, looks in pairs]
    return zip(explained_both_ways(result, pairs), stored_evidence(result, asking), strict=True)
