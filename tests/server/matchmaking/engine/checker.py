"""The hard rules a second time, one pair at a time and in plain Python, so that the engine does not judge itself."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from server.matchmaking.engine import Participant, Pool, RuleSet
from server.programs.states import ParticipantRole


def broken(pool: Pool, rules: RuleSet, mentor: Participant, mentee: Participant) -> list[str]:
    """Which rules about single pairs two people would break; nobody reports to themselves, even in a circle."""
    found = []
    if mentor.who == mentee.who:
        found.append("SELF")
    elif rules.reporting_line and (_reports(pool, rules, mentee, mentor) or _reports(pool, rules, mentor, mentee)):
        found.append("REPORTING_LINE")
    if rules.same_team and (mentor.team or mentor.manager) == (mentee.team or mentee.manager) is not None:
        found.append("SAME_TEAM")
    if mentor.who in _avoided(pool, mentee) or mentee.who in _avoided(pool, mentor):
        found.append("BLOCKED")
    if {(mentor.who, mentee.who), (mentee.who, mentor.who)} & pool.conflicts:
        found.append("CONFLICT")
    if rules.repeat and any({past.mentor, past.mentee} == {mentor.who, mentee.who} for past in pool.history):
        found.append("REPEAT")
    return found + _told(rules, mentor, mentee)


def _avoided(pool: Pool, one: Participant) -> set[str]:
    """Whom a person avoids, in whichever role they said so."""
    return {other for role in pool.participants if role.who == one.who for other in role.avoids}


def over_full(pool: Pool, rules: RuleSet, pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Who has more pairs than places, "" for the cohort, and pairs made twice or both ways round."""
    made = list(pairs)
    held = Counter((ParticipantRole.MENTOR, mentor) for mentor, _ in made)
    held.update((ParticipantRole.MENTEE, mentee) for _, mentee in made)
    found = [one.id for one in pool.participants if held[one.role, one.id] > one.capacity]
    found += [mentor for mentor, mentee in made if made.count((mentor, mentee)) > 1 or (mentee, mentor) in made]
    return found + ([""] if rules.max_pairs is not None and len(made) > rules.max_pairs else [])


def _told(rules: RuleSet, mentor: Participant, mentee: Participant) -> list[str]:
    """The rules that compare what both told; what either left out breaks none."""
    companies, spoken = _both(mentor.company, mentee.company), _both(mentor.languages, mentee.languages)
    times, grades = _both(mentor.availability, mentee.availability), _both(mentor.grade, mentee.grade)
    wrong = {
        "COMPANY": rules.company and companies and (companies[0] == companies[1]) != (rules.company == "same"),
        "LANGUAGE": rules.common_language and spoken and not set.intersection(*map(_folded, spoken)),
        "OVERLAP": times and (times[0] & times[1]).bit_count() < rules.min_overlap_half_hours,
        "GRADE_GAP": rules.grade_gap
        and grades
        and not rules.grade_gap[0] <= grades[0] - grades[1] <= rules.grade_gap[1],
    }
    return [code for code, is_wrong in wrong.items() if is_wrong]


def _both(one: Any, other: Any) -> tuple[Any, Any] | None:
    return None if one is None or other is None else (one, other)


def _folded(words: tuple[str, ...]) -> set[str]:
    return {word.casefold() for word in words}


def _reports(pool: Pool, rules: RuleSet, below: Participant, above: Participant) -> bool:
    bosses = dict(pool.managers)
    bosses.update({one.who: one.manager for one in pool.participants if one.manager})
    who, seen = below.who, 0
    while who in bosses and seen < (rules.reporting_depth or len(bosses) + 1):
        who, seen = bosses[who], seen + 1
        if who == above.who:
            return True
    return False
