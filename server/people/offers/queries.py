"""What somebody said "not now" to."""

from server.people.models import Profile
from server.people.states import Offer

REFUSED_AT = {Offer.PUSH: "push_refused_at", Offer.INSTALL: "install_refused_at"}
"""The field of a profile that keeps when."""


def refused_offers(profile: Profile | None) -> frozenset[Offer]:
    """What is not offered to this person again: nothing as long as they have no profile."""
    return frozenset(offer for offer, field in REFUSED_AT.items() if getattr(profile, field, None) is not None)
