"""The hands that work a page: a pointer, and a keyboard alone. A journey's steps do not know which one they have."""

from typing import Protocol

from playwright.async_api import Locator, Page, expect

from a11y_tests import audit

MOST_STOPS = 300
WHERE = """at => {
  const on = document.activeElement, radio = 'radio';
  if (on === at || on.type === radio && at.type === radio && on.name === at.name && on.form === at.form) return 'here';
  return on.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING ? 'ahead' : 'behind';
}"""


class Hand(Protocol):
    """What somebody can do to a control; none of it waits for an answer."""

    async def press(self, control: Locator) -> None:
        """Press a button, follow a link, open what is folded."""

    async def write(self, field: Locator, words: str) -> None:
        """Put `words` where other words may stand."""

    async def tick(self, box: Locator) -> None:
        """Tick a box, or choose one of several answers."""

    async def choose(self, list_: Locator, number: int) -> None:
        """Choose an entry of a folded list, counted from 0."""

    async def stands_on(self, control: Locator) -> None:
        """Make sure that the next key would go to `control`."""


class Pointer:
    """A finger or a mouse."""

    async def press(self, control: Locator) -> None:
        await control.click()

    async def write(self, field: Locator, words: str) -> None:
        await field.fill(words)

    async def tick(self, box: Locator) -> None:
        await box.check(force=True)

    async def choose(self, list_: Locator, number: int) -> None:
        await list_.select_option(index=number)

    async def stands_on(self, control: Locator) -> None:
        await expect(control).to_be_focused()


class Keyboard:
    """Tab, Shift+Tab, arrows, Space, Enter and typing. At every stop on the way the focus must show and be in sight."""

    async def press(self, control: Locator) -> None:
        await self._reach(control)
        await control.page.keyboard.press("Enter")

    async def write(self, field: Locator, words: str) -> None:
        await self._reach(field)
        await field.page.keyboard.press("Control+A")
        await field.page.keyboard.type(words)

    async def tick(self, box: Locator) -> None:
        await self._reach(box)
        for _answer in range(MOST_STOPS):
            if await box.evaluate("at => at === document.activeElement"):
                break
            await self._key(box.page, "ArrowDown")
        if not await box.is_checked():
            await box.page.keyboard.press("Space")

    async def choose(self, list_: Locator, number: int) -> None:
        await self._reach(list_)
        await list_.page.keyboard.press("Home")
        for _entry in range(number):
            await list_.page.keyboard.press("ArrowDown")

    async def stands_on(self, control: Locator) -> None:
        await expect(control).to_be_focused()
        await self._in_sight(control.page)

    async def _reach(self, control: Locator) -> None:
        await control.wait_for()
        for _stop in range(MOST_STOPS):
            where = await control.evaluate(WHERE)
            if where == "here":
                return
            await self._key(control.page, "Tab" if where == "ahead" else "Shift+Tab")
        raise AssertionError(f"no key leads to {control}")

    async def _key(self, page: Page, key: str) -> None:
        await page.keyboard.press(key)
        await self._in_sight(page)

    async def _in_sight(self, page: Page) -> None:
        faults = await audit.in_sight(page)
        assert not faults, f"{page.url}: {'; '.join(faults)}"
