"""The one way out: listed hosts over https, machines of the public internet, no second look, no redirect."""

from __future__ import annotations

import socket
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from server.kernel.outbound.errand import NotPublic, errand
from server.kernel.outbound.hosts import is_listed, is_public

PRIVATE = (
    "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "fc00::1", "fd12:3456::1", "fe80::1", "ff02::1", "2001:db8::1",
)
NO_ADDRESS = ("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "", "1.2.3", "8.8.8.8 ")
REFUSED = (NotPublic, aiohttp.ClientConnectorDNSError)
PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "2002:808:808::")


@pytest.mark.parametrize("address", PRIVATE + NO_ADDRESS)
def test_what_is_not_of_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_machines_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(("url", "listed"), [
    ("https://push.example.com/x", True), ("https://PUSH.example.com:443/x", True),
    ("https://a.web.example.org/x", True),
    ("http://push.example.com/x", False), ("https://push.example.com:8443/x", False),
    ("https://push.example.com.evil.example/x", False), ("https://push.example.com@evil.example/x", False),
    ("https://evil.example/push.example.com", False), ("https://web.example.org/x", False),
    ("https://127.0.0.1/x", False), ("https://[::ffff:169.254.169.254]/x", False), ("https://2130706433/", False),
    ("file:///etc/passwd", False), ("//push.example.com/x", False), ("https://push.example.com:99999/x", False),
    ("https://push.example.com/\n", False), ("", False), ("https://[::1", False),
])
def test_only_listed_hosts_over_https_at_its_own_port(url: str, listed: bool) -> None:
    assert is_listed(url, ["push.example.com", "*.web.example.org"]) is listed


class Names(AbstractResolver):
    """A resolver that gives each look the next answer."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.looks = list(answers), 0

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        found = self.answers[min(self.looks, len(self.answers) - 1)]
        self.looks += 1
        return [{
            "hostname": host, "host": one, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0,
        } for one in found]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"]])
async def test_a_name_that_leads_inside_is_not_followed(answers: list[str]) -> None:
    names = Names(answers)
    async with errand(resolver=names) as session:
        with pytest.raises(REFUSED):
            await session.post("https://push.example.com/x", data=b"", headers={})
    assert names.looks == 1


async def test_a_name_is_looked_up_once_and_a_change_of_mind_gains_nothing() -> None:
    names = Names(["192.0.2.1"], ["127.0.0.1"])
    async with errand(resolver=names) as session:
        for _turn in range(2):
            with pytest.raises(REFUSED):
                await session.post("https://push.example.com/x", data=b"", headers={})
    assert names.looks == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "https://[::1]/x", "http://169.254.169.254/latest"])
async def test_a_number_is_looked_at_too(url: str) -> None:
    async with errand() as session:
        with pytest.raises(NotPublic):
            await session.post(url, data=b"", headers={})


async def test_no_redirect_is_followed_and_no_long_answer_is_read() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"}, body=b"x" * 5_000_000)

    app = web.Application()
    app.router.add_post("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with errand(besides=origin) as session:
            response = await session.post(f"{origin}/here", data=b"x", headers={})
            assert (response.status, await response.text(), response._body) == (307, "", None)
    finally:
        await runner.cleanup()
    assert asked == ["/here"]
