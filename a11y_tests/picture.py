"""docs/picture.png, the picture of the README: `python -m a11y_tests.picture`. A journey, on desk and phone."""

import asyncio
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, ViewportSize

from a11y_tests.conftest import MONDAY
from a11y_tests.serving import served
from a11y_tests.states.voyage import full_life
from server.access.actions import open_session
from server.kernel import clock
from server.kernel.db import database
from server.kernel.schema.guard import migrate
from tests.conftest import environment
from tests.live import chromium

TARGET = Path(__file__).parent.parent / "docs" / "picture.png"
DESK, PHONE = ViewportSize(width=1040, height=640), ViewportSize(width=330, height=620)
TOGETHER = """<body style="margin:0;display:flex;gap:32px;padding:32px;align-items:center;background:#dfe7ec">
<img width=1040 src="data:image/png;base64,{desk}" style="border-radius:12px">
<img width=330 src="data:image/png;base64,{phone}" style="border-radius:24px"></body>"""


async def paint() -> None:
    """Seed one pair in the middle of its voyage, look at it twice, and put both side by side."""
    with tempfile.TemporaryDirectory() as folder, environment(ITHACA_VAR_DIR=folder), clock.at(MONDAY):
        url = f"sqlite://{folder}/ithaca.db"
        await migrate(url, Path(folder))
        async with database(url), served() as (address, _recorder), chromium() as browser:
            secret = await open_session((await full_life()).mentee)
            desk = await _shot(browser, address, secret, DESK, "light")
            phone = await _shot(browser, address, secret, PHONE, "dark")
            await _together(await browser.new_page(), desk, phone)


async def _shot(
    browser: Browser, address: str, secret: str, size: ViewportSize, scheme: Literal["light", "dark"],
) -> str:
    context = await browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB")
    await context.add_cookies([{"name": "ithaca", "value": secret, "url": address}])
    page = await context.new_page()
    await page.goto(address)
    return b64encode(await page.screenshot()).decode()


async def _together(page: Page, desk: str, phone: str) -> None:
    await page.set_viewport_size({"width": DESK["width"] + PHONE["width"] + 96, "height": DESK["height"] + 64})
    await page.set_content(TOGETHER.format(desk=desk, phone=phone), wait_until="load")
    await page.screenshot(path=TARGET)


if __name__ == "__main__":
    asyncio.run(paint())
