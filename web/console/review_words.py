"""The review queue in words: titles, sentences, rows of the list, and one pair with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from server.journey.reviewing.queries import Checks, Group, Pairing, Review
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.queries import are_peers, is_circle, sides
from server.matchmaking.engine.constraints import RuleCode
from server.matchmaking.engine.living.words import unmet_words
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.engine.wording import Names, Reader, fit_words, one_line, sentence
from server.matchmaking.queries import Alternative, SkillSupply, Unmatched
from server.matchmaking.stored import load, told_back
from server.programs.rules import is_among_peers, is_of_circles
from web.console import circle_words
from web.dates import count_words, day_month, upper_first
from web.explained import factors_of, names_of
from web.items import Factor, Kind, Line, Side, Supply
from web.waiting import ordinal

if TYPE_CHECKING:

    from server.matches.models import Match
    from server.matchmaking.queue.queries import Wish
    from server.matchmaking.today.queries import Bar
    from server.people.models import Person

TRADE_MARK = "~"
"""Between the mentor whom a choice names and the draft with which mentors are exchanged."""
ROWS_SHOWN = 6
"""So many rows of a list stand open; the rest opens below them."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list of the queue: rows that stand open, and the rest."""

    id: str
    name: str
    rows: list[Line]

    @property
    def first(self) -> list[Line]:
        """The rows that stand open."""
        return self.rows[:ROWS_SHOWN]

    @property
    def rest(self) -> list[Line]:
        """The rows behind "Show more"."""
        return self.rows[ROWS_SHOWN:]


@dataclass(frozen=True, slots=True)
class Check:
    """A hard rule that was looked up, as a chip."""

    text: str
    kind: Kind
    icon: str


@dataclass(frozen=True, slots=True)
class Told:
    """One pair in words. `others` are the mentors to choose instead: value, text, detail."""

    title: str
    mentee: Side
    mentor: Side
    sentences: str
    caution: str
    factors: list[Factor]
    confidence: str
    checks: list[Check]
    others: list[tuple[str, str, str]]
    unmet: list[str]
    first_name: str
    mentor_name: str
    are_peers: bool
    barred: str


def title(shown: Review) -> str:
    """What waits, counted."""
    if not shown.waiting:
        return _("No match waits for you")
    words = ngettext("%(count)s match waits for your word", "%(count)s matches wait for your word", shown.waiting)
    return upper_first(words % {"count": count_words(shown.waiting)})


def briefing(shown: Review) -> str:
    """One sentence for each list that is not empty."""
    queue, waiting = shown.queue, len(shown.queue.unmatched)
    alone = ngettext("%(count)s mentee has no mentor yet.", "%(count)s mentees have no mentor yet.", waiting)
    if shown.group and is_among_peers(shown.group.cohort.program):
        alone = ngettext("%(count)s peer has nobody yet.", "%(count)s peers have nobody yet.", waiting)
    if shown.group and is_of_circles(shown.group.cohort.program):
        alone = ngettext("%(count)s person waits for a circle.", "%(count)s people wait for a circle.", waiting)
    counted = (
        (len(shown.agreed), ngettext(
            "%(count)s was agreed by both.", "%(count)s were agreed by both.", len(shown.agreed))),
        (len(queue.strong), ngettext(
            "%(count)s is strong and safe to approve.", "%(count)s are strong and safe to approve together.",
            len(queue.strong))),
        (len(queue.look_closer), ngettext(
            "%(count)s needs a closer look.", "%(count)s need a closer look.", len(queue.look_closer))),
        (waiting, alone),
    )
    said = [upper_first(words % {"count": count_words(count)}) for count, words in counted if count]
    return " ".join(said) or _("Everybody who waits has a match.")


def lists(shown: Review, current: UUID | None) -> list[Shelf]:
    """The lists of the queue that are not empty."""
    queue, program = shown.queue, shown.group.cohort.program if shown.group else None
    closer = [_row(one, current, why_closer(one, queue.barred.get(one.id))) for one in queue.look_closer]
    peers = program is not None and (is_among_peers(program) or is_of_circles(program))
    shelves = [
        Shelf("agreed", _("Both said yes"), [_row(match, current) for match in shown.agreed]),
        Shelf("strong", _("Strong"), [_row(match, current) for match in queue.strong]),
        Shelf("closer", _("Look closer"), closer),
        Shelf("unmatched", _("Nobody yet") if peers else _("No mentor yet"),
              [_waiting(row, among_peers=peers) for row in queue.unmatched]),
        Shelf("circles", _("Circles under way"), [circle_words.line(match, current) for match in shown.circles]),
    ]
    return [shelf for shelf in shelves if shelf.rows]


def confidence(match: Match) -> str:
    """How likely it is that both accept and meet twice, and what that rests on; "" where nobody worked it out."""
    if match.confidence is None:
        return ""
    count = match.based_on or 0
    based = ngettext("based on %(num)d pair", "based on %(num)d pairs", count) % {"num": count}
    words = _("Confidence that both say yes and meet twice: %(share)s, not yet calibrated, %(based)s.")
    if match.calibrated_on:
        words = _("Confidence that both say yes and meet twice: %(share)s, calibrated, %(based)s.")
    return words % {"share": f"{match.confidence:.0%}", "based": based}


def why_closer(match: Match, bar: Bar | None = None) -> str:
    """Why a draft is not approved with the others: a rule of the programme, held back, its caution, or a fit that is
    not strong."""
    if bar:
        return since_words(bar)
    if match.held_back:
        return _("Held back")
    explanation = load(match.explanation)
    if explanation and explanation.caution:
        return sentence(explanation.caution, names_of(match), Reader.MANAGER).title
    return fit_words(match.fit or 0)


def since_words(bar: Bar) -> str:
    """Which hard rule a pair breaks today, and since when; or that no record has a day for it."""
    if bar.since is None:
        return _("%(rule)s Since when is not known.") % {"rule": bar.words}
    return _("%(rule)s, since %(day)s.") % {"rule": bar.words.removesuffix("."), "day": day_month(bar.since)}


def supply(found: Iterable[SkillSupply]) -> list[Supply]:
    """Places by skill: taken, or how many are missing."""
    return [_supplied(one) for one in found]


def gap(found: Iterable[SkillSupply]) -> str:
    """The shortage in one sentence; "" when there is none."""
    short = [one for one in found if one.short]
    if not short:
        return ""
    names = [one.competency.name for one in short]
    listed = _("%(several)s and %(last)s") % {"several": ", ".join(names[:-1]), "last": names[-1]}
    return _("More mentees want %(skills)s than mentors have places.") % {"skills": listed if names[1:] else names[0]}


PEERS_WAIT: dict[WaitCode | None, Callable[[], str]] = {
    WaitCode.LOW_FIT: lambda: _("Nobody fits well enough"),
    WaitCode.NOT_LOOKING: lambda: _("Does not look for anybody now"),
    WaitCode.REPORTING_LINE: lambda: _("The others are in the same reporting line"),
    WaitCode.SAME_TEAM: lambda: _("The others are in the same team"),
    WaitCode.BLOCKED: lambda: _("The rules leave nobody"),
    WaitCode.REPEAT: lambda: _("Has met the others before"),
    WaitCode.COMPANY: lambda: _("Nobody is in the right company"),
    WaitCode.LANGUAGE: lambda: _("Nobody shares a language"),
    WaitCode.OVERLAP: lambda: _("Nobody shares enough time"),
    WaitCode.GRADE_GAP: lambda: _("Nobody is at the right level"),
}
"""Why somebody waits among peers, where it is not what is said of mentors and mentees."""


def groups(found: Iterable[Group]) -> list[tuple[str, str]]:
    """The groups to choose from, with what waits in each."""
    return [(str(one.cohort.id), _("%(program)s, %(group)s (%(count)s)") % {
        "program": one.cohort.program.name, "group": one.cohort.name, "count": one.waiting}) for one in found]


def tell(shown: Pairing) -> Told:
    """One pair in words."""
    names, explanation = names_of(shown.match), shown.explanation
    mentor, mentee = sides(shown.match)
    caution = explanation.caution if explanation else None
    both = {"mentee": mentee.person.full_name, "mentor": mentor.person.full_name}
    return Told(
        title=_("%(mentee)s and %(mentor)s") % both,
        mentee=_side(mentee.person), mentor=_side(mentor.person), sentences=_sentences(shown, names),
        caution=one_line(caution, names, Reader.MANAGER) if caution else "",
        factors=factors_of(explanation, names, Reader.MANAGER) if explanation else [],
        confidence=confidence(shown.match), checks=checks(shown.checks, shown.bar),
        barred=since_words(shown.bar) if shown.bar else "",
        others=[_other(one, names) for one in shown.alternatives], first_name=mentee.person.first_name,
        mentor_name=mentor.person.first_name, unmet=[_asked_for(mentee.person, one) for one in shown.unmet],
        are_peers=are_peers(shown.match),
    )


SHOWN_ANYHOW = (RuleCode.REPORTING_LINE, RuleCode.REPEAT)
"""Rules that have a chip of their own, broken or not."""


def checks(found: Checks, bar: Bar | None = None) -> list[Check]:
    """Each hard rule as it was looked up; of those that have no chip of their own the one that is broken."""
    other = [_check(False, "", bar.words.removesuffix("."))] if bar and bar.code not in SHOWN_ANYHOW else []
    places = ngettext("%(free)d of %(num)d place free", "%(free)d of %(num)d places free", found.places)
    return [
        _check(not found.reporting_line, _("No reporting line"), _("In one reporting line")),
        _check(not found.paired_before, _("Never paired"), _("Paired before")),
        _check(found.free > 0, *[places % {"free": found.free, "num": found.places}] * 2),
        *other,
    ]


def wait_words(code: WaitCode | None, *, among_peers: bool = False) -> str:
    """Why somebody has no mentor, or nobody where all are alike (`among_peers`: in a circle too)."""
    if among_peers and code in PEERS_WAIT:
        return PEERS_WAIT[code]()
    return {
        None: _("Not matched yet"),
        WaitCode.NO_SEAT: _("Every fitting mentor is full"),
        WaitCode.HELD_BACK: _("The places left are held back for newcomers"),
        WaitCode.COHORT_LIMIT: _("The group has as many pairs as it may have"),
        WaitCode.LOW_FIT: _("No mentor fits well enough"),
        WaitCode.NO_MENTORS: _("No mentor has a free place"),
        WaitCode.NOT_LOOKING: _("Does not look for a mentor now"),
        WaitCode.NO_PARTNER: _("Everybody who fits has a partner"),
        WaitCode.NO_CIRCLE: _("No circle with a free seat shares an hour"),
        WaitCode.TOO_FEW: _("Too few people for a circle"),
        WaitCode.SEAT_FOUND: _("There is a seat in a circle that stands"),
        WaitCode.TRAINING: _("Has training to finish first"),
        WaitCode.REPORTING_LINE: _("The mentors with places are in the same reporting line"),
        WaitCode.SAME_TEAM: _("The mentors with places are in the same team"),
        WaitCode.BLOCKED: _("The rules leave no mentor"),
        WaitCode.REPEAT: _("Has met the mentors with places before"),
        WaitCode.COMPANY: _("No mentor with a place is in the right company"),
        WaitCode.LANGUAGE: _("No mentor with a place shares a language"),
        WaitCode.OVERLAP: _("No mentor with a place shares enough time"),
        WaitCode.GRADE_GAP: _("No mentor with a place is at the right level"),
    }[code]


def _row(match: Match, current: UUID | None, why: str = "") -> Line:
    if is_circle(match):
        return circle_words.line(match, current)
    mentor, mentee = sides(match)
    with_whom = _("with %(name)s") % {"name": mentor.person.full_name}
    return Line(
        f"/console/matches?pair={match.id}", mentee.person.full_name, mentee.person.full_name,
        _("%(with)s. %(why)s") % {"with": with_whom, "why": why} if why else with_whom,
        str(match.fit) if match.fit is not None else "", score=True, current=match.id == current,
    )


def _waiting(row: Unmatched, *, among_peers: bool) -> Line:
    name, why = row.enrollment.person.full_name, wait_words(row.code, among_peers=among_peers)
    if row.position:
        why = _("%(place)s in line%(waited)s. %(why)s") % {
            "place": upper_first(ordinal(row.position)), "waited": _waited(row.enrollment.waited_cycles), "why": why,
        }
    return Line(f"/console/people/{row.enrollment.person_id}", name, name, why)


def _waited(cycles: int) -> str:
    if not cycles:
        return ""
    return ngettext(", waited %(num)d cycle", ", waited %(num)d cycles", cycles) % {"num": cycles}


def _supplied(one: SkillSupply) -> Supply:
    if one.short:
        words = ngettext("%(num)d short", "%(num)d short", one.short) % {"num": one.short}
        return Supply(one.competency.name, words, round(100 * one.places / (one.places + one.short)), short=True)
    words = _("%(taken)s of %(places)s taken") % {"taken": one.taken, "places": one.places}
    return Supply(one.competency.name, words, round(100 * min(1.0, one.taken / one.places)) if one.places else 0)


def _side(person: Person) -> Side:
    return Side(person.full_name, ", ".join(part for part in (person.title, person.location) if part))


def _sentences(shown: Pairing, names: Names) -> str:
    """The two best reasons; of two peers the best of what each brings, unless it is the same both ways."""
    reasons, back = shown.explanation.reasons if shown.explanation else (), told_back(shown.match)
    told = [sentence(one, names, Reader.MANAGER).title + "." for one in reasons[:2]]
    if back and back.explanation:
        told[1:] = [sentence(one, back.names, back.reader).title + "." for one in back.explanation.reasons[:1]]
    said = list(dict.fromkeys(told))
    if not said:
        said = [_("Somebody put these two together by hand.")]
    if shown.next_best is not None:
        next_best = _("The next best peer scores %(fit)s.") if back else _("The next best mentor scores %(fit)s.")
        said.append(next_best % {"fit": shown.next_best})
    return " ".join(said)


def _check(fine: bool, good: str, bad: str) -> Check:
    return Check(good, "leaf", "tick") if fine else Check(bad, "rust", "warning")


def _asked_for(mentee: Person, one: Wish) -> str:
    why = unmet_words(one.why.code, one.why.rule, one.why.points, to_mentee=False)
    names = {"mentee": mentee.first_name, "mentor": one.mentor.person.full_name, "why": why}
    return _("%(mentee)s asked for %(mentor)s. %(why)s") % names


def _other(one: Alternative, names: Names) -> tuple[str, str, str]:
    person, explanation = one.mentor.person, load(one.explanation)
    why = ""
    if explanation and explanation.reasons:
        title = sentence(explanation.reasons[0], Names(person.first_name, names.mentee), Reader.MANAGER).title
        why = f"{title}. "
    value = f"{one.mentor.id}{TRADE_MARK}{one.trade.draft.id}" if one.trade else str(one.mentor.id)
    return value, _("%(name)s, %(fit)s") % {"name": person.full_name, "fit": round(one.fit)}, why + _effect(one, names)


def choice_of(value: str) -> tuple[str, str]:
    """The mentor whom a choice of `Told.others` names, and the draft with which mentors are exchanged ("" for none)."""
    mentor, _mark, draft = value.partition(TRADE_MARK)
    return mentor, draft


def _effect(one: Alternative, names: Names) -> str:
    """What choosing this mentor changes for others: places left, or who has them, and whom an exchange gives them."""
    if one.trade:
        return _("An exchange: %(left)s, whose draft has this place, gets %(given)s, %(fit)s.") % {
            "left": one.trade.left.first_name, "given": names.mentor, "fit": round(one.trade.one.fit)}
    if one.has_place:
        left = ngettext("One place is left after this.", "%(num)d places are left after this.", one.free - 1)
        return left % {"num": one.free - 1} if one.free > 1 else _("Takes the last free place.")
    holding = [person.first_name for person in one.holders]
    if not holding:
        return _("No free place.")
    listed = _("%(several)s and %(last)s") % {"several": ", ".join(holding[:-1]), "last": holding[-1]}
    return _("No free place: %(names)s come first.") % {"names": listed} if holding[1:] else (
        _("No free place: %(name)s comes first.") % {"name": holding[0]})
