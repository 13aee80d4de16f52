"""Typed text on its way in: cleaned and bounded, with every problem of a form told at once.

    problems: dict[str, str] = {}
    title = typed(problems, "title", given, at_most=200, needed=_("Give this step a name."))
    check(problems)
"""

from urllib.parse import urlsplit

from server.kernel.errors import Invalid
from server.kernel.text import clean, ngettext
from server.kernel.text import gettext as _

NEVER_IN_LINKS = frozenset(' "<>\\^`{|}')
"""What no address holds: where one stands, something else was pasted."""


def typed(problems: dict[str, str], field: str, given: str, *, at_most: int, needed: str = "") -> str:
    """`given`, cleaned; a problem of `field` is put into `problems`.

    Args:
        problems: field name -> what to do about it, added to.
        field: the name of the field as the faces know it.
        given: what somebody typed.
        at_most: how many characters the field holds.
        needed: what to do when it is empty; without it, empty is fine.
    """
    text = clean(given)
    if not text and needed:
        problems[field] = needed
    if len(text) > at_most:
        over = len(text) - at_most
        problems[field] = ngettext(
            "Shorten this by %(count)d character.", "Shorten this by %(count)d characters.", over
        ) % {"count": over}
    return text


def web_link(problems: dict[str, str], field: str, given: str, *, at_most: int) -> str:
    """A typed link to a web page, "" for none. Only https: it is opened with a tap, and nobody reads it before."""
    link = typed(problems, field, given, at_most=at_most)
    if link and not _is_https(link):
        problems.setdefault(field, _("Write the whole link. It begins with https://"))
    return link


def _is_https(link: str) -> bool:
    try:
        parts = urlsplit(link)
        at_a_host = bool(parts.hostname) and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme == "https" and at_a_host and not set(link) & NEVER_IN_LINKS and link.isprintable()


def check(problems: dict[str, str]) -> None:
    """Go on only if there is no problem.

    Raises:
        Invalid: with all of them.
    """
    if problems:
        raise Invalid(problems)
