"""Asking the GraphQL application as somebody, through ASGI, the way a client does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.types import Receive, Scope, Send

from graphql_schema.app import GRAPHQL_RESPONSE, graphql_app
from graphql_schema.ids import global_id
from server.kernel.actor import Actor

URL = "http://ithaca.test/graphql"


@dataclass(frozen=True)
class SignedIn:
    """The application behind a sign-in that found this actor, or nobody."""

    actor: Actor | None
    person: object = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"actor": self.actor, "person": self.person}
        await graphql_app(scope, receive, send)


def client(actor: Actor | None, person: object = None) -> httpx2.AsyncClient:
    """A client of the endpoint. What the application raises is raised in the test."""
    transport = httpx2.ASGITransport(app=SignedIn(actor, person))
    return httpx2.AsyncClient(transport=transport, base_url=URL, headers={"accept": GRAPHQL_RESPONSE})


async def send(actor: Actor | None, document: str, **variables: Any) -> httpx2.Response:
    """The answer to a document, as it came."""
    async with client(actor) as asking:
        return await asking.post("", json={"query": document, "variables": variables})


async def send_as(actor: Actor, person: object, document: str) -> httpx2.Response:
    """The answer to a document of somebody whose person sign-in knows too."""
    async with client(actor, person) as asking:
        return await asking.post("", json={"query": document})


async def ask(actor: Actor | None, document: str, **variables: Any) -> dict[str, Any]:
    """The data of a document that has to succeed."""
    answer = (await send(actor, document, **variables)).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def refusal(actor: Actor | None, document: str, **variables: Any) -> dict[str, Any]:
    """The one error of a document that has to fail."""
    answer = (await send(actor, document, **variables)).json()
    (error,) = answer["errors"]
    found: dict[str, Any] = error
    return found


def gid(row: Any) -> str:
    """The global id of a row."""
    return global_id(type(row).__name__, row.pk)
