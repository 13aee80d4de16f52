"""Who joins by themselves: what would happen to somebody who is hired, day by day. Nothing is stored."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.hiring.queries import Imagined, imagined
from server.automation.hiring.walking import Supposed, rules_of, walk
from server.kernel.errors import Invalid
from server.people.facts import VALUE_LETTERS
from web.console import hiring_words as words
from web.forms import Errors, day, integer, text
from web.render import page

FIELDS = ("like", "manager", "hired_on", "department", "location", "seniority", "joins_after", "matched_after")
LEVEL_MOST, DAYS_MOST = 10, 30


async def show(request: Request) -> Response:
    """The story of who the address tells of; of somebody hired today without anything said."""
    actor, errors = request.state.actor, Errors()
    form = FormData(dict(request.query_params))
    told, supposed = _told(form, errors), _supposed(form, errors)
    days = list[words.Day]()
    if not errors:
        try:
            person, manager = await imagined(actor, told)
            days = words.days(await walk(actor, person, manager, supposed))
        except Invalid as refusal:
            errors.take(refusal)
    return page(
        request, "console/hiring.html", status=422 if errors else 200, errors=errors, days=days,
        typed={name: str(form.get(name, "")) for name in FIELDS} | _usual(form),
        rules=[(program.name, words.rule(entry)) for program, entry in await rules_of(actor)],
    )


def _told(form: FormData, errors: Errors) -> Imagined:
    like, manager, department, location = (
        text(form, name, VALUE_LETTERS, errors) for name in ("like", "manager", "department", "location")
    )
    level = integer(form, "seniority", errors, least=1, most=LEVEL_MOST)
    return Imagined(like, manager, day(form, "hired_on", errors), department, location, level)


def _supposed(form: FormData, errors: Errors) -> Supposed:
    given = {name: integer(form, name, errors, most=DAYS_MOST) for name in _usual(form)}
    return Supposed(**given) if form else Supposed()


def _usual(form: FormData) -> dict[str, str]:
    """What people are supposed to do unless something was typed; emptied, they never do it."""
    return {name: str(form.get(name, "" if form else "1")) for name in ("joins_after", "matched_after")}


routes = [Route("/console/hiring", show, name="console-hiring")]
