"""Decisions about pairs: two kept apart, from their draft and by hand, and the list of what stands."""

from a11y_tests.registry import Shelf, View, each, fill, open_everything, press, undo
from server.access.queries import actor_for
from server.matches import actions
from tests.web.console.market import draft, market

state = Shelf("deciding")
STATES = state.states
MATCHES = "/console/matches"


@state("POST console-ban 422", proof="Say in a few words why.")
async def without_a_reason() -> View:
    found = await market(1, 1)
    match = await draft(found)
    return View(found.manager, f"{MATCHES}?pair={match.id}", each(open_everything, press("Keep them apart")))


@state("POST console-ban 303", "POST console-ban-undo 303", proof="Taken back. It stands as before.")
async def kept_apart_and_taken_back() -> View:
    found = await market(1, 1)
    match = await draft(found)
    said = fill("apart", "They worked on one complaint.")
    return View(
        found.manager, f"{MATCHES}?pair={match.id}", each(open_everything, said, press("Keep them apart"), undo)
    )


@state("POST console-ban-by-hand 303", proof="Kept apart until you lift it.")
async def kept_apart_by_hand() -> View:
    found = await market(1, 1)
    both = f"mentee={found.mentees[0].id}&mentor={found.mentors[0].id}"
    said = fill("apart", "They worked on one complaint.")
    return View(
        found.manager, f"{MATCHES}/by-hand?group={found.cohort.id}&{both}",
        each(open_everything, said, press("Keep them apart")),
    )


@state("GET console-decisions 200", "POST console-ban-lift 303", proof="Lifted by Rui Palegrove")
async def one_is_lifted() -> View:
    """A ban is lifted; one that stands, a lock and a draft held back are listed beside it."""
    found = await market(3, 3)
    actor = await actor_for(found.manager)
    for number in (0, 1):
        await draft(found, number)
    match = await draft(found, 2)
    await actions.hold_back(actor, match.id, True)
    await actions.lock_pair(actor, match.id)
    for mentor in (0, 1):
        await actions.ban_pair(actor, found.mentors[mentor].id, found.mentees[2].id, reason="One complaint " * 12)
    return View(
        found.manager, f"{MATCHES}/groups/{found.cohort.id}/decisions", each(press("Lift it"), open_everything)
    )
