"""Ids: UUIDv7, made here, sorted by the moment they were made (docs/decisions/0001-ids-and-stored-forms.md)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

VERSION_7, VARIANT = 7 << 76, 2 << 62

_make: Callable[[], UUID] = uuid7


def new_id() -> UUID:
    """A fresh UUIDv7. Later calls sort after earlier ones within one process."""
    return _make()


@contextmanager
def drawn_ids(seed: int) -> Iterator[None]:
    """Draw ids from a seed while the block is open: for the simulator, on a database of its own, so that whatever goes
    by the order of ids comes to the same each time."""
    global _make  # noqa: PLW0603  # one source of ids in a process, as of time
    lot, numbers = Random(seed), count(1)  # noqa: S311  # guards nothing
    before, _make = _make, lambda: UUID(int=next(numbers) << 80 | VERSION_7 | VARIANT | lot.getrandbits(62))
    try:
        yield
    finally:
        _make = before


def random_id() -> UUID:
    """A fresh UUIDv4: it tells neither when it was made nor after which."""
    return uuid4()


def parse_id(text: str) -> UUID | None:
    """The UUID written in `text`, or None when it is not one: a forged id is an absent row, not an error."""
    try:
        return UUID(text)
    except ValueError:
        return None
