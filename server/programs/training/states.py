"""The enums of training."""

from enum import StrEnum


class Audience(StrEnum):
    """For whom a step is."""

    EVERYBODY = "EVERYBODY"
    LEARNERS = "LEARNERS"
    LEADERS = "LEADERS"
