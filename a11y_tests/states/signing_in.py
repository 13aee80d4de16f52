"""Signing in by mail: the address, the code in each of its states, the link."""

from datetime import timedelta

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press
from server.access.letters.actions import AT_THE_DOOR, ask_for_letter, write_letters
from server.access.letters.marks import code_of, link_key_of
from server.access.models import SignInLetter, SignInRequest
from server.kernel import clock
from tests import factories

state = Shelf("signing-in")
STATES = state.states

ADDRESS = "noor.saltmarsh-of-the-northern-harbours@harbourline.example.test"


async def _ask(page: Page) -> None:
    await fill("email", ADDRESS)(page)
    async with page.expect_navigation():
        await press("Send me a code")(page)


@state("GET sign-in 200", proof="Use the address that your organisation knows.")
async def door_with_help() -> View:
    return View(None, "/sign-in", open_everything)


@state("POST sign-in-ask 422", proof="Type your address at work, as name@example.org.")
async def no_address() -> View:
    return View(None, "/sign-in", each(fill("email", "noor"), press("Send me a code")))


@state("POST sign-in-ask 429", proof="Enough mails are on their way.")
async def too_many_mails() -> View:
    for _time in range(10):
        await ask_for_letter(ADDRESS, network=str(_time))
    return View(None, "/sign-in", _ask)


@state("POST sign-in-ask 303", "GET sign-in-code 200", proof="Type the six digits")
async def code_asked_for() -> View:
    return View(None, "/sign-in", _ask)


@state("POST sign-in-enter 422", proof="4 tries left.")
async def wrong_code() -> View:
    return View(None, "/sign-in", each(_ask, fill("code", "000 000"), press("Sign in")))


@state("POST sign-in-enter 422", proof="Type all six digits.")
async def not_six_digits() -> View:
    return View(None, "/sign-in", each(_ask, fill("code", "48"), press("Sign in")))


@state("POST sign-in-enter 409", proof="That was the last try")
async def last_try() -> View:
    return View(None, "/sign-in", each(_ask, *(_guess for _time in range(5))))


@state("POST sign-in-enter 409", proof="That code is old")
async def old_code() -> View:
    return View(None, "/sign-in", each(_ask, _request(expires_at=clock.now() - timedelta(minutes=1)), _guess))


@state("POST sign-in-enter 409", proof="That code was used")
async def used_code() -> View:
    return View(None, "/sign-in", each(_ask, _request(used_at=clock.now()), _guess))


@state("GET sign-in-code 303", "GET sign-in 200", proof="Work e-mail")
async def code_never_asked_for() -> View:
    return View(None, "/sign-in/code")


@state("POST sign-in-enter 303", "GET home 200", proof="Noor")
async def signed_in_by_code() -> View:
    pair = await factories.active_match()

    async def act(page: Page) -> None:
        await each(fill("email", pair.mentee.email), press("Send me a code"))(page)
        await page.locator("#code").wait_for()
        await fill("code", code_of((await _letter()).id))(page)
        await press("Sign in")(page)

    return View(None, "/sign-in", act)


@state("GET sign-in-link 200", proof="Sign in as Noor Saltmarsh")
async def link_opened() -> View:
    return View(None, await _link())


@state("POST sign-in-follow 303", "GET home 200", proof="Noor")
async def signed_in_by_link() -> View:
    return View(None, await _link((await factories.active_match()).mentee.email), press("Sign in"))


@state("GET sign-in-link 200", proof="This link was used, or is old")
async def link_used() -> View:
    path = await _link()
    await SignInRequest.filter().update(used_at=clock.now())
    return View(None, path)


@state("POST sign-in-follow 409", proof="This link was used, or is old")
async def link_used_meanwhile() -> View:
    return View(None, await _link(), each(_request(used_at=clock.now()), press("Sign in")))


@state("GET sign-in-link 404", proof="We could not find that")
async def link_forged() -> View:
    path = await _link()
    return View(None, path[:-5])


async def _guess(page: Page) -> None:
    await fill("code", "000000")(page)
    async with page.expect_navigation():
        await press("Sign in")(page)


def _request(**values: object) -> Act:
    """The newest request is changed as time or another browser would."""

    async def act(page: Page) -> None:
        await page.locator("main form").first.wait_for()
        await SignInRequest.filter().update(**values)

    return act


async def _link(address: str = ADDRESS) -> str:
    if address == ADDRESS:
        await factories.person(await factories.organization(), email=address)
    await ask_for_letter(address, network="")
    letter = await _letter()
    return f"/sign-in/link/{letter.id}?key={link_key_of(letter.id)}"


async def _letter() -> SignInLetter:
    request = (await SignInRequest.all().order_by("-id"))[0]
    await write_letters(AT_THE_DOOR, request.id)
    return (await SignInLetter.filter(request_id=request.id))[0]
