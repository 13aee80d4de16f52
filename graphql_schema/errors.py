"""What a refusal looks like through GraphQL, in one place (docs/decisions/0005-graphql-shape.md).

Refusals of the domain keep their words and get a code; everything unexpected is masked, and logged without values.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from traceback import extract_tb
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from server.kernel.errors import Conflict, Invalid, KernelError, NotFound, Refused, TooMany, Unavailable
from server.kernel.text import gettext as _

INTERNAL = "INTERNAL"
BAD_REQUEST = "BAD_REQUEST"
TOO_BIG = "TOO_BIG"

CLIENT_MISTAKES = (GraphQLError, ValueError, TypeError)
"""What graphql-core finds wrong with a request before any resolver has run."""

logger = logging.getLogger("ithaca.graphql")


class SignInNeeded(KernelError):
    """Nobody is signed in. Sign-in itself is not in GraphQL."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__(_("Sign in first."))


class OutOfTime(KernelError):
    """The operation took longer than it may, and was cut off."""

    code = "TIMEOUT"

    def __init__(self, *, changes: bool) -> None:
        again = _("This took too long and was cut off. Look what there is, or send it again with the same key.")
        super().__init__(again if changes else _("This took too long and was cut off. Ask for less at a time."))


class TooBig(GraphQLError):
    """A document over a limit: `limit` names which, in words that stay."""

    def __init__(self, message: str, *, limit: str, most: int, asked: int | None = None) -> None:
        counted = {} if asked is None else {"asked": asked}
        super().__init__(message, extensions={"code": TOO_BIG, "limit": limit, "most": most, **counted})


@strawberry.enum(description="What kind of refusal it is: docs/api.md says how to go on.")
class UserErrorCode(StrEnum):
    NOT_FOUND = NotFound.code
    FORBIDDEN = Refused.code
    INVALID = Invalid.code
    CONFLICT = Conflict.code
    RATE_LIMITED = TooMany.code
    UNAVAILABLE = Unavailable.code


@strawberry.type(description="Why a mutation did nothing: an expected refusal, in words for the person who asked.")
class UserError:
    code: UserErrorCode
    message: str = strawberry.field(description="What to tell the person.")
    field: str | None = strawberry.field(default=None, description="The input field it speaks of, if it is one.")
    kind: str | None = strawberry.field(default=None, description="Which conflict it is, where there are several.")
    retry_after: int | None = strawberry.field(default=None, description="Seconds to wait before trying again.")


def user_errors(refusal: KernelError) -> list[UserError]:
    """A refusal as data: one entry for each field of an invalid input, else one in all."""
    if isinstance(refusal, Invalid):
        return [
            UserError(code=UserErrorCode(refusal.code), message=text, field=to_camel_case(name) or None)
            for name, text in refusal.fields.items()
        ]
    details = extensions_of(refusal)
    return [
        UserError(
            code=UserErrorCode(refusal.code), message=refusal.message, kind=details.get("kind"),
            retry_after=details.get("retryAfter"),
        )
    ]


def extensions_of(refusal: KernelError) -> dict[str, Any]:
    """The `extensions` of a refusal: its code, and what helps to go on."""
    found: dict[str, Any] = {"code": refusal.code}
    if isinstance(refusal, Invalid):
        found["fields"] = {to_camel_case(name): text for name, text in refusal.fields.items()}
    elif isinstance(refusal, Conflict) and refusal.kind:
        found["kind"] = refusal.kind
    elif isinstance(refusal, TooMany):
        found["retryAfter"] = refusal.retry_after_s
    return found


def presented(error: GraphQLError) -> dict[str, Any]:
    """One entry of the answer's `errors`, fit to leave the house."""
    cause, never_ran = error.original_error, error.path is None
    if isinstance(cause, KernelError):
        return {**_located(error), "message": cause.message, "extensions": extensions_of(cause)}
    if isinstance(error, TooBig):
        return {"message": error.message, "extensions": dict(error.extensions or {})}
    if never_ran and isinstance(cause, RecursionError):
        return _plain(_("This document is nested too deeply."), BAD_REQUEST)
    if never_ran and (cause is None or isinstance(cause, CLIENT_MISTAKES)):
        return {**_located(error), "message": error.message, "extensions": {"code": BAD_REQUEST}}
    return {**_located(error), "message": _("Something went wrong on our side."), "extensions": {"code": INTERNAL}}


def request_error(message: str, code: str = BAD_REQUEST) -> dict[str, Any]:
    """An answer to a request that never reached the schema."""
    return {"errors": [_plain(message, code)]}


def refused(refusal: KernelError) -> dict[str, Any]:
    """The same for a refusal of ours."""
    return {"errors": [{"message": refusal.message, "extensions": extensions_of(refusal)}]}


def log_surprises(errors: list[GraphQLError]) -> None:
    """Log what was masked: where it happened and what kind it was, never its text, which may hold people's words."""
    for error in errors:
        if presented(error)["extensions"]["code"] == INTERNAL:
            cause = error.original_error or error
            frames = extract_tb(cause.__traceback__)[-6:]
            where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
            logger.error("%s at %s: %s", type(cause).__name__, error.path, where)


def _located(error: GraphQLError) -> dict[str, Any]:
    return {name: value for name, value in error.formatted.items() if name in ("locations", "path")}


def _plain(message: str, code: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
