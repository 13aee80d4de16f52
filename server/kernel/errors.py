"""Refusals that we expect. Each face maps them once (style: house.md, "One operation, many callers").

Their messages are shown to people: plain words, already translated, no values that somebody else owns.
"""

from collections.abc import Mapping


class KernelError(Exception):
    """An expected refusal, with words for the person who asked."""

    code = "ERROR"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(KernelError):
    """Absent, or not visible to the actor: both look the same."""

    code = "NOT_FOUND"

    def __init__(self, message: str = "We could not find that.") -> None:
        super().__init__(message)


class Refused(KernelError):
    """Visible, but not the actor's to do."""

    code = "FORBIDDEN"


class Invalid(KernelError):
    """Input that cannot be taken: field name -> what to do about it. A key of "" speaks of the whole form."""

    code = "INVALID"

    def __init__(self, fields: Mapping[str, str], message: str = "") -> None:
        super().__init__(message or " ".join(fields.values()))
        self.fields = dict(fields)


class Conflict(KernelError):
    """The world moved on: the act does not fit the state of things. `kind` lets a screen offer the next step."""

    code = "CONFLICT"

    def __init__(self, message: str, *, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class TooMany(KernelError):
    """Too often or too much. The caller may come back after `retry_after_s` seconds."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(KernelError):
    """The database is away or full. Nothing was changed; trying again later is safe."""

    code = "UNAVAILABLE"
