"""GraphiQL, for demos and for whoever switches it on. Its scripts come from the network, checked by their digests."""

import re
from base64 import b64encode
from hashlib import sha256

from starlette.responses import HTMLResponse
from strawberry.http.ides import get_graphql_ide_html

from server.kernel.settings import settings

PAGE = get_graphql_ide_html("graphiql")


def has_explorer() -> bool:
    """Whether this installation shows it."""
    return settings().demo or settings().graphiql


def explorer() -> HTMLResponse:
    """The page, with a policy that lets run what is in it and nothing else."""
    return HTMLResponse(PAGE, headers={"content-security-policy": POLICY, "cache-control": "no-store"})


def _policy(page: str) -> str:
    origins = " ".join(sorted(set(re.findall(r"https://[^/\"]+", page))))
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = " ".join(f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in scripts)
    return (
        f"default-src 'self'; script-src {digests} {origins}; style-src 'unsafe-inline' {origins}; "
        f"img-src 'self' data:; font-src data: {origins}; worker-src blob:; base-uri 'none'; frame-ancestors 'none'"
    )


POLICY = _policy(PAGE)
