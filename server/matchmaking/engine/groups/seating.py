"""Circles as they stand while they are formed: who sits where, and what each circle would be without one of them."""

from dataclasses import dataclass, field

import numpy as np

from server.matchmaking.engine.groups.both_ways import Floats, Rows
from server.matchmaking.engine.groups.room import Common, Room
from server.programs.states import CIRCLE_LEAST, CIRCLE_MOST

LEAST, MOST = CIRCLE_LEAST, CIRCLE_MOST
NOWHERE = -1


@dataclass(slots=True)
class Seating:
    """Circles of rows. For each person `mates` are the others of their circle, filled up with the empty seat; `rest`
    is what these have in common, and `best` how well each of them is helped, and near in goals, without that person.
    """

    room: Room
    circles: list[list[int]] = field(default_factory=list)
    where: Rows = field(init=False)
    mates: Rows = field(init=False)
    best: Floats = field(init=False)
    rest: Common = field(init=False)
    values: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = self.room.size + 1
        self.where = np.full(size, NOWHERE, np.intp)
        self.mates = np.full((size, MOST - 1), self.room.size, np.intp)
        self.best = np.zeros((2, size, MOST - 1))
        self.rest = Common(*(np.empty_like(mask) for mask in self.room.common.masks))

    def found(self, members: list[int]) -> None:
        """Open a circle; whoever of its members sat elsewhere leaves that place."""
        for person in members:
            if self.where[person] != NOWHERE:
                self.leave(person)
        self.circles.append([])
        self.values.append(0.0)
        self._set(len(self.circles) - 1, members)

    def join(self, person: int, circle: int) -> None:
        """Give somebody a seat."""
        self._set(circle, [*self.circles[circle], person])

    def leave(self, person: int) -> None:
        """Take somebody's seat away."""
        circle = int(self.where[person])
        self.where[person] = NOWHERE
        self._set(circle, [other for other in self.circles[circle] if other != person])

    def replace(self, leaving: int, coming: int) -> int:
        """Give one person's seat to another; returns the circle."""
        circle = int(self.where[leaving])
        self.where[leaving] = NOWHERE
        self._set(circle, [coming if other == leaving else other for other in self.circles[circle]])
        return circle

    def swap(self, one: int, other: int) -> None:
        """Exchange the seats of two people of different circles."""
        home, away = int(self.where[one]), int(self.where[other])
        self._set(home, [other if member == one else member for member in self.circles[home]])
        self._set(away, [one if member == other else member for member in self.circles[away]])

    def open_circles(self) -> list[int]:
        """Circles with a seat to spare."""
        return [at for at, members in enumerate(self.circles) if 0 < len(members) < MOST]

    def _set(self, circle: int, members: list[int]) -> None:
        self.circles[circle] = members
        if not members:
            self.values[circle] = 0.0
            return
        rows = np.array(members)
        self.where[rows] = circle
        others = np.array([[other for other in members if other != one] for one in members], np.intp)
        count = len(members) - 1
        self.mates[rows] = self.room.size
        self.mates[rows, :count] = others
        self.best[:, rows] = 0
        for table, best in zip((self.room.help, self.room.kin), self.best, strict=True):
            best[rows[:, None], np.arange(count)] = table[others[:, :, None], others[:, None, :]].max(axis=2, initial=0)
        for kept, mask in zip(self.rest.masks, self.room.common.masks, strict=True):
            kept[rows] = np.bitwise_and.reduce(mask[self.mates[rows]], axis=1)
        self.values[circle] = self.room.value(members)
