"""Who reads a goal, in words: beside the sentence while it is written, and under it as long as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.goals.levels.setup import levels_of
from server.goals.states import GoalPrivacy
from server.kernel.text import gettext as _
from server.matches.company import Circle
from server.programs.rules import is_among_peers, is_of_circles

if TYPE_CHECKING:
    from server.matches.company import Company
    from server.programs.models import Program


@dataclass(frozen=True, slots=True)
class Readers:
    """What the owner of a goal chooses from (value, words, detail), and what holds."""

    options: list[tuple[str, str, str]]
    chosen: str

    @property
    def words(self) -> str:
        """What holds, in words."""
        return next(words for value, words, _detail in self.options if value == self.chosen)


def readers(
    program: Program, own: GoalPrivacy | None, partner: str, chosen: GoalPrivacy | None = None
) -> Readers:
    """Who may read a goal of a programme. `own` is what it has, None: it is new; `chosen` what somebody just said.
    `partner` as `reader_words`."""
    levels = levels_of(program.goal_privacy)
    offered = levels.beside(own)
    options = [(level.value, reader_words(level, partner), _detail(level, partner)) for level in offered]
    return Readers(options, (chosen if chosen in offered else own or levels.usual).value)


def reader_words(level: GoalPrivacy, partner: str) -> str:
    """Who reads a goal. `partner` is the name of the other one of the pair; "" where there is a circle, or nobody."""
    told = {"name": partner}
    if level is GoalPrivacy.MANAGERS:
        if partner:
            return _("You, %(name)s and who runs this programme see this.") % told
        return _("You and who runs this programme see this.")
    if level is GoalPrivacy.PAIR and partner:
        return _("Only you and %(name)s see this.") % told
    return _("Only you see this.")


def with_whom(company: Company) -> str:
    """The partner's name, "" for a circle."""
    return "" if isinstance(company, Circle) else company.first_name


def who_comes(program: Program) -> str:
    """How the partner is called while there is none."""
    if is_of_circles(program):
        return ""
    return _("your partner") if is_among_peers(program) else _("your mentor")


def _detail(level: GoalPrivacy, partner: str) -> str:
    if level is GoalPrivacy.PRIVATE:
        return _("Matching does not read it either, and no agenda names it.")
    if level is GoalPrivacy.MANAGERS:
        return _("Your line manager does not.")
    return _("It helps to find the right person.") if partner else _("It helps to find the right circle.")
