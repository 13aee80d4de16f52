"""Naming wishes, keeping somebody in mind, setting somebody aside; and drawing up the lists to choose from."""

from server.matchmaking.wishes.actions.listing import make_shortlists, want_shortlists
from server.matchmaking.wishes.actions.saying import WISHES, keep_in_mind, name_wishes, part, set_aside, take_back

__all__ = [
    "WISHES",
    "keep_in_mind",
    "make_shortlists",
    "name_wishes",
    "part",
    "set_aside",
    "take_back",
    "want_shortlists",
]
