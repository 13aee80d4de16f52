"""The explorer in Chromium, against the running server: it works with no network, with scripts and without."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from server.access.actions import open_session
from server.kernel.db import database
from tests import factories
from tests.conftest import environment
from tests.journeys.scene import migrated
from tests.live import chromium, serving

REFUSED = ("Content Security", "violates the")


@dataclass
class Watch:
    """Every address that a page asked for outside the server, and all that its policy refused."""

    home: str
    outside: list[str] = field(default_factory=list)

    def request(self, asked: Request) -> None:
        """Whatever is asked for: documents, scripts, styles, pictures, fonts."""
        at = urlsplit(asked.url)
        if at.scheme != "data" and f"{at.scheme}://{at.netloc}" != self.home:
            self.outside.append(asked.url)

    def message(self, said: ConsoleMessage) -> None:
        """What the policy stops never becomes a request; the browser says so."""
        if any(words in said.text for words in REFUSED):
            self.outside.append(said.text)


@pytest.fixture(scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[str, str], None]:
    """The address of a running demonstration, and the secret of a session in it."""
    var = tmp_path_factory.mktemp("explorer")
    with environment(ITHACA_VAR_DIR=str(var), ITHACA_DEMO="1", ITHACA_SMTP_HOST=""):
        async with database(migrated(var)):
            pair = await factories.active_match(await factories.organization(is_demo=True))
            secret = await open_session(pair.mentee)
        with serving(var, ITHACA_DEMO="1") as url:
            yield url, secret


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser, None]:
    async with chromium() as found:
        yield found


async def opened(browser: Browser, live: tuple[str, str], *, scripts: bool) -> tuple[Page, Watch]:
    """The explorer, as Noor, and what watches it."""
    url, secret = live
    context = await browser.new_context(java_script_enabled=scripts, reduced_motion="reduce", locale="en-GB")
    await context.add_cookies([{"name": "ithaca", "value": secret, "url": url}])
    page, watch = await context.new_page(), Watch(url)
    context.on("request", watch.request)
    page.on("console", watch.message)
    await page.goto(f"{url}/graphql")
    return page, watch


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_query_runs_and_no_request_leaves_the_machine(
    browser: Browser, live: tuple[str, str], scripts: bool
) -> None:
    page, watch = await opened(browser, live, scripts=scripts)
    query = "query ($id: ID!) { viewer { person { name } } node(id: $id) { id } }"
    await page.get_by_role("textbox", name="Query").fill(query)
    await page.get_by_role("textbox", name="Variables").fill('{"id": "nobody"}')
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_role("region", name="The answer as JSON")).to_contain_text('"name": "Noor Saltmarsh"')
    await expect(page.get_by_text("Status 200")).to_be_visible()
    await page.get_by_label("Find a type, a field or a word").fill("publishMatches")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("link", name="Mutation.publishMatches").click()
    await expect(page.locator("#Mutation-publishMatches")).to_be_in_viewport()
    await page.wait_for_load_state("networkidle")
    await page.context.close()
    assert watch.outside == []


async def test_with_scripts_what_was_typed_stays_while_one_looks_things_up(
    browser: Browser, live: tuple[str, str]
) -> None:
    page, _watch = await opened(browser, live, scripts=True)
    await page.get_by_role("textbox", name="Query").fill("{ viewer { unreadCount } }")
    await page.get_by_role("link", name="Mutation", exact=True).click()
    await expect(page.get_by_text("What can be done.")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Query")).to_have_value("{ viewer { unreadCount } }")
    await page.context.close()
