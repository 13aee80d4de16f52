"""A link that says which message it stood in, so that its reader's coming by it counts as opening that message.

Whoever is signed in as somebody else, or as nobody, counts for nothing: a mail scanner opens no message.

A place on the page is said twice: browsers keep what follows "#" to themselves, so that whoever has to sign in first
would come to the top of a long page.
"""

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

NAME, AT = "told", "at"
PLACE = re.compile(r"[a-z][a-z0-9-]*")


def from_message(link: str, message_id: UUID) -> str:
    """A path within the app, with the message that leads there."""
    path, sharp, place = link.partition("#")
    at = f"&{AT}={place}" if place else ""
    return f"{path}{'&' if '?' in path else '?'}{NAME}={message_id}{at}{sharp}{place}"


def with_its_place(path: str) -> str:
    """Such a path, as a server got it, with the place on the page that it leads to."""
    [at] = parse_qs(urlsplit(path).query).get(AT, [""])[:1]
    return f"{path}#{at}" if PLACE.fullmatch(at) and "#" not in path else path
