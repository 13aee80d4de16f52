"""What a run among peers finds: each pair once, told both ways, since each of the two brings the other something."""

from collections.abc import Sequence
from uuid import UUID

from server.kernel.db import Json
from server.matches.actions import Draft
from server.matchmaking import stored
from server.matchmaking.engine import (
    MatchingResult,
    Outlook,
    Pool,
    RuleCode,
    RuleSet,
    Standing,
    Step,
    Watch,
    Weights,
)
from server.matchmaking.engine.groups.pairs.peers import PeersResult, pair_peers, put_together, unpaired
from server.matchmaking.engine.groups.pairs.two_sided import two_sided
from server.matchmaking.gather import Gathered
from server.matchmaking.learned.evidence import Pair
from server.matchmaking.models import MatchSuggestion
from server.matchmaking.runs.findings import Findings, describe
from server.matchmaking.runs.records import record_of


def find_peers(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, seed: int, watch: Watch,
    newcomers: bool = False,  # noqa: ARG001  # called as `find` is; see below
    outlook: Outlook | None = None,  # noqa: ARG001  # nothing is learned of peers yet
    by_draw: bool = False,
) -> Findings:
    """Pair the peers of a pool, by fit or by the draw, and say why. Minutes for the largest: call it in a thread.

    Newcomers are paired as everybody is: whoever is in a pair already is in no pool that was gathered around drafts.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    watch.begin(Step.ASSIGNING)
    found = pair_peers(gathered.pool, rules, weights, standing=gathered.standing, seed=seed, by_draw=by_draw)
    result = two_sided(found, gathered.pool, rules, weights, seed=seed, watch=watch)
    drafts, suggestions = describe(result)
    watch.look()
    _tell_back(result, suggestions, {(pair.mentor, pair.mentee) for pair in found.pairs})
    record = {**record_of(result, gathered.standing), "by_draw": by_draw}
    return Findings(record, _once(found, drafts), suggestions)


def try_peers(gathered: Gathered, rules: RuleSet, weights: Weights) -> tuple[Draft, list[RuleCode]]:
    """The two people of a pool as the draft they would be, and the hard rules that forbid it.

    Raises:
        ValueError: they are not two.
    """
    found, broken = put_together(gathered.pool, rules, weights, standing=gathered.standing)
    drafts, _suggestions = describe(two_sided(found, gathered.pool, rules, weights))
    (draft,) = _once(found, drafts)
    return draft, broken


def list_peers(pool: Pool, rules: RuleSet, weights: Weights, standing: Standing) -> MatchingResult:
    """Who suits whom among peers, with nobody paired: lists are drawn up from it."""
    return two_sided(unpaired(pool, rules, weights, standing=standing), pool, rules, weights)


def explained_both_ways(result: MatchingResult, pairs: Sequence[Pair]) -> list[Json]:
    """For each pair what the first brings the second, as it is stored, with what the second brings the first."""
    backs = result.explain_many([(other, one) for one, other in pairs])
    return [
        {**stored.dump(way), "back": stored.dump(back)}
        for way, back in zip(result.explain_many(pairs), backs, strict=True)
    ]


def _once(found: PeersResult, drafts: list[Draft]) -> list[Draft]:
    """Of drafts that stand both ways round each pair once, with what it is the other way round."""
    told = {(one.mentor_enrollment_id, one.mentee_enrollment_id): one for one in drafts}
    once = [told[UUID(pair.mentor), UUID(pair.mentee)] for pair in found.pairs]
    for one in once:
        one.explanation["back"] = told[one.mentee_enrollment_id, one.mentor_enrollment_id].explanation
    return once


def _tell_back(result: MatchingResult, suggestions: list[MatchSuggestion], made: set[tuple[str, str]]) -> None:
    """Each candidate with what it would be the other way round; chosen only as it was made, so that it counts once."""
    pairs = [(str(one.mentor_enrollment_id), str(one.mentee_enrollment_id)) for one in suggestions]
    backs = result.explain_many([(mentee, mentor) for mentor, mentee in pairs])
    for one, pair, back in zip(suggestions, pairs, backs, strict=True):
        one.chosen = pair in made
        one.factors["back"] = stored.dump(back)
