"""The composition root: puts the faces together and opens what they stand on. The only module that knows them all."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from graphql_schema.app import graphql_app
from graphql_schema.schema import schema
from pwa.app import routes as app_routes
from pwa.worker import Shell
from server.kernel.db import database
from server.kernel.jobs.durable import running
from server.kernel.log import set_up
from server.kernel.settings import Settings, settings
from server.kernel.shift import keep_shift
from server.notifications import sink
from web import health, offline
from web.app import middleware, routes
from web.errors import EXCEPTION_HANDLERS
from web.explorer import Explorer
from web.security import ALWAYS

PROMISED_HEADERS = ALWAYS
"""What stands on every answer, for what is refused before the product hears of it."""


def create_app(given: Settings | None = None) -> Starlette:
    """The whole product as one ASGI application, which opens what it needs while its lifespan runs.

    Servers that load an application by name use it as a factory: `uvicorn --factory server.asgi:create_app`.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
        async with opened(given or settings()):
            yield

    return Starlette(
        routes=all_routes(),
        middleware=middleware,
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )


def all_routes() -> list[BaseRoute]:
    """Every address that this installation answers."""
    shell = Shell(offline.ADDRESS, offline.kept_files(), offline.edition())
    explorer = Route("/graphql", Explorer(graphql_app, schema.as_str), name="graphql")
    return [*health.routes, *app_routes(shell), *routes, explorer]


@asynccontextmanager
async def opened(
    given: Settings, *, jobs: bool = True, displaced: Callable[[], None] = lambda: None
) -> AsyncGenerator[None, None]:
    """What the product stands on, while the block is open: logs, the database, a demonstration's mail sink, the jobs.

    Without `jobs`, other processes run them. `displaced` is called when another took this one for dead.

    Raises:
        PlaceTaken: another live process runs jobs under the same name.
    """
    set_up(given.log_level)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database(given.database))
        await keep_shift()
        if jobs:
            await stack.enter_async_context(sink.running(given))
            await stack.enter_async_context(running(given, displaced=displaced))
        yield
