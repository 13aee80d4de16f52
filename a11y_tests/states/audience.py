"""The builder's part that says whom a programme is for: rules, their counts, a rule that cannot be, nobody."""

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, each, open_everything, press
from a11y_tests.states.building import page_of
from server.people.models import Person
from server.programs.models import Program
from tests.web.console.market import Market, market

state = Shelf("audience")
STATES = state.states
PRICING = {"fact": "department", "how": "IS", "value": ["Pricing"]}
BAND = {"fact": "seniority", "how": "AT_LEAST", "value": 5}


@state("GET console-build-audience 200", proof="Department is Pricing, and Band is at least 5, and Status is at work.")
async def rules() -> View:
    found = await with_rules(PRICING, BAND, {"fact": "status", "how": "IS", "value": ["ACTIVE"]})
    await Person.filter(id=found.mentees[0].person.id).update(email="", zone_assumed=True)    # no letter reaches them
    return View(found.admin, page_of(found, "audience"), open_everything)


@state("GET console-build-audience 200", proof="No one today. The nearest rule is")
async def nobody_fits() -> View:
    found = await with_rules(PRICING, {**BAND, "value": 90})
    return View(found.admin, page_of(found, "audience"))


@state("POST console-build-audience-preview 200", proof="people who fit as mentors")
async def counted_while_typing() -> View:
    found = await with_rules(PRICING, BAND)
    return View(found.admin, page_of(found, "audience"), each(open_everything, another_department))


@state("POST console-build-audience-keep 303", proof="Kept in the draft. Nobody notices it yet.")
async def kept() -> View:
    found = await with_rules(PRICING)
    return View(found.admin, page_of(found, "audience"), each(
        open_everything, another_department, press("Use this audience")))


@state("POST console-build-audience-keep 422", proof="Write a list of 1 to 50.")
async def a_rule_without_a_value() -> View:
    found = await with_rules(PRICING)
    return View(found.admin, page_of(found, "audience"), each(press("Add a rule"), press("Use this audience")))


async def another_department(page: Page) -> None:
    """Choose one more value, and wait for the count that follows."""
    await page.locator("[name='people-1-value']:not(:checked)").first.check(force=True)
    await page.locator("#means .big-num").first.filter(has_text="5").wait_for(timeout=10_000)


async def with_rules(*rules: object) -> Market:
    """A market whose programme has rules in force."""
    found = await market(2, 3)
    await Program.filter(id=found.program.id).update(audience={"people": list(rules)})
    return found
