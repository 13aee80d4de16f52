"""Programmes beside each other: the measures of the first page, by what one chooses."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.comparing.queries import By, Comparison, Row, compared, shown
from server.journey.console.measures import Figure, MeasureKey
from server.kernel.text import gettext as _
from server.programs.states import ProgramType
from web.console.today_words import name
from web.console.weighing_words import starts
from web.render import page

HERE = "/console/compare"


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to compare, as a tab."""

    href: str
    text: str
    current: bool


async def show(request: Request) -> Response:
    """The measures by programme, or by what the address says."""
    asked = request.query_params.get("by", "")
    by = By(asked) if asked in list(By) else By.PROGRAM
    found = await compared(request.state.actor, by)
    ways = [Choice(f"{HERE}?by={one.value}", words, one is by) for one, words in _ways()]
    return page(
        request, "console/compare.html", ways=ways, what=dict(_ways())[by], heads=[name(key) for key in MeasureKey],
        rows=[_row(found, row) for row in found.rows], more=found.more,
    )


def _row(found: Comparison, row: Row) -> list[str]:
    return [_name(found.by, row), str(row.matches), *(_value(row.figures[key]) for key in MeasureKey)]


def _name(by: By, row: Row) -> str:
    if by is By.TYPE:
        return dict(starts())[ProgramType(str(row.name)).value]
    if by is By.LEVEL:
        return _("Level %(level)s") % {"level": row.name}
    return _("%(group)s, %(program)s") % {"group": row.name, "program": row.program} if row.program else str(row.name)


def _value(figure: Figure) -> str:
    if not shown(figure) or figure.percent is None:
        return _("too few")
    return _("%(percent)s%% of %(whole)s") % {"percent": round(figure.percent), "whole": figure.whole}


def _ways() -> list[tuple[By, str]]:
    return [
        (By.PROGRAM, _("Programme")), (By.TYPE, _("Type")), (By.GROUP, _("Group")),
        (By.DEPARTMENT, _("Department")), (By.LOCATION, _("Place")), (By.LEVEL, _("Level")),
    ]


routes = [Route(HERE, show, name="console-compare")]
