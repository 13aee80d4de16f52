"""What a reader of reasons must not learn: that somebody named them, and how reliable anybody is."""

from collections.abc import Iterable

from server.matchmaking.engine.explain import Reason, ReasonCode
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Reader

KEPT_FROM = {ReasonCode.NAMED_BY_MENTEE: Reader.MENTOR, ReasonCode.NAMED_BY_MENTOR: Reader.MENTEE}
"""Whom a wish is about never reads of it. Where both named each other, each reads of their own alone."""


def told_to(reasons: Iterable[Reason], reader: Reader) -> list[Reason]:
    """What one reader may know: a wish stays with who made it, and with who runs the programme."""
    return [one for one in reasons if KEPT_FROM.get(one.code) is not reader and not _is_delicate(one, reader)]


def _is_delicate(reason: Reason, reader: Reader) -> bool:
    """Of reliability the two read only what speaks for it. Where nothing stands, it may just not be known."""
    is_of_people = reason.category is Category.BEHAVIOUR and reader is not Reader.MANAGER
    return is_of_people and reason.code is not ReasonCode.ANSWERS
