"""A pair of a trial in words: three reasons and one caution, always, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Names, Reader, category_name, one_line
from server.matchmaking.stored import load

REASONS, FEW = 3, 2


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
    called, why = Names(mentor, mentee), load(pair["why"])
    told = [one_line(one, called, Reader.MANAGER) for one in why.reasons] if why else []
    reasons = [*told, *_from_places(pair, called), _("Part of the best total for everybody")][:REASONS]
    caution = one_line(why.caution, called, Reader.MANAGER) if why and why.caution else ""
    return Told(mentor, mentee, pair["fit"], pair["confidence"], tuple(reasons), caution or _reserve(pair, called))


def _from_places(pair: Mapping[str, Any], names: Names) -> list[str]:
    """How each compares with all others for the other one, where that speaks for the pair: in the better half."""
    better, others = pair["place"] - 1, pair["of"] - 1
    found = []
    if others > 0 and not better:
        found.append(_("No other of the %(num)d mentors fits %(name)s better") % {
            "num": pair["of"], "name": names.mentee})
    elif 0 < better <= others // 2:
        words = ngettext("Fits %(name)s better than %(worse)d of the other %(num)d mentor",
                         "Fits %(name)s better than %(worse)d of the other %(num)d mentors", others)
        found.append(words % {"name": names.mentee, "worse": others - better, "num": others})
    better, others = pair["place_for_mentor"] - 1, pair["of_mentees"] - 1
    if others > 0 and better <= others // 2:
        words = ngettext("Suits %(name)s better than %(worse)d of the other %(num)d mentee",
                         "Suits %(name)s better than %(worse)d of the other %(num)d mentees", others)
        found.append(words % {"name": names.mentor, "worse": others - better, "num": others})
    return found


def _reserve(pair: Mapping[str, Any], names: Names) -> str:
    """What a person should know about a pair without a reservation of its own: what is unknown, or who fits better."""
    if pair["unknown"]:
        unknown = [category_name(Category(one)) for one in pair["unknown"]]
        return _("Not in the files: %(what)s. Ask before you approve.") % {"what": ", ".join(unknown[:FEW])}
    better = pair["place"] - 1
    if better:
        return ngettext("%(num)d mentor fits %(name)s better, and is worth more elsewhere.",
                        "%(num)d mentors fit %(name)s better, and are worth more elsewhere.", better) % {
            "num": better, "name": names.mentee}
    return _("Nothing speaks against it in the files. The two have not said yes yet.")
