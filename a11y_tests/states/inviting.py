"""Inviting people: by a list that is looked at line by line, and everybody whom a programme is meant for."""

from a11y_tests.registry import Shelf, View, each, fill, open_everything, press
from server.programs.models import Program
from server.programs.states import Approvals
from tests.web.console.market import Market, market

state = Shelf("inviting")
STATES = state.states


@state("GET console-inviting 200", "POST console-inviting-everybody 303", proof="3 people are invited")
async def everybody() -> View:
    found = await _market()
    return View(found.manager, _at(found), each(open_everything, press("Yes, invite 3 people")))


@state("POST console-inviting-look 200", proof="Check its spelling")
async def looked_at() -> View:
    found = await _market()
    return View(found.manager, _at(found), each(fill("list", _list(found)), press("Look at the list")))


@state("POST console-inviting-look 422", proof="Paste at least one address")
async def nothing_pasted() -> View:
    found = await _market()
    return View(found.manager, _at(found), press("Look at the list"))


@state("POST console-inviting-send 200", proof="1 person is invited")
async def some_sent() -> View:
    found = await _market()
    return View(found.manager, _at(found), each(
        fill("list", _list(found)), press("Look at the list"), press("Invite 1 person")))


@state("POST console-group-last-day 422", proof="Choose today or a later day.")
async def a_last_day_that_has_passed() -> View:
    found = await _market()
    return View(found.manager, f"/console/programs/{found.program.id}", each(
        open_everything, fill("enrol_by_on-1", "2020-01-01"), press("Save the last day")))


@state("POST console-group-announcement 422", proof="Choose today or a later day.")
async def a_day_of_telling_that_has_passed() -> View:
    found = await _market()
    await Program.filter(id=found.program.id).update(approvals=Approvals.NONE)
    return View(found.manager, f"/console/programs/{found.program.id}", each(
        open_everything, fill("announce_on-1", "2020-01-01"), press("Save the day")))


async def _market() -> Market:
    """A programme for whoever is in no department; nobody fits as a mentor."""
    found = await market(1, 1)
    others = {"fact": "department", "how": "IS_NOT", "value": ["Pricing", "Operations"]}
    nowhere = {"fact": "department", "how": "IS", "value": ["Nowhere"]}
    await Program.filter(id=found.program.id).update(audience={"people": [others], "mentors": [nowhere]})
    return found


def _at(found: Market) -> str:
    return f"/console/programs/{found.program.id}/invitations"


def _list(found: Market) -> str:
    taking = found.mentees[0].person.email
    return f"{found.stranger.email},mentee\n{taking},mentee\nnobody@harbour.example,mentor\nno address\n"
