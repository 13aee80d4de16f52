"""A push service on the loopback that does what a browser does: it opens what it is sent, with the browser's keys."""

import base64
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from server.notifications.channels.push import Address, packed, point_of
from tests.conftest import environment


class PushService:
    """What arrived, opened; `answers` are the statuses that it gives next, 201 when there are none left."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.extra: dict[str, str] = {}
        self.asked = 0
        self.origin = ""
        self._key, self._auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)

    def address(self, name: str = "one") -> Address:
        """Where a browser says it is reached."""
        return Address(f"{self.origin}/wake/{name}", point_of(self._key), packed(self._auth))

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        status = self.answers.pop(0) if self.answers else 201
        if status != 201:
            return web.Response(status=status, headers={"Location": f"{self.origin}/elsewhere", **self.extra})
        plain = http_ece.decrypt(await request.read(), private_key=self._key, auth_secret=self._auth)
        self.heard.append(json.loads(plain)["notification"])
        self.headers.append(dict(request.headers))
        return web.Response(status=201)

    def is_signed_by(self, point: str) -> bool:
        """Whether the last one was signed by this key, for this very service (RFC 8292)."""
        header = self.headers[-1]["Authorization"]
        claims = json.loads(base64.urlsafe_b64decode(header.split(".")[1] + "=="))
        return bool(Vapid02.verify(header)) and claims["aud"] == self.origin and header.endswith(f"k={point}")


@asynccontextmanager
async def push_service(service: PushService | None = None) -> AsyncGenerator[PushService, None]:
    """A running one, and the setting that lets the installation write to it."""
    service, app = service or PushService(), web.Application()
    app.router.add_post("/{tail:.*}", service.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        with environment(ITHACA_PUSH_LOOPBACK=service.origin):
            yield service
    finally:
        await runner.cleanup()
