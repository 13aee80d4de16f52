"""The GraphQL endpoint as an ASGI application: who asks, what they sent, which media type they get back.

Sign-in and the Origin check are the web face's middleware: it puts an Actor on `request.state.actor`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, cast

import orjson
from cross_web import HTTPException
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.parse_content_type import parse_content_type
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL
from strawberry.types import ExecutionResult

from graphql_schema.context import Context
from graphql_schema.errors import OutOfTime, SignInNeeded, presented, refused, request_error
from graphql_schema.limits import BODY_BYTES, BodyTooLarge, limited
from graphql_schema.schema import schema
from server.kernel.text import gettext as _
from server.kernel.text import use_language

GRAPHQL_RESPONSE = "application/graphql-response+json"
PLAIN_JSON = "application/json"
EVENTS = "text/event-stream"
METHODS = ("GET", "POST")


class GraphQLApp(GraphQL[Context, None]):
    """Strawberry's endpoint with our media types, errors and limits. Mutations by POST alone, queries by GET too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, limited(receive))
        try:
            response = await self._answer(request)
        except BodyTooLarge:
            text = _("Send at most %(most)s bytes.") % {"most": BODY_BYTES}
            response = _response(request_error(text, "TOO_LARGE"), 413, media_type(request.headers))
        except HTTPException as error:
            response = _response(request_error(error.reason), _status(request, error), media_type(request.headers))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in METHODS:
            raise HTTPException(405, _("Ask by GET or POST."))
        if actor_of(request) is None:
            return _response(refused(SignInNeeded()), 401, media_type(request.headers))
        if request.method == "POST" and parse_content_type(request.headers.get("content-type", ""))[0] != PLAIN_JSON:
            raise HTTPException(415, _("Send application/json."))
        with use_language(language_of(request)):
            return await self.run(request)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket  # noqa: ARG002  # theirs
    ) -> Context:
        """One context for each request."""
        return Context(actor_of(request), hears_events=EVENTS in request.headers.get("accept", ""))

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Resolvers set no headers; what is negotiated with the client waits here for `create_response`."""
        return Response(media_type=media_type(request.headers))

    async def process_result(
        self, request: Request, result: ExecutionResult  # noqa: ARG002  # theirs
    ) -> GraphQLHTTPResponse:
        """The answer's body, with its cost. A request that never ran has no `data` at all."""
        errors = [presented(error) for error in result.errors or ()]
        never_ran = result.data is None and all(error.path is None for error in result.errors or ())
        shown: dict[str, Any] = {"errors": errors} if errors else {}
        data = {} if never_ran and errors else {"data": result.data}
        return cast(GraphQLHTTPResponse, {**shown, **data, "extensions": result.extensions or {}})

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """The answer in the negotiated media type, with the status that type asks for."""
        chosen = sub_response.media_type or PLAIN_JSON
        failed = chosen == GRAPHQL_RESPONSE and "data" not in response_data
        body = cast(Mapping[str, Any], response_data)
        return _response(body, _status_of_failure(body) if failed else 200, chosen)

    async def create_streaming_response(
        self, request: Request | WebSocket, stream: Callable[[], AsyncIterator[str]],  # noqa: ARG002  # theirs
        sub_response: Response, headers: Mapping[str, str],  # noqa: ARG002  # theirs
    ) -> Response:
        """What a subscription tells, as server-sent events: the waiting answer's own headers are for one answer."""
        return StreamingResponse(stream(), headers={**headers, "vary": "accept"})

    def decode_json(self, data: str | bytes) -> object:
        """Strict JSON: no NaN, no lone surrogates, no endless nesting, and always an object.

        Raises:
            HTTPException: it is something else.
        """
        try:
            found = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise HTTPException(400, _("Send a JSON object in UTF-8.")) from error
        if not isinstance(found, dict) or not isinstance(found.get("operationName"), str | None):
            raise HTTPException(400, _("Send one operation as a JSON object."))
        return found

    def encode_json(self, data: object) -> bytes:
        """The body as bytes."""
        return orjson.dumps(data)


def actor_of(request: Request | WebSocket) -> Any:
    """Whom sign-in found, or None."""
    return getattr(request.state, "actor", None)


def language_of(request: Request) -> str:
    """The language of the person whom sign-in found; empty for the product's own."""
    return str(getattr(getattr(request.state, "person", None), "language", ""))


def media_type(headers: Mapping[str, str] | Headers) -> str:
    """The newer media type if the client prefers it by name, plain JSON otherwise."""
    wishes = dict(_wish(one) for one in headers.get("accept", "").split(","))
    newer, plain = wishes.get(GRAPHQL_RESPONSE, 0.0), wishes.get(PLAIN_JSON, 0.0)
    return GRAPHQL_RESPONSE if newer > 0 and newer >= plain else PLAIN_JSON


def _wish(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return name, float(quality)
    except ValueError:
        return name, 0.0


def _status(request: Request, error: HTTPException) -> int:
    """The status of what Strawberry refused; a mutation by GET is a matter of the method."""
    wrong_method = request.method == "GET" and isinstance(error.__cause__, InvalidOperationTypeError)
    return 405 if wrong_method else error.status_code


def _status_of_failure(body: Mapping[str, Any]) -> int:
    """400 for a request that cannot run, 503 for one that was cut off."""
    return 503 if any(error["extensions"]["code"] == OutOfTime.code for error in body["errors"]) else 400


def _response(body: Mapping[str, Any], status: int, chosen: str) -> Response:
    headers = {"cache-control": "no-store", "vary": "accept"}
    if status == 405:
        headers["allow"] = ", ".join(METHODS)
    return Response(orjson.dumps(body), status, headers, media_type=f"{chosen}; charset=utf-8")


graphql_app = GraphQLApp(
    schema,
    graphql_ide=None,
    allow_queries_via_get=True,
    multipart_uploads_enabled=False,
    subscription_protocols=(GRAPHQL_SSE_PROTOCOL,),
)
