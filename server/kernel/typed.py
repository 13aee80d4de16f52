"""Typed text on its way in: cleaned and bounded, with every problem of a form told at once.

    problems: dict[str, str] = {}
    title = typed(problems, "title", given, at_most=200, needed=_("Give this step a name."))
    check(problems)
"""

from server.kernel.errors import Invalid
from server.kernel.text import clean, ngettext


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


def check(problems: dict[str, str]) -> None:
    """Go on only if there is no problem.

    Raises:
        Invalid: with all of them.
    """
    if problems:
        raise Invalid(problems)
