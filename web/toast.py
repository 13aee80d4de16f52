"""The word after an act, with its Undo. Between two pages it travels in a short-lived cookie."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, field

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "ithaca_toast"
LIVES_S = 60
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Toast:
    """What was done. `undo` is the address that takes a POST to undo it; `fields` go along as hidden fields."""

    text: str
    undo: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def put_toast(response: Response, toast: Toast | None, *, secure: bool) -> None:
    """Leave `toast` for the next page, or take away the one that was just shown."""
    value = urlsafe_b64encode(json.dumps(asdict(toast)).encode()).decode() if toast else ""
    response.set_cookie(
        COOKIE, value, max_age=LIVES_S if toast else 0, path="/", secure=secure, httponly=True, samesite="lax"
    )


def take_toast(request: Request) -> Toast | None:
    """The toast that the last answer left, or None. Anything that does not look like ours is dropped."""
    value = request.cookies.get(COOKIE, "")
    if not value:
        return None
    try:
        told = json.loads(urlsafe_b64decode(value.encode()))
        fields = {str(name): str(field) for name, field in told["fields"].items()}
        toast = Toast(str(told["text"])[:LONGEST], str(told["undo"]), fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    ours = not toast.undo or (toast.undo.startswith("/") and not toast.undo.startswith(("//", "/\\")))
    return toast if ours else None
