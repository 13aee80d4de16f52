"""The explorer of the API: what stands there, what an answer and a refusal look like, and the reference."""

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, each, fill, open_everything, press
from tests import factories

state = Shelf("explorer")
STATES = state.states
EXPLORER = "/graphql"


@state("GET graphql 200", proof="Nobody is signed in")
async def signed_out() -> View:
    return View(None, EXPLORER, open_everything)


@state("GET graphql 200", "POST graphql 200", proof="Status 200")
async def answered() -> View:
    return View((await factories.active_match()).mentee, EXPLORER, press("Run"))


@state("GET graphql 200", "POST graphql 200", proof="1 error")
async def refused() -> View:
    return View(None, EXPLORER, press("Run"))


@state("GET graphql 200", "POST graphql 422", proof="Write the variables as a JSON object")
async def to_mend() -> View:
    return View((await factories.active_match()).mentee, EXPLORER, each(fill("variables", "{"), press("Run")))


@state("GET graphql 200", proof="How well they fit, out of 100.")
async def of_one_type() -> View:
    return View(None, f"{EXPLORER}?type=Match", open_everything)


@state("GET graphql 200", proof="places for")
async def found() -> View:
    return View(None, EXPLORER, each(fill("find", "match"), press("Find")))


@state("GET graphql 200", proof="Nothing is called that.")
async def not_found() -> View:
    return View(None, f"{EXPLORER}?find=nessie")


@state("GET graphql 200", proof="AddTopicInput")
async def gone_on_to_another_type() -> View:
    async def act(page: Page) -> None:
        await page.get_by_role("link", name="Mutation", exact=True).first.click()

    return View(None, EXPLORER, act)
