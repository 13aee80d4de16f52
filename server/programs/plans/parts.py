"""A part of the document that one column of the programme holds whole. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from server.programs.plans.content import canonical
from server.programs.plans.fields import Kind, Setting


class Part(NamedTuple):
    """One part: its name, which is its column's and its setting's as well, and how it is read."""

    name: str
    kind: Kind
    empty: Mapping[str, Any] | Sequence[Any]

    @property
    def setting(self) -> Setting:
        """The same as a setting of the document."""
        return Setting(self.kind, self.told(self.empty))

    def told(self, stored: Any) -> Any:
        """What is stored, every setting there."""
        return self.kind({}, self.name, _plain(stored))

    def changed(self, was: Any, now: Any) -> list[str]:
        """What of it differs: the names of its settings, or of a list the keys of what stands in it."""
        before, after = _named(self.told(was)), _named(self.told(now))
        return sorted(
            name for name in {**before, **after}
            if canonical({"": before.get(name)}) != canonical({"": after.get(name)})
        )


def _plain(stored: Any) -> Any:
    return dict(stored) if isinstance(stored, Mapping) else list(stored)


def _named(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    return {one["key"]: {**one, "place": place} for place, one in enumerate(value)}
