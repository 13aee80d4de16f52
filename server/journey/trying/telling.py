"""A pair of a trial in words: three reasons and one caution, always, each with what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import Reason
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Names, Reader, category_name, one_line
from server.matchmaking.stored import load

REASONS, FEW = 3, 2
ONE_WAY = frozenset({Category.GOALS})
"""What each of two peers brings the other; everything else they share, and it is said once."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about one pair."""

    mentor: str
    mentee: str
    fit: float
    confidence: float
    reasons: tuple[str, ...]
    caution: str


def tell(pair: Mapping[str, Any], names: Mapping[str, str]) -> Told:
    """One stored pair in the reader's language. Where columns say too little, the pair's place among all speaks."""
    mentor, mentee = (names.get(pair[side], pair[side]) for side in ("mentor", "mentee"))
    called = Names(mentor, mentee)
    ways = [(load(pair[way]), said) for way, said in (("why", called), ("back", Names(mentee, mentor))) if way in pair]
    told = _in_turn([(why.reasons, said) for why, said in ways if why])
    reasons = [*told, *_from_places(pair, called), *_last_ones()][:REASONS]
    cautions = [one_line(why.caution, said, Reader.MANAGER) for why, said in ways if why and why.caution]
    return Told(mentor, mentee, pair["fit"], pair["confidence"], tuple(reasons),
                next(iter(cautions), "") or _reserve(pair, called))


def _last_ones() -> list[str]:
    """What holds for every pair, for those of which little else is known."""
    return [_("Part of the best total for everybody"), _("No rule forbids it"), _("Better than having nobody")]


def _in_turn(ways: Sequence[tuple[Sequence[Reason], Names]]) -> list[str]:
    """Reasons as sentences; of peers first what one brings, then what the other does, and what both share once."""
    said: dict[str, None] = {}
    whose: dict[Category, Names] = {}
    for row in zip_longest(*[[(reason, names) for reason in reasons] for reasons, names in ways]):
        for reason, names in filter(None, row):
            if whose.setdefault(reason.category, names) == names or reason.category in ONE_WAY:
                said[one_line(reason, names, Reader.MANAGER)] = None
    return list(said)


def _from_places(pair: Mapping[str, Any], names: Names) -> list[str]:
    """How each compares with all others for the other one, where that speaks for the pair: in the better half."""
    of_peers = "back" in pair
    better, others = pair["place"] - 1, pair["of"] - 1
    found = []
    if others > 0 and not better:
        words = _("No other of the %(num)d peers suits %(name)s better") if of_peers else _(
            "No other of the %(num)d mentors fits %(name)s better")
        found.append(words % {"num": pair["of"], "name": names.mentee})
    elif 0 < better <= others // 2 and of_peers:
        found.append(_peer_among(names.mentee, others - better, others))
    elif 0 < better <= others // 2:
        words = ngettext("Fits %(name)s better than %(worse)d of the other %(num)d mentor",
                         "Fits %(name)s better than %(worse)d of the other %(num)d mentors", others)
        found.append(words % {"name": names.mentee, "worse": others - better, "num": others})
    better, others = pair["place_for_mentor"] - 1, pair["of_mentees"] - 1
    if others > 0 and better <= others // 2 and of_peers:
        found.append(_peer_among(names.mentor, others - better, others))
    elif others > 0 and better <= others // 2:
        words = ngettext("Suits %(name)s better than %(worse)d of the other %(num)d mentee",
                         "Suits %(name)s better than %(worse)d of the other %(num)d mentees", others)
        found.append(words % {"name": names.mentor, "worse": others - better, "num": others})
    return found


def _peer_among(name: str, worse: int, others: int) -> str:
    words = ngettext("Suits %(name)s better than %(worse)d of the other %(num)d peer",
                     "Suits %(name)s better than %(worse)d of the other %(num)d peers", others)
    return words % {"name": name, "worse": worse, "num": others}


def _reserve(pair: Mapping[str, Any], names: Names) -> str:
    """What a person should know about a pair without a reservation of its own: what is unknown, or who fits better."""
    if pair["unknown"]:
        unknown = [category_name(Category(one)) for one in pair["unknown"]]
        return _("Not in the files: %(what)s. Ask before you approve.") % {"what": ", ".join(unknown[:FEW])}
    better, words = pair["place"] - 1, {"num": pair["place"] - 1, "name": names.mentee}
    if better and "back" in pair:
        return ngettext("%(num)d peer suits %(name)s better, and is worth more elsewhere.",
                        "%(num)d peers suit %(name)s better, and are worth more elsewhere.", better) % words
    if better:
        return ngettext("%(num)d mentor fits %(name)s better, and is worth more elsewhere.",
                        "%(num)d mentors fit %(name)s better, and are worth more elsewhere.", better) % words
    return _("Nothing speaks against it in the files. The two have not said yes yet.")
