"""The console's people, one person, the file that brings people in, and More."""

from playwright.async_api import FilePayload, Page

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press
from server.journey.roster.pace import count_search
from server.kernel.settings import settings
from server.people.models import Person
from tests import factories
from tests.web.console.market import market

state = Shelf("roster")
STATES = state.states
HERE, IMPORT, MORE = "/console/people", "/console/people/import", "/console/more"
HEADER = "employee_id,email,given_name,family_name,department,status,desk\n"
GOOD = HEADER + "N1,ada@example.test,Ada,Tern,Pricing,ACTIVE,4\nN2,bo@example.test,Bo,Vane,Finance,ACTIVE,5\n"
BAD = GOOD + "N3,not-an-address,Cy,Holt,Finance,ACTIVE,6\n"


@state("GET console-people 200", proof="9 people")
async def people() -> View:
    return View(await _admin(), HERE, open_everything)


@state("GET console-people 200", proof="Nobody")
async def nobody_found() -> View:
    return View(await _admin(), f"{HERE}?q=nessie")


@state("GET console-people 429", proof="times a minute")
async def searched_too_often() -> View:
    admin = await _admin()
    for _ in range(settings().searches_a_minute):
        count_search(factories.actor_of(admin))
    return View(admin, f"{HERE}?q=nessie")


@state("GET console-person 200", proof="From the people file")
async def person() -> View:
    found = await market()
    await factories.match(found.mentors[0], found.mentees[0])
    someone = await found.mentees[0].person
    return View(found.admin, f"{HERE}/{someone.id}", open_everything)


@state("POST console-person-places 303", proof="Kept. The next run counts with it.")
async def places_kept() -> View:
    return View(*await _mentor(), each(open_everything, fill("places-1", "4"), press("Keep")))


@state("POST console-person-places 422", proof="Choose from 1 to 20.")
async def places_refused() -> View:
    return View(*await _mentor(), each(open_everything, fill("places-1", "40"), press("Keep")))


@state("POST console-person-removal 303", proof="Taken out of Rising Leads.")
async def taken_out() -> View:
    return View(*await _mentor(), each(open_everything, press("Take out of Rising Leads")))


@state("POST console-person-removal-undo 303", proof="Taken back. Nobody was told.")
async def put_back() -> View:
    acts = each(open_everything, press("Take out of Rising Leads"), press("Undo"))
    return View(*await _mentor(), acts)


@state("GET console-person 404", proof="We could not find that")
async def person_of_another_organization() -> View:
    other = await factories.person(await factories.organization())
    return View(await _admin(), f"{HERE}/{other.id}")


@state("GET console-import 200", proof="Check the file")
async def file() -> View:
    return View(await _admin(), IMPORT, open_everything)


@state("POST console-import 422", proof="Choose a file first.")
async def file_not_chosen() -> View:
    return View(await _admin(), IMPORT, press("Check the file"))


@state("POST console-import 303", "GET console-import-run 200", proof="Every row can be read")
async def preview() -> View:
    return View(await _admin(), IMPORT, each(_choose(GOOD), press("Check the file")))


@state("GET console-import-run 200", proof="Check these again")
async def preview_with_refused_rows() -> View:
    return View(await _admin(), IMPORT, each(_choose(BAD), press("Check the file")))


@state("POST console-import-rows 303", "GET console-import-run 200", proof="Check these again")
async def rows_checked_again() -> View:
    acts = each(_choose(BAD), press("Check the file"), press("Check these again"))
    return View(await _admin(), IMPORT, acts)


@state("POST console-import-application 303", "GET console-import-run 200", proof="2 people added.")
async def added() -> View:
    return View(await _admin(), IMPORT, each(_choose(GOOD), press("Check the file"), press("Add 2")))


@state("GET console-more 200", proof="Use this framework")
async def more() -> View:
    return View(await _admin(), MORE, open_everything)


@state("POST console-framework 422", proof="Choose a file first.")
async def framework_not_chosen() -> View:
    return View(await _admin(), MORE, press("Use this framework"))


def _choose(content: str) -> Act:
    async def act(page: Page) -> None:
        payload = FilePayload(name="group.csv", mimeType="text/csv", buffer=content.encode())
        await page.locator("#file").set_input_files(payload)

    return act


async def _admin() -> Person:
    return (await market()).admin


async def _mentor() -> tuple[Person, str]:
    found = await market()
    await factories.match(found.mentors[0], found.mentees[0])
    return found.manager, f"{HERE}/{found.mentors[0].person_id}"
