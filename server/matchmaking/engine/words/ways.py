"""The ways of working as what somebody likes."""

from collections.abc import Callable, Iterable, Mapping

from server.kernel.text import gettext as _
from server.people.states import Style

WAYS: Mapping[Style, Callable[[], str]] = {
    Style.OFTEN: lambda: _("short and frequent talks"),
    Style.SELDOM: lambda: _("long talks now and then"),
    Style.PLANNED: lambda: _("a plan for each talk"),
    Style.OPEN: lambda: _("talks that take their own way"),
    Style.DIRECT: lambda: _("direct feedback"),
    Style.GENTLE: lambda: _("gentle feedback"),
    Style.WRITING: lambda: _("writing between talks"),
    Style.TALKING: lambda: _("calling rather than writing"),
    Style.TRYING: lambda: _("trying things out first"),
    Style.THINKING: lambda: _("thinking things through first"),
}


def way_words(chosen: Iterable[str]) -> list[str]:
    """Each way in words, from its stored name."""
    return [WAYS[Style(way)]() for way in chosen]
