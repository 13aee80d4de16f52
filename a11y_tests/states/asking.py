"""Choosing whom to ask: people with reasons, asked, full, turned down, and where one does not ask."""

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, fill, press
from a11y_tests.states.people import LONG_NAME
from server.journey.asking.actions import ask_for_match
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.wishes import actions as saying
from server.people.models import Person, Profile
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ProgramState
from tests import factories
from tests.web.console.market import Market, market

state = Shelf("asking")
STATES = state.states


@state("GET asking 200", proof="Who would you like as your mentor?")
async def mentors_to_choose() -> View:
    found = await _group()
    await Profile.create(
        organization_id=found.organization.id, person=found.mentors[0].person,
        words_for_mentees="Ask me about the projects that went wrong first.",
    )
    return _view(found.mentees[0])


@state("GET asking 200", proof="Whose mentor would you like to be?")
async def mentees_to_choose() -> View:
    found = await _group()
    await Person.filter(id=found.mentees[0].person_id).update(**LONG_NAME)
    return _view(found.mentors[0])


@state("POST asking 303", "GET asking 200", proof="Your request is on its way")
async def asked() -> View:
    found = await _group()
    return View(found.mentees[0].person, _at(found.mentees[0]), press("Ask Idris"))


@state("POST asking 409", proof="has no free place any more.")
async def somebody_was_faster() -> View:
    found = await _group()

    async def act(page: Page) -> None:
        await Enrollment.filter(id=found.mentors[0].id).update(capacity=0)
        await press("Ask Idris")(page)

    return View(found.mentees[0].person, _at(found.mentees[0]), act)


@state("GET asking 200", proof="can’t just now.")
async def turned_down() -> View:
    found = await _group()
    mentee = found.mentees[0]
    request = await ask_for_match(factories.actor_of(mentee.person), mentee.id, found.mentors[0].id)
    await Match.filter(id=request.id).update(state=MatchState.DECLINED)
    return _view(mentee)


@state("GET asking 200", proof="Nobody to ask just now")
async def nobody_left() -> View:
    found = await _group()
    await Enrollment.filter(id__in=[row.id for row in found.mentors]).update(capacity=0)
    return _view(found.mentees[0])


@state("GET asking 200", proof="Here you are matched")
async def not_in_this_programme() -> View:
    found = await market()
    return _view(found.mentees[0])


@state("POST wishes 422", proof="You named somebody twice.")
async def the_same_wish_twice() -> View:
    found = await _wishing()

    async def act(page: Page) -> None:
        for name in ("First wish", "Second wish"):
            await page.get_by_label(name).select_option(index=1)
        await press("Keep my wishes")(page)

    return View(found.mentees[0].person, _at(found.mentees[0]), act)


@state("POST wishes 303", "GET asking 200", proof="Your wishes are kept.")
async def wishes_kept() -> View:
    found = await _wishing()

    async def act(page: Page) -> None:
        await page.get_by_label("First wish").select_option(index=1)
        await press("Keep my wishes")(page)

    return View(found.mentees[0].person, _at(found.mentees[0]), act)


@state("POST favourites 303", "GET asking 200", proof="Kept in mind. Only you see it.")
async def kept_in_mind() -> View:
    found = await _group()
    return View(found.mentees[0].person, _at(found.mentees[0]), press("Keep in mind"))


@state("POST aside 303", "GET asking 200", proof="Not suggested again.")
async def set_aside() -> View:
    found = await _group()

    async def act(page: Page) -> None:
        await page.get_by_text("Not for me?").first.click()
        await press("Don’t suggest again")(page)

    return View(found.mentees[0].person, _at(found.mentees[0]), act)


@state("POST aside-undo 303", "GET you-people 200", proof="Taken back.")
async def taken_back() -> View:
    return View((await _said()).mentees[0].person, "/you/people", press("Take back"))


@state("GET home 200", proof="Choose your mentor")
async def offered_on_the_first_page() -> View:
    return View((await _group()).mentees[0].person, "/")


@state("GET waiting 200", proof="See who fits, and ask one of them")
async def offered_while_waiting() -> View:
    found = await _group()
    return View(found.mentees[0].person, f"/waiting/{found.program.key}")


@state("GET asking 200", proof="Who fits you")
async def only_looking() -> View:
    found = await market()
    await Program.filter(id=found.program.id).update(permissions={"mentees_may_browse": True})
    return _view(found.mentees[0])


@state("GET colleague 200", proof="They would be")
async def inviting_a_colleague() -> View:
    return _naming(await _inviting())


@state("POST colleague 422", proof="Write the whole address")
async def no_address() -> View:
    return _naming(await _inviting(), fill("address", "ada at harbour"), press("Invite"))


@state("POST colleague 303", "GET colleague 200", proof="If they can take part, they hear of it")
async def a_colleague_is_invited() -> View:
    return _naming(await _inviting(), fill("address", "ada@harbour.example"), press("Invite"))


@state("POST colleague 409", proof="This group is full or closed.")
async def the_group_closed() -> View:
    row = await _inviting()

    async def close(_page: Page) -> None:
        await Cohort.filter(id=row.cohort_id).update(state=ProgramState.CLOSING)

    return _naming(row, fill("address", "ada@harbour.example"), close, press("Invite"))


async def _inviting() -> Enrollment:
    found = await market()
    await Program.filter(id=found.program.id).update(permissions={"mentees_may_invite": True})
    return found.mentees[0]


def _naming(row: Enrollment, *acts: Act) -> View:
    return View(row.person, f"/enrollment/{row.id}/colleague", each(*acts) if acts else None)


async def _group() -> Market:
    found = await market()
    await Program.filter(id=found.program.id).update(mentees_may_ask=True, mentors_may_ask=True)
    return found


async def _wishing() -> Market:
    found = await _group()
    await Program.filter(id=found.program.id).update(mentees_may_wish=True)
    return found


async def _said() -> Market:
    found = await _group()
    mentee, (first, second, _third) = found.mentees[0], found.mentors
    me = factories.actor_of(mentee.person)
    await saying.set_aside(me, mentee.id, first.id)
    await saying.keep_in_mind(me, mentee.id, second.id, on=True)
    return found


def _view(row: Enrollment) -> View:
    return View(row.person, _at(row))


def _at(row: Enrollment) -> str:
    return f"/enrollment/{row.id}/asking"
