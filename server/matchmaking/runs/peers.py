"""What a run among peers finds: each pair once, told both ways, since each of the two brings the other something."""

from uuid import UUID

from server.matchmaking import stored
from server.matchmaking.engine import MatchingResult, Outlook, RuleSet, Step, Watch, Weights
from server.matchmaking.engine.groups.pairs.peers import pair_peers
from server.matchmaking.engine.groups.pairs.two_sided import two_sided
from server.matchmaking.gather import Gathered
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
    told = {(one.mentor_enrollment_id, one.mentee_enrollment_id): one for one in drafts}
    once = [told[UUID(pair.mentor), UUID(pair.mentee)] for pair in found.pairs]
    for one in once:
        back = told[one.mentee_enrollment_id, one.mentor_enrollment_id]
        one.explanation["back"] = back.explanation
    _tell_back(result, suggestions, {(pair.mentor, pair.mentee) for pair in found.pairs})
    return Findings(record_of(result, gathered.standing), once, suggestions)


def _tell_back(result: MatchingResult, suggestions: list[MatchSuggestion], made: set[tuple[str, str]]) -> None:
    """Each candidate with what it would be the other way round; chosen only as it was made, so that it counts once."""
    pairs = [(str(one.mentor_enrollment_id), str(one.mentee_enrollment_id)) for one in suggestions]
    backs = result.explain_many([(mentee, mentor) for mentor, mentee in pairs])
    for one, pair, back in zip(suggestions, pairs, backs, strict=True):
        one.chosen = pair in made
        one.factors["back"] = stored.dump(back)
