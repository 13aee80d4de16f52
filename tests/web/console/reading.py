"""Pages of the console, read for words that must not be said there."""

import re
from itertools import count

import httpx2

from tests.web.drawing import read, words

NAMED = re.compile(r"[^.>\"]*\bment(?:or|ee)s?\b[^.<\"]*", re.IGNORECASE)
KEY = count(1)


class Reading:
    """Pages as a manager reads them, and what they say of mentors and mentees."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client, self.found = client, dict[str, list[str]]()

    async def get(self, path: str) -> None:
        """Read a page, with the toast that waits for it."""
        self.take(path, await self.client.get(path, follow_redirects=True))

    async def post(self, path: str, status: int = 303, **form: str) -> None:
        """Do something, and read where it leads."""
        answer = await self.client.post(path, data={**form, "form_key": f"key-{next(KEY)}"})
        assert answer.status_code == status, (path, answer.text)
        if status == 303:
            await self.get(answer.headers["location"])
        else:
            self.take(path, answer)

    def take(self, path: str, answer: httpx2.Response) -> None:
        """Note what is said, in text and in names of things."""
        assert answer.status_code < 500, path
        page = read(answer.text)
        told = [words(page)] + [
            value for one in page.iter() for name, value in one.attrib.items()
            if name in {"aria-label", "alt", "title", "placeholder"}
        ]
        if said := [hit for text in told for hit in NAMED.findall(text)]:
            self.found[path] = said
