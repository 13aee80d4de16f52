"""How many of those who were invited will say yes, by how others answered here: a range, never a promise. Pure."""

from dataclasses import dataclass
from math import ceil, floor

from server.matchmaking.engine.differences import wilson


@dataclass(frozen=True)
class Likely:
    """At least, as it looks, and at most so many; `low` and `high` hold in 95 of 100 such cases."""

    low: int = 0
    middle: int = 0
    high: int = 0

    def times(self, each: float) -> "Likely":
        """The same where each brings so many."""
        return Likely(floor(self.low * each), round(self.middle * each), ceil(self.high * each))

    def plus(self, sure: int) -> "Likely":
        """The same and so many for sure."""
        return Likely(self.low + sure, self.middle + sure, self.high + sure)


@dataclass(frozen=True)
class Asked:
    """How invited people answered in a programme: `yes` of `answered`."""

    yes: int
    answered: int

    def expected(self, asked: int) -> int:
        """How many of so many would say yes, rounded down; 0 while nobody ever answered."""
        return floor(asked * self.yes / self.answered) if self.answered else 0

    def likely(self, asked: int) -> Likely:
        """The same with how sure it is: while nobody ever answered, anything from nobody to everybody."""
        if not self.answered:
            return Likely(0, 0, asked)
        low, high = wilson(self.yes / self.answered, self.answered)
        return Likely(floor(asked * low), self.expected(asked), ceil(asked * high))


@dataclass(frozen=True)
class Coming:
    """Who may still come to a group: `invited` have not answered, `hoping` asked to be told when the programme takes
    people in, `told` were told lately that it does and have not come, `let_in` said yes and wait for approval or a
    seat. Of these, mentees and places of mentors (of peers and circles people alone) that are likely to come, by the
    `answers` of those who were asked to learn before; `known` is whether there are any, or nobody whose answer is
    open."""

    invited: int = 0
    people: Likely = Likely()
    places: Likely = Likely()
    hoping: int = 0
    told: int = 0
    let_in: int = 0
    answers: Asked = Asked(0, 0)
    known: bool = True

    def around(self, balance: int) -> tuple[int, int]:
        """The least and the most places to spare (below 0: missing) once everybody has answered, from what is now."""
        return balance + self.places.low - self.people.high, balance + self.places.high - self.people.low
