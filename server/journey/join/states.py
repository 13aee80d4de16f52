"""The enum of joining."""

from enum import StrEnum


class Standing(StrEnum):
    """What a person can do on the page of a programme."""

    OPEN = "OPEN"
    """The form can be filled in."""
    JOINED = "JOINED"
    """It was, and they take part or wait."""
    CLOSED = "CLOSED"
    """No group takes people in now."""
    NOT_MEANT = "NOT_MEANT"
    """The programme is for others, and nobody invited them."""
    DECLINED = "DECLINED"
    """They said no, or were turned down."""
    EXPIRED = "EXPIRED"
    """The invitation ran out."""
    LEFT = "LEFT"
    """They took part in this group and no longer do."""
