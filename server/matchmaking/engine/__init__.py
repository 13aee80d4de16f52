"""Who fits whom: pure functions on plain values, arrays inside, no database and no clock.

One call does a run:

    result = run_matching(Pool(participants), RuleSet(grade_gap=(1, 4)), weights_for(ProgramType.ONE_TO_ONE), seed=7)

What goes in
- `Pool(participants, managers, history, conflicts)`: `Participant` is one person in one role; what is None is not
  known and counts as neutral. Stored text vectors go in as `goal_vector` and `skill_vector`; where they are missing,
  `with_vectors(participants, embed)` makes them of `described(text, tags)`.
- `RuleSet`: hard rules, each with a `RuleCode`. `Weights`: `weights_for(type)`, or `rescaled(amounts, type, version)`.
- `Standing(pins, bans, current, keep_bonus)`: pins and current pairs are kept and everybody else is solved around
  them, so an override moves nobody else when all other drafts are passed as `current`.
- `outlook`: `learn(pool, weights).outlook`, what past pairs with outcomes taught; without it the prior stands.

What comes out: `MatchingResult`
- `pairs` (fit 0 to 100, `p_accept`, `confidence`, nine `fits`, origin), `waitlist` (position and code),
  `refused_pins`, `certificate` (value, upper bound over all allowed pairs, gap, violations), `calibration`.
- `candidates_of_mentee`, `candidates_of_mentor`, `explain(mentor, mentee)` (many:
  `explain_many`) for three reasons, one caution and nine factor rows of any pair,
  `rules_against` and `price_of` for "why not this one".
- `audit(result, groups)` counts a finished run again: rules, envy, and how groups fared beside each other.
- A `Reason` is codes and plain data, never words; `wording.sentence(reason, names, reader)` says it in the reader's
  language, so a stored reason can be read in another one later.
- `Watch` as `run_matching(..., watch=...)`: how far it is, asked from another thread, and a way to stop it.

- `living.incremental.match_newcomers` places those without a mentor around what stands, a row each.

Beside it, and not loaded with it: `learning.learn` (from history to what is expected of pairs, handed to `run_matching`
as `outlook`), `groups.circles` (circles of 4 to 8 with hosts) and `groups.pairs.peers` (everybody with anybody).

The order of rows, the number of threads and the audit group never change a result.
"""

from server.matchmaking.engine.columns import described, with_vectors
from server.matchmaking.engine.constraints import RuleCode, RuleSet, Violation, held_to, rules_for
from server.matchmaking.engine.explain import Explanation, Reason, ReasonCode
from server.matchmaking.engine.fairness import Audit, audit
from server.matchmaking.engine.learning.outlook import Outlook
from server.matchmaking.engine.pool import Participant, PastPair, Pool, Standing, week_mask
from server.matchmaking.engine.result import Candidate, Certificate, MatchedPair, MatchingResult, Origin, RefusedPin
from server.matchmaking.engine.run import ENGINE_VERSION, run_matching
from server.matchmaking.engine.score import Calibration
from server.matchmaking.engine.waitlist import WaitCode, Waiting
from server.matchmaking.engine.watch import Step, Stopped, Watch
from server.matchmaking.engine.weights import (
    CATEGORIES,
    WEIGHTS_VERSION,
    Category,
    Weights,
    hundred,
    rescaled,
    weights_for,
)

__all__ = [
    "CATEGORIES",
    "ENGINE_VERSION",
    "WEIGHTS_VERSION",
    "Audit",
    "Calibration",
    "Candidate",
    "Category",
    "Certificate",
    "Explanation",
    "MatchedPair",
    "MatchingResult",
    "Origin",
    "Outlook",
    "Participant",
    "PastPair",
    "Pool",
    "Reason",
    "ReasonCode",
    "RefusedPin",
    "RuleCode",
    "RuleSet",
    "Standing",
    "Step",
    "Stopped",
    "Violation",
    "WaitCode",
    "Waiting",
    "Watch",
    "Weights",
    "audit",
    "described",
    "held_to",
    "hundred",
    "rescaled",
    "rules_for",
    "run_matching",
    "week_mask",
    "weights_for",
    "with_vectors",
]
