"""An explanation of the engine as the components show it: reasons with their icons, and the table of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.matches.queries import sides
from server.matchmaking.engine.choosing.discretion import told_to
from server.matchmaking.engine.explain import Explanation
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Names, Reader, category_name, fit_words, sentence
from web.items import Factor, Reason

if TYPE_CHECKING:
    from server.matches.models import Match

ICONS = {
    Category.GOALS: "target", Category.EXPERTISE: "book", Category.STAGE: "chart", Category.AVAILABILITY: "clock",
    Category.HISTORY: "people", Category.ORGANISATION: "fresh", Category.PREFERENCE: "person",
    Category.BEHAVIOUR: "tick", Category.STYLE: "message",
}


def names_of(match: Match) -> Names:
    """What the two of a pair are called."""
    mentor, mentee = sides(match)
    return Names(mentor.person.first_name, mentee.person.first_name)


def reasons_of(explanation: Explanation, names: Names, reader: Reader) -> list[Reason]:
    """Three reasons and the caution, last and marked, as far as the reader may know of them."""
    shown = []
    for reason in told_to(explanation.reasons, reader):
        title, detail = sentence(reason, names, reader)
        shown.append(Reason(ICONS[reason.category], title, detail))
    for caution in told_to([explanation.caution] if explanation.caution else [], reader):
        title, detail = sentence(caution, names, reader)
        shown.append(Reason("info", title, detail, caution=True))
    return shown


def factors_of(explanation: Explanation, names: Names, reader: Reader) -> list[Factor]:
    """The parts of the score, heaviest first."""
    heaviest = sorted(told_to(explanation.factors, reader), key=lambda one: -one.weight)
    return [
        Factor(category_name(one.category), round(100 * one.weight), round(one.fit), sentence(one, names, reader).title)
        for one in heaviest
        if one.weight > 0
    ]


def fit_chip(fit: int | None) -> str:
    """"Strong fit, 91"; "" for a pair that nobody scored."""
    return f"{fit_words(fit)}, {fit}" if fit is not None else ""
