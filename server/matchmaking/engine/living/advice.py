"""What a mentee could truthfully add to get more good mentors: the engine, on their own row with one thing more."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from server.language.tags import key
from server.matchmaking.engine.candidates import BLOCK_CELLS, Ground, nothing_added, scores, single_threaded
from server.matchmaking.engine.columns import beside
from server.matchmaking.engine.constraints import open_market
from server.matchmaking.engine.factor import build_factors
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK, Participant, Pool, Standing, week_mask
from server.matchmaking.engine.result import MatchingResult
from server.matchmaking.engine.wording import GOOD_FIT

PARTS_OF_DAY = {"morning": (8, 12), "afternoon": (13, 17), "evening": (17, 20)}
"""Hours on the mentee's own clock that somebody could add to a usual week."""
WORKDAYS, HALF_HOURS_A_DAY = 5, 48
SKILLS_TRIED = 12
"""So many of the skills that most mentors offer are tried as a further wish."""


class Kind(StrEnum):
    """What kind of fact it is that could be added. Only what a person can change, or may have forgotten to say."""

    TIME = "TIME"
    LANGUAGE = "LANGUAGE"
    WISH = "WISH"


class Advice(NamedTuple):
    """One thing more and how many more good mentors it opens. `value` is a skill, a language, or "2 morning": the day
    of the week, Monday 1, with the part of the day."""

    kind: Kind
    value: str
    opens: int


def advice(result: MatchingResult, mentees: Sequence[str]) -> dict[str, tuple[Advice, ...]]:
    """For each of some mentees of a result the best thing to add of each kind, what opens most first; those whom
    nothing would help are left out.

    A mentor is good for somebody whom no rule keeps from them and whom they fit at 65 or better ("Good fit"), and
    counts when they came into the run with a place.
    """
    side, found = result.market.columns.mentees, dict[str, tuple[Advice, ...]]()
    step = max(1, BLOCK_CELLS // max(1, 40 * len(result.market.columns.mentors)))
    for start in range(0, len(mentees), step):
        part = [side.people[side.rows[one]] for one in mentees[start : start + step]]
        found |= _tried(result, part)
    return found


def _tried(result: MatchingResult, mentees: Sequence[Participant]) -> dict[str, tuple[Advice, ...]]:
    offers = list(_mentors_offers(result))
    changed = [(one.id, *trial) for one in mentees for trial in _trials(one, offers, result)]
    people = [replace(one, id=str(at), person=str(at), manager=None, team=one.team or one.manager)
              for at, (_who, _what, one) in enumerate(changed)]
    good = _good_mentors(result, people, [who for who, _what, _one in changed])
    best: dict[str, dict[Kind, Advice]] = {}
    base: dict[str, int] = {}
    for (who, what, _one), count in zip(changed, good, strict=True):
        if what is None:
            base[who] = count
        elif count > base[who]:
            told, kinds = Advice(*what, count - base[who]), best.setdefault(who, {})
            kinds[told.kind] = max(told, kinds.get(told.kind, told), key=lambda one: one.opens)
    return {who: tuple(sorted(kinds.values(), key=lambda one: -one.opens)) for who, kinds in best.items()}


def _good_mentors(result: MatchingResult, people: list[Participant], whose: list[str]) -> list[int]:
    """How many good mentors each row has. Rules about named people are those of the mentee whose row it is."""
    known, seed = result.market.columns, result.seed
    pool = Pool((*known.mentors.people, *people))
    columns = beside(known, people, pool, seed)
    market = open_market(columns, result.market.rules, Standing())
    ground = Ground(market, build_factors(columns, result.weights), nothing_added(columns))
    order = np.array([columns.mentees.rows[one.id] for one in people])
    with single_threaded():
        fits = scores(ground, np.arange(len(people)))[order]
    closed = result.market.named[[known.mentees.rows[one] for one in whose]].toarray()
    counts: list[int] = ((fits >= GOOD_FIT / 100) & ~closed).sum(axis=1).tolist()
    return counts


def _trials(
    one: Participant, offers: list[str], result: MatchingResult
) -> Iterator[tuple[tuple[Kind, str] | None, Participant]]:
    """The row as it is, then with one thing more."""
    yield None, one
    for value, week in _more_time(one):
        yield (Kind.TIME, value), replace(one, availability=week)
    spoken = {word.casefold() for word in one.languages or ()}
    for word in sorted(_languages(result) - spoken) if one.languages else ():
        yield (Kind.LANGUAGE, word), replace(one, languages=(*(one.languages or ()), word))
    wanted = {key(tag) for tag in (*one.goal_tags, *one.goal_meant, *one.skill_tags)}
    for tag in [tag for tag in offers if key(tag) not in wanted][:SKILLS_TRIED] if one.goal_tags else ():
        yield (Kind.WISH, tag), replace(one, goal_tags=(*one.goal_tags, tag))


def _more_time(one: Participant) -> Iterator[tuple[str, int]]:
    """Parts of workdays in which somebody who told a week has no time yet, with the week they would then have."""
    if one.availability is None:
        return
    ahead = round((one.utc_offset_min or 0) / 30)
    for day in range(WORKDAYS):
        for name, (first, last) in PARTS_OF_DAY.items():
            start = (day * HALF_HOURS_A_DAY + 2 * first - ahead) % HALF_HOURS_A_WEEK
            part = week_mask([(start, 2 * (last - first))])
            if not one.availability & part:
                yield f"{day + 1} {name}", one.availability | part


def _mentors_offers(result: MatchingResult) -> list[str]:
    """The skills that mentors offer, the most frequent first, in the words of whoever named them first."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for one in result.market.columns.mentors.people:
        for tag in one.skill_tags:
            names.setdefault(key(tag), tag)
        counts.update({key(tag) for tag in one.skill_tags})
    return [names[tag] for tag, _n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if tag]


def _languages(result: MatchingResult) -> set[str]:
    return {word.casefold() for one in result.market.columns.mentors.people for word in one.languages or ()}
