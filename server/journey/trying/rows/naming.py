"""Who is meant where a cell names somebody: by id, by another number or e-mail of theirs, or by name; never guessed."""

from collections.abc import Iterable
from dataclasses import dataclass, field


def folded(words: str) -> str:
    """Words as they are compared: in any case, with any spaces."""
    return " ".join(words.casefold().split())


@dataclass(slots=True)
class Called:
    """Everybody in the files with what they are called: first their ids, then whatever else names them."""

    ids: set[str] = field(default_factory=set)
    by_id: dict[str, set[str]] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=dict)

    def add(self, who: str, names: Iterable[str]) -> None:
        """Note what somebody is called."""
        self.ids.add(who)
        self.by_id.setdefault(folded(who), set()).add(who)
        for name in names:
            self.by_name.setdefault(folded(name), set()).add(who)

    def one(self, cell: str) -> str | None:
        """The id of the only one whom a cell can mean."""
        meant = self._meant(cell)
        return next(iter(meant)) if len(meant) == 1 else None

    def are_several(self, cell: str) -> bool:
        """Whether more than one person is called so."""
        return len(self._meant(cell)) > 1

    def _meant(self, cell: str) -> set[str]:
        if cell in self.ids:
            return {cell}
        words = folded(cell)
        return self.by_id.get(words) or self.by_name.get(words) or set()
