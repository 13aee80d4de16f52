"""The script in a real browser: focus, live words, toasts, failures; and the same page with scripts off."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator

import pytest
import uvicorn
from jinja2 import ChoiceLoader, DictLoader
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from server.kernel.errors import Conflict
from tests.arrival import answered
from tests.live import chromium
from web.assets import serve_asset
from web.errors import EXCEPTION_HANDLERS
from web.forms import Errors, read_form, text, ticked
from web.items import Slot, Step
from web.render import ENV, go_to, page
from web.security import SameOrigin, SecurityHeaders
from web.toast import Toast

SCREEN = """{% extends "plain.html" %}{% block title %}Trial{% endblock %}
{% block main %}{{ page_head("Trial") }}
{% block form %}<form id="form" method="post" action="/form" novalidate
  data-hx-post="/form" data-hx-target="#form" data-hx-swap="outerHTML">{{ form_key() }}{{ error_summary(errors) }}
{{ text_field("why", "Why?", why, error=errors.get("why", "")) }}{{ stepper("places", "Places", 2, 1, 3) }}
{{ button("Save", id="save") }}</form>{% endblock %}
{% block steps %}<div id="steps">{{ milestones(steps, target="steps") }}</div>{% endblock %}
<form id="join" method="post" action="/joined" novalidate data-hx-post="/words" data-hx-target="#smart"
  data-hx-trigger="input changed delay:300ms" data-hx-swap="outerHTML">{{ form_key() }}
{{ textarea("wish", "I want to") }}
{% block smart %}<div id="smart">{{ smart_words([("Specific", good)]) }}</div>{% endblock %}
{{ slots("slot", "Pick", slots_given, "1") }}{{ pick_button(["Yes, Tuesday", "Yes, Friday"]) }}</form>
<a href="/again" id="again" data-hx-boost="true">Again</a>{% endblock %}"""
done: set[str] = set()


def shown(request: Request, block: str, **values: object) -> Response:
    steps = [Step("Lead a review", "Soon", "done" if "7" in done else "now", "7", "/tick")]
    given = {
        "why": "", "good": False, "errors": {}, "steps": steps,
        "slots_given": [Slot("1", "Tuesday"), Slot("2", "Friday")],
    }
    status = 422 if values.get("errors") else 200
    return page(request, "trial.html", block=block, status=status, **{**given, **values})


async def look(request: Request) -> Response:
    return shown(request, "main")


async def save(request: Request) -> Response:
    sent, errors = await read_form(request), Errors()
    why = text(sent, "why", 20, errors, required="Say why.")
    if why == "taken":
        raise Conflict("That time was just taken.")
    if why == "go":
        return go_to(request, "/", toast=Toast("Gone", "/undo"))
    if errors:
        return shown(request, "form", errors=errors, why=why)
    return shown(request, "form", why=why, say="Saved 12:41", toast=Toast("Kept", "/undo"))


async def tick(request: Request) -> Response:
    done.clear()
    if ticked(await read_form(request), "done"):
        done.add("7")
    return shown(request, "steps") if "HX-Request" in request.headers else go_to(request, "/")


async def judge(request: Request) -> Response:
    return shown(request, "smart", good=len(text(await read_form(request), "wish", 99)) > 5)


async def joined(request: Request) -> Response:
    return go_to(request, "/", toast=Toast("Joined"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The trial screen, served with our own headers."""
    app = Starlette(
        routes=[
            Mount("/static", serve_asset), Route("/", look), Route("/again", look),
            Route("/favicon.ico", lambda _request: Response()),
            *(Route(path, act, methods=["POST"]) for path, act in [
                ("/form", save), ("/tick", tick), ("/words", judge), ("/joined", joined), ("/undo", joined)]),
        ],
        exception_handlers=EXCEPTION_HANDLERS, middleware=[Middleware(SecurityHeaders), Middleware(SameOrigin)],
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error", ws="none"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ENV, "loader", ChoiceLoader([ENV.loader, DictLoader({"trial.html": SCREEN})]))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the trial server did not start"
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join(5)


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser, None]:
    async with chromium() as found:
        yield found


SKIPPED = "Transition was aborted"
"""A browser too busy to fade from page to page says so as if a script had failed; the page is there all the same."""


@pytest.fixture
async def screen(browser: Browser, address: str) -> AsyncGenerator[Page, None]:
    """The trial screen with scripts on; a refusal by the content policy fails the test."""
    done.clear()
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    tab, complaints = await context.new_page(), []
    tab.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    tab.on("pageerror", lambda error: None if SKIPPED in str(error) else complaints.append(str(error)))
    await tab.goto(address)
    yield tab
    await context.close()
    assert complaints == []


async def test_errors_are_shown_in_place_focused_and_named_in_the_title(screen: Page):
    await screen.fill("#why", "this is far too long for it")
    await screen.click("#save")
    await expect(screen.locator("#error-summary")).to_be_focused()
    await expect(screen).to_have_title("Fix one thing: Trial - Ithaca")
    assert await screen.input_value("#why") == "this is far too long for it"
    await screen.click("#error-summary a")
    await expect(screen.locator("#why")).to_be_focused()


async def test_what_was_saved_is_said_in_the_one_live_region(screen: Page):
    await screen.fill("#why", "because")
    await screen.click("#save")
    await expect(screen.locator(".toast")).to_contain_text("Kept")
    await expect(screen.locator("#live")).to_have_text("Kept")
    await expect(screen.locator("#save")).to_be_focused()
    assert await screen.locator("[role=status]").count() == 1


async def test_toast_leaves_after_ten_seconds_but_not_from_under_the_focus(screen: Page):
    await screen.clock.install()
    await screen.fill("#why", "because")
    await screen.click("#save")
    await screen.focus("#toast-undo")
    half_a_minute_on = await screen.evaluate("Date.now() / 1000 + 30")
    await screen.clock.pause_at(half_a_minute_on)   # From here on, it moves by our word alone.
    await expect(screen.locator(".toast")).to_have_count(1)
    await screen.focus("#why")
    await screen.clock.fast_forward(9_000)
    await expect(screen.locator(".toast")).to_have_count(1)
    await screen.clock.fast_forward(2_000)
    await expect(screen.locator(".toast")).to_have_count(0)


async def test_toast_follows_to_the_next_page(screen: Page):
    await screen.fill("#why", "go")
    await screen.click("#save")
    await expect(screen.locator(".toast")).to_contain_text("Gone")
    await screen.click("#toast-undo")
    await expect(screen.locator(".toast")).to_contain_text("Joined")


async def test_lost_network_is_said_and_the_typed_text_stays(screen: Page):
    await screen.fill("#why", "because")
    await screen.context.set_offline(True)
    await screen.click("#save")
    await expect(screen.locator("#live")).to_have_text("No connection. What you typed is still here.")
    assert await screen.input_value("#why") == "because"
    assert await screen.locator("#form").get_attribute("aria-busy") == "false"


async def test_refusal_is_said_in_its_own_words_and_the_typed_text_stays(screen: Page):
    await screen.fill("#why", "taken")
    await screen.click("#save")
    await expect(screen.locator("#live")).to_have_text("That time was just taken.")
    assert await screen.input_value("#why") == "taken"


async def test_tick_saves_at_once_and_keeps_the_focus(screen: Page):
    box = screen.locator("#tick-7-box")
    async with answered(box):
        await box.check()
    await expect(screen.locator("#steps li")).to_have_class("done")
    await expect(box).to_be_focused()
    await expect(box).to_be_checked()
    await box.press(" ")
    await expect(screen.locator("#steps li")).to_have_class("now")


async def test_tick_needs_no_button_with_scripts(screen: Page):
    await screen.route("**/tick", lambda route: route.abort())
    await screen.check("#tick-7-box")
    await expect(screen.locator("#tick-7 button")).to_be_hidden()


async def test_words_light_up_while_one_types(screen: Page):
    await screen.locator("#wish").press_sequentially("lead a review")
    await expect(screen.locator("#smart li")).to_have_class("ok")
    await expect(screen.locator("#wish")).to_be_focused()
    assert await screen.input_value("#wish") == "lead a review"


async def test_form_with_live_words_is_still_sent_as_a_page(screen: Page):
    await screen.fill("#wish", "lead")
    await screen.click(".pick")
    await expect(screen.locator(".toast")).to_contain_text("Joined")


async def test_stepper_stays_within_its_bounds_and_says_the_figure(screen: Page):
    for _turn in range(3):
        await screen.click("#places-more")
    assert await screen.input_value("#places") == "3"
    await screen.click("#places-less")
    await expect(screen.locator("#live")).to_have_text("2")


async def test_main_button_follows_the_chosen_slot(screen: Page):
    assert await screen.locator(".pick").inner_text() == "Yes, Tuesday"
    await screen.check("#slot-2")
    assert await screen.locator(".pick").inner_text() == "Yes, Friday"


async def test_new_screen_takes_the_focus_to_its_title_and_says_it(screen: Page):
    await screen.click("#again")
    await screen.wait_for_url("**/again")
    await expect(screen.locator("#title")).to_be_focused()
    await expect(screen.locator("#live")).to_have_text("Trial - Ithaca")


async def test_skip_link_comes_first_and_leads_to_the_content(screen: Page):
    await screen.keyboard.press("Tab")
    await expect(screen.locator(".skip")).to_be_focused()
    box = await screen.locator(".skip").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    await screen.keyboard.press("Enter")
    await expect(screen.locator("#main")).to_be_focused()


async def test_second_page_takes_its_styles_from_the_file(screen: Page):
    assert await screen.locator("head style").count() == 1
    await screen.reload()
    assert await screen.locator("head style").count() == 0
    assert await screen.locator("#save").evaluate("at => getComputedStyle(at).backgroundColor") == "rgb(11, 79, 113)"


async def test_everything_works_with_scripts_off(browser: Browser, address: str):
    done.clear()
    context = await browser.new_context(java_script_enabled=False)
    tab = await context.new_page()
    await tab.goto(address)
    await tab.fill("#why", "")
    await tab.click("#save")
    await expect(tab).to_have_title("Fix one thing: Trial - Ithaca")
    await expect(tab.locator("#error-summary a")).to_have_text("Say why.")
    await expect(tab.get_by_role("button", name="Save Lead a review")).to_be_hidden()
    await tab.check("#tick-7-box")
    await tab.get_by_role("button", name="Save Lead a review").click()
    await expect(tab.locator("#tick-7-box")).to_be_checked()
    await expect(tab.locator("#places-more")).to_be_hidden()
    await tab.fill("#wish", "lead")
    await tab.click(".pick")
    await expect(tab.locator(".toast")).to_contain_text("Joined")
    await context.close()
