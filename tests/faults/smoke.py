"""The smoke journey: whether a running Ithaca does for a pair and its manager what it is for. Only HTTP, and the rows
that the people were given, so that any release can be walked through.
"""

import asyncio
import re
from dataclasses import dataclass

import httpx2

from server.kernel.ids import new_id
from tests.server.notifications.mail_server import MailServer

WITHIN_S = 120
CODE = re.compile(r"\b(\d{3})\s(\d{3})\b")


@dataclass(frozen=True)
class Scene:
    """A pair and who runs its programme: the secrets of their sessions, the mentee's address, and the match."""

    match: str
    mentor: str
    mentee: str
    manager: str
    address: str


async def walk(url: str, scene: Scene, sink: MailServer) -> str:
    """Pages of all three, a word that the other reads, and signing in by mail. Fails at the first that is not well.

    Returns the word.
    """
    ours = ("/", "/you", "/you/people", "/messages", f"/messages/{scene.match}", f"/match/{scene.match}/session")
    theirs = ("", "/matches", f"/matches/{scene.match}", "/people", "/more")
    async with browser(url, scene.mentee) as mentee, browser(url, scene.mentor) as mentor:
        await reads(mentee, *ours)
        await reads(mentor, *ours)
        word = str(new_id())
        sent = await mentee.post(f"/messages/{scene.match}", data={"body": word, "form_key": str(new_id())})
        assert sent.status_code == 303, sent.text
        assert word in (await mentor.get(f"/messages/{scene.match}")).text
    async with browser(url, scene.manager) as manager:
        await reads(manager, *(f"/console{path}" for path in theirs))
    await signs_in(url, scene.address, sink)
    return word


def browser(url: str, secret: str = "") -> httpx2.AsyncClient:
    """Somebody's, signed in by a secret if there is one."""
    headers, cookies = {"Origin": url, "Accept": "text/html"}, {"ithaca": secret} if secret else {}
    return httpx2.AsyncClient(base_url=url, headers=headers, cookies=cookies, timeout=WITHIN_S)


async def reads(http: httpx2.AsyncClient, *paths: str) -> None:
    for path in paths:
        answer = await http.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{http.base_url}{path} {answer.status_code} {answer.text[-600:]}"


async def signs_in(url: str, address: str, sink: MailServer) -> None:
    """Ask for a mail, read its code, and be in."""
    before = len(sink.to(address))
    async with browser(url) as http:
        assert (await http.post("/sign-in", data={"email": address})).status_code == 303
        code = await code_in_mail(address, sink, before)
        assert (await http.post("/sign-in/code", data={"code": code})).status_code == 303
        await reads(http, "/you")


async def code_in_mail(address: str, sink: MailServer, before: int) -> str:
    """The code of the first mail to sign in that comes after so many mails."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            for mail in sink.to(address)[before:]:
                part = mail.get_body(("plain",))
                if "Sign in" in str(mail["Subject"]) and part and (found := CODE.search(part.get_content())):
                    return "".join(found.groups())
            await asyncio.sleep(0.1)
