"""The enums of the access room."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the organisation, beyond taking part (glossary section 1)."""

    GLOBAL_ADMIN = "GLOBAL_ADMIN"
    PROGRAM_MANAGER = "PROGRAM_MANAGER"
