"""What a state is, and the list of them all. A new screen adds its states to a module of a11y_tests/states."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.async_api import Page, expect

from server.kernel import clock
from server.kernel.facts import OutboxEvent
from server.people.models import Person

Act = Callable[[Page], Awaitable[None]]
Seed = Callable[[], Awaitable["View"]]
REACHED_WITHIN_MS = 60_000


@dataclass(frozen=True)
class View:
    """Who looks (None: signed out), at which address, and what they do there. `alone`: in a window of its own, with
    the service worker, which is closed afterwards."""

    who: Person | None
    path: str
    act: Act | None = None
    alone: bool = False


@dataclass(frozen=True)
class State:
    """One state of one screen: `seed` makes the rows, `proof` are words that only this state shows.

    `visits` are the answers it must have caused, as "POST match 422". `letter`: a document of another kind (a mail),
    to which the rules of our own pages do not apply.
    """

    name: str
    visits: tuple[str, ...]
    proof: str
    seed: Seed
    letter: bool = False


class Shelf:
    """The states of one part of the product; a function decorated with it becomes a state."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.states: list[State] = []

    def __call__(self, *visits: str, proof: str, letter: bool = False) -> Callable[[Seed], Seed]:
        """Take a function that seeds and says where to look; its name is the state's."""

        def put(seed: Seed) -> Seed:
            name = getattr(seed, "__name__", "").replace("_", "-")
            self.states.append(State(f"{self.part}-{name}", visits, proof, seed, letter))
            return seed

        return put


def press(name: str) -> Act:
    """Press a button, by what it says."""

    async def act(page: Page) -> None:
        await page.get_by_role("button", name=name).first.click()

    return act


def fill(field: str, words: str) -> Act:
    """Write into a field, by its id."""

    async def act(page: Page) -> None:
        await page.locator(f"[id='{field}']").fill(words)

    return act


def check(selector: str) -> Act:
    """Tick a box or choose an answer."""

    async def act(page: Page) -> None:
        await page.locator(selector).first.check(force=True)

    return act


def each(*acts: Act) -> Act:
    """One after another."""

    async def act(page: Page) -> None:
        for one in acts:
            await one(page)

    return act


async def open_everything(page: Page) -> None:
    """Open every disclosure of the page."""
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    await expect(page.locator("details:not([open])")).to_have_count(0)


async def undo(page: Page) -> None:
    """Press a toast's Undo. What nobody was told yet stays untold, however long the page took to come."""
    button = page.locator("#toast-undo")
    await button.wait_for()
    held = OutboxEvent.filter(delivered_at=None, withdrawn_at=None, not_before__gt=clock.now())
    await held.update(not_before=clock.now() + timedelta(hours=1))
    await button.click()


async def offline(page: Page) -> None:
    """Lose the network."""
    await page.context.set_offline(True)


async def kept_here(page: Page) -> None:
    """The script is in charge that keeps on this device what is written without a network."""
    await expect(page.locator("html[data-later]")).to_be_attached(timeout=REACHED_WITHIN_MS)


async def waits(page: Page) -> None:
    """What was sent without a network says that it waits, and no later words for failures in general take its place."""
    await page.locator("[data-kept][data-state=waiting]").first.wait_for(state="attached")
    await page.wait_for_timeout(300)
    await expect(page.get_by_role("status").filter(has_text="Will be sent")).to_be_attached()
