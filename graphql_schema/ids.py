"""Relay global ids: base64 of "Match:uuid". What is not one of ours names nothing, like a row that is not there."""

from __future__ import annotations

import base64
from binascii import Error
from uuid import UUID

import strawberry

from server.kernel.errors import NotFound
from server.kernel.ids import parse_id


@strawberry.interface(description="Something with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="The global id.")


def global_id(kind: str, key: UUID) -> strawberry.ID:
    """The global id of a row."""
    return strawberry.ID(base64.b64encode(f"{kind}:{key}".encode()).decode())


def split_id(given: str) -> tuple[str, UUID] | None:
    """Kind and key of a global id, or None for anything else."""
    try:
        kind, _, text = base64.b64decode(given, validate=True).decode().partition(":")
    except (Error, ValueError):
        return None
    key = parse_id(text)
    return None if key is None else (kind, key)


def key_of(kind: str, given: str) -> UUID:
    """The key in a global id of one kind.

    Raises:
        NotFound: it is none, or of another kind.
    """
    found = split_id(given)
    if found is None or found[0] != kind:
        raise NotFound
    return found[1]


def keys_of(kind: str, given: list[strawberry.ID]) -> list[UUID]:
    """The keys of several global ids of one kind.

    Raises:
        NotFound: one of them is none, or of another kind.
    """
    return [key_of(kind, one) for one in given]
