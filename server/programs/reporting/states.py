"""The enums of a programme's reports."""

from enum import StrEnum


class Weekday(StrEnum):
    """A working day, in the order of the week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"

    @property
    def number(self) -> int:
        """Its place in the week, as `date.weekday` counts."""
        return list(Weekday).index(self)
