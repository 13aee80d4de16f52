"""A session of aiohttp that goes where it is told and nowhere else."""

import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from server.kernel.outbound.hosts import is_public

WITHIN_S = 10.0
"""For all of it: name, connection, answer (reliability.md, section 3)."""


class NotPublic(OSError):
    """An address leads to a machine that is not of the public internet."""


class PublicOnly(AbstractResolver):
    """Resolves a name once and refuses it unless every answer is public; the connection goes to these answers.

    So nothing is resolved a second time, and a name that changes between two looks gains nothing.
    """

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name.

        Raises:
            NotPublic: one of them is not public.
        """
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(one["host"]) for one in found):
            raise NotPublic(host)
        return found

    async def close(self) -> None:
        """Close the resolver that was asked."""
        await self._inner.close()


class Unread(aiohttp.ClientResponse):
    """An answer whose status and headers say all: nobody makes us read on and on."""

    async def text(self, encoding: str | None = None, errors: str = "strict") -> str:  # noqa: ARG002  # upstream's
        """Nothing; the connection is closed."""
        self.close()
        return ""


class Errand:
    """Posts, follows no redirect, and takes nobody's word for how long to wait."""

    def __init__(self, session: aiohttp.ClientSession, besides: str) -> None:
        self._session = session
        self._besides = besides

    async def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str],
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # the library that calls it passes one
    ) -> aiohttp.ClientResponse:
        """Post `data`; `timeout` is there for whoever passes one, and is not heard.

        Raises:
            NotPublic: the address is of another kind.
            aiohttp.ClientError, TimeoutError: nobody answered as they should.
        """
        origin = str(URL(url).origin())
        if origin != self._besides and _is_a_number(URL(url).host or "") and not is_public(URL(url).host or ""):
            raise NotPublic(origin)
        return await self._session.post(url, data=data, headers=headers, allow_redirects=False)


@asynccontextmanager
async def errand(*, besides: str = "", resolver: AbstractResolver | None = None) -> AsyncGenerator[Errand, None]:
    """A session for one errand, through no proxy. `besides`: the one origin that need not be public, for trying out."""
    connector = aiohttp.TCPConnector(resolver=PublicOnly(resolver), use_dns_cache=False)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(total=WITHIN_S), response_class=Unread, trust_env=False,
    ) as session:
        yield Errand(session, besides)


def _is_a_number(host: str) -> bool:
    """The resolver is not asked about numbers."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
