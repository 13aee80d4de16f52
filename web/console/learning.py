"""What the matching learned: asked for, and read as a report that an auditor can judge."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matchmaking.learned import actions, queries
from server.programs.states import ProgramType
from web.console import learning_words as words
from web.forms import read_form
from web.render import go_to, page
from web.toast import Toast

HERE = "/console/matches/learning"


async def show(request: Request) -> Response:
    """What stands for a type of programme, or a call to learn for the first time."""
    kind = _kind(request.query_params.get("type"))
    return _page(request, await queries.learning_page(request.state.actor, kind))


async def show_one(request: Request) -> Response:
    """One learning, which may not stand any more."""
    return _page(request, await queries.page_of_learning(request.state.actor, request.path_params["id"]))


async def start(request: Request) -> Response:
    """Ask for a learning."""
    kind = _kind((await read_form(request)).get("type"))
    await actions.start_learning(request.state.actor, kind)
    return go_to(request, address(kind), toast=Toast(_("It learns now. Look again in a minute.")))


def address(kind: ProgramType) -> str:
    """The page of what was learned for a type of programme."""
    return f"{HERE}?type={kind.value}"


def _kind(value: object) -> ProgramType:
    try:
        return ProgramType(str(value))
    except ValueError:
        raise NotFound from None


def _page(request: Request, found: queries.LearningPage) -> Response:
    shown, rows = found.shown, found.rows
    return page(
        request, "console/learning.html", kind=found.program_type.value, here=HERE, shown=shown,
        title=words.title(found.program_type), briefing=words.confidence(shown) if shown else "",
        state=words.state(rows[0]) if rows else "", may_start=found.may_start,
        stages=words.stages(shown) if shown else [], data=words.data(shown) if shown else [], limits=words.limits(),
        calibrated=bool(shown and shown.calibrated), earlier=words.earlier(HERE, rows, shown),
    )


routes = [
    Route(HERE, show, name="console-learning"),
    Route(HERE, start, methods=["POST"], name="console-learning-start"),
    Route(f"{HERE}/{{id:uuid}}", show_one, name="console-learning-one"),
]
