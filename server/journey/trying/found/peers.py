"""Peers: pairs of people of one side, each told both ways round."""

from server.journey.trying.found.pairs import SEED, Groups, pair, places, proved
from server.kernel.db import Json
from server.matchmaking import stored
from server.matchmaking.engine import MatchingResult, Pool, RuleSet, Weights
from server.matchmaking.engine.groups.pairs.peers import PeersResult, pair_peers
from server.matchmaking.engine.groups.pairs.two_sided import two_sided


def find_peers(pool: Pool, rules: RuleSet, weights: Weights, groups: Groups) -> Json:
    """Pair everybody with whom they help most, and are helped by."""
    found = pair_peers(pool, rules, weights, seed=SEED)
    result = two_sided(found, pool, rules, weights, seed=SEED)
    return {**proved(result, groups), "pairs": _pairs(found, result)}


def _pairs(found: PeersResult, result: MatchingResult) -> list[Json]:
    """Every pair once, best first, with what each brings the other, and how it compares for each of the two."""
    pairs = sorted(found.pairs, key=lambda one: (-one.fit, one.mentee, one.mentor))
    ranks, others = places(result, result.arcs.e), len(result.market.columns.mentees) - 1
    ways = result.explain_many([(one.mentor, one.mentee) for one in pairs])
    backs = result.explain_many([(one.mentee, one.mentor) for one in pairs])
    return [
        pair(one, stored.dump(why)) | {
            "back": {**stored.dump(back), "factors": []}, "of": others, "of_mentees": others,
            "place": ranks.get((one.mentee, one.mentor), others),
            "place_for_mentor": ranks.get((one.mentor, one.mentee), others),
        }
        for one, why, back in zip(pairs, ways, backs, strict=True)
    ]
