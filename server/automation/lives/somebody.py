"""One made-up person: how likely they do what, and when they are at work. Pure: one seed, one life.

What somebody does is drawn by lot from the seed, the person and the occasion alone, so that another order of events,
or another message, changes nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from server.programs.states import ParticipantRole

OPENS, CLOSES = time(9), time(17)
MIDDLE = 0.5


@dataclass(frozen=True)
class Somebody:
    """Who they are in the employer's records, and how they are.

    `role`: None for who runs the programme and takes no part; `keen`: how likely they are to do what they are asked
    for, from 0 to 1; `usual`: they do what most do, so that others can count on it.
    """

    seed: int
    number: int
    role: ParticipantRole | None
    key: str
    email: str
    given: str
    family: str
    zone: str
    language: str
    keen: float
    usual: bool = False

    def lot(self, *occasion: object) -> float:
        """A number from 0 to 1, always the same for an occasion."""
        return MIDDLE if self.usual else Random(f"{self.seed}:{self.number}:{occasion}").random()  # noqa: S311  # guards nothing

    def does(self, chance: float, *occasion: object) -> bool:
        """Whether they do something that so many of those who are as keen as can be would do."""
        return self.lot(*occasion) < chance * self.keen

    def at_work(self, moment: datetime) -> datetime:
        """This moment if they work then, else when they next do."""
        there = moment.astimezone(ZoneInfo(self.zone))
        if there.weekday() < 5 and OPENS <= there.time() < CLOSES:
            return moment
        day = there.date() + timedelta(days=there.time() >= OPENS)
        while day.weekday() > 4:
            day += timedelta(days=1)
        late = timedelta(minutes=5 * (self.number % 60))
        return datetime.combine(day, OPENS, ZoneInfo(self.zone)).astimezone(moment.tzinfo) + late
