"""Explanations as they are stored: codes and data, never sentences, so that they can be read in any language later."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from server.kernel.db import Json
from server.matches.proposals import Evidence
from server.matches.queries import sides
from server.matchmaking.engine.explain import Explanation, Reason, ReasonCode
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Names, Reader
from server.programs.states import ParticipantRole

if TYPE_CHECKING:
    from uuid import UUID

    from server.matches.models import Match


class Told(NamedTuple):
    """An explanation with the names in it and for whom it is; None for a pair that somebody made by hand."""

    explanation: Explanation | None
    names: Names
    reader: Reader


def dump(explanation: Explanation) -> Json:
    """An explanation as JSON: {"fit", "reasons": [...], "caution": {...} or None, "factors": [...]}."""
    return {
        "fit": round(explanation.fit, 2),
        "reasons": [dump_reason(reason) for reason in explanation.reasons],
        "caution": dump_reason(explanation.caution) if explanation.caution else None,
        "factors": [dump_reason(reason) for reason in explanation.factors],
    }


class Party(NamedTuple):
    """One of the two people of a match."""

    person_id: UUID
    name: str
    role: ParticipantRole


def told_to(match: Match, person_id: UUID | None) -> Told:
    """Why two people were put together, for one of them, or for whoever runs the programme. Members and their people
    must have been fetched.
    """
    first, second = (Party(one.person_id, one.person.first_name, one.role) for one in sides(match))
    return told_between(match.explanation, first, second, person_id)


def told_between(stored: Json, first: Party, second: Party, person_id: UUID | None) -> Told:
    """The same of a stored explanation. Each of two peers reads what the other brings."""
    if first.person_id == person_id and first.role is ParticipantRole.PEER:
        return Told(load(turned(stored)), Names(second.name, first.name), Reader.MENTEE)
    readers: dict[UUID | None, Reader] = {first.person_id: Reader.MENTOR, second.person_id: Reader.MENTEE}
    return Told(load(stored), Names(first.name, second.name), readers.get(person_id, Reader.MANAGER))


def told_back(match: Match) -> Told | None:
    """Of two peers, what the second brings the first, for whoever runs the programme; None of mentor and mentee."""
    back = turned(match.explanation)
    if not back:
        return None
    first, second = sides(match)
    return Told(load(back), Names(second.person.first_name, first.person.first_name), Reader.MANAGER)


def turned(stored: Json) -> Json:
    """The explanation of two peers the other way round: stored within it as "back"; {} where only one way was stored.
    """
    back = stored.get("back")
    return {**back, "back": {name: value for name, value in stored.items() if name != "back"}} if back else {}


def load(stored: Json) -> Explanation | None:
    """The explanation that `dump` stored; None for a pair that somebody made by hand, and for a circle."""
    if "fit" not in stored:
        return None
    caution = stored.get("caution")
    return Explanation(
        "", "", float(stored["fit"]), tuple(load_reason(one) for one in stored["reasons"]),
        load_reason(caution) if caution else None, tuple(load_reason(one) for one in stored["factors"]),
    )


def factors_in(stored: Json) -> dict[Category, float]:
    """The nine fits (0 to 100) of a stored explanation by their part; none of a pair that somebody made by hand."""
    return {Category(one["category"]): float(one["fit"]) for one in stored.get("factors", ())}


def counts_talent(stored: Json) -> bool:
    """Whether the employer's rating of two people counted in a stored explanation."""
    return any(one["params"].get("talent") for one in stored.get("factors", ()))


def dump_evidence(evidence: Evidence) -> Json:
    """What the log of proposals would keep of a pair, as JSON; among whom it was chosen is known only then."""
    return {name: value for name, value in asdict(evidence).items() if name != "shown"}


def evidence(stored: Json | None) -> Evidence | None:
    """The evidence that `dump_evidence` stored."""
    return Evidence(**stored) if stored else None


def dump_reason(reason: Reason) -> Json:
    """One reason as JSON."""
    params = {name: _plain(value) for name, value in reason.params.items()}
    return {
        "code": reason.code.value, "category": reason.category.value, "weight": round(reason.weight, 4),
        "fit": round(reason.fit, 2), "params": params,
    }


def load_reason(stored: Json) -> Reason:
    """The reason that `dump_reason` stored."""
    return Reason(
        ReasonCode(stored["code"]), Category(stored["category"]), stored["weight"], stored["fit"], stored["params"]
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.item() if hasattr(value, "item") else value
