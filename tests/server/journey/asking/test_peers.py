"""Peers who choose themselves: one asks another, and names whom they would like."""

import pytest

from server.journey.asking.actions import ask_for_match, wish
from server.journey.asking.queries import Asking, asking_page, choices_of
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Refused
from server.matches import actions as matches
from server.matches.models import Match, Proposal
from server.matches.queries import sides
from server.matches.rules import is_requester
from server.matches.states import Approval, MatchOrigin, MatchState
from server.matchmaking import stored
from server.matchmaking.engine.choosing.discretion import told_to
from server.matchmaking.engine.explain import ReasonCode
from server.matchmaking.models import ShortlistEntry
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.wishes.actions import make_shortlists, set_aside
from server.programs.models import Enrollment, Program
from tests import factories
from tests.server.matchmaking.peers import Peers, a_group_of_peers, drafts


@pytest.fixture
async def peers(db: object) -> Peers:
    made = await a_group_of_peers()
    await Program.filter(id=made.program.id).update(mentees_may_ask=True)
    return made


def as_person(row: Enrollment) -> Actor:
    return factories.actor_of(row.person)


async def listed(peers: Peers) -> None:
    await make_shortlists(system_actor(peers.program.organization_id), peers.cohort.id, wanted_at=clock.now())


@pytest.mark.parametrize("after_lists", [True, False])
async def test_a_peer_asks_another_and_each_reads_what_the_other_brings(peers: Peers, after_lists: bool) -> None:
    noor, idris, *_others = peers.rows
    if after_lists:
        await listed(peers)
        assert await ShortlistEntry.filter(enrollment_id=noor.id).count() == 4
    page = await asking_page(as_person(noor), noor.id)
    assert (page.asking, page.is_peer, len(page.choices)) == (Asking.OPEN, True, 4)
    assert page.choices[0].partner.id == idris.id, "who brings what is wanted comes first"
    shown = stored.load(page.choices[0].explanation)
    assert shown is not None
    assert "Negotiation" in str([one.params for one in shown.reasons]), "what Idris brings"
    asked = await ask_for_match(as_person(noor), noor.id, idris.id, key="k")
    assert asked.id == (await ask_for_match(as_person(noor), noor.id, idris.id, key="k")).id
    asked = await Match.get(id=asked.id).prefetch_related("members__person")
    assert (asked.origin, asked.state, asked.fit) == (
        MatchOrigin.PEER, MatchState.AWAITING_MENTEE, round(page.choices[0].fit))
    assert [one.person_id for one in sides(asked)] == [noor.person_id, idris.person_id], "who asked stands first"
    assert (is_requester(asked, noor.person_id), is_requester(asked, idris.person_id)) == (True, False)
    for row, brings in ((noor, "Negotiation"), (idris, "Python")):
        explanation, called, _reader = stored.told_to(asked, row.person_id)
        assert explanation is not None
        assert (called.mentee, brings in str([one.params for one in explanation.reasons])) == (
            row.person.given_name, True)
    proposal = await Proposal.get(match_id=asked.id)
    assert (proposal.mentor_enrollment_id, proposal.mentee_enrollment_id) == (noor.id, idris.id)
    assert proposal.features
    with pytest.raises(Conflict) as refusal:
        await ask_for_match(as_person(idris), idris.id, noor.id)
    assert refusal.value.kind == "open", "one of them asked already"
    begun = await matches.accept_match(as_person(idris), asked.id)
    assert (begun.state, {one.approval for one in begun.members}) == (MatchState.ACTIVE, {Approval.ACCEPTED})


async def test_who_asked_may_take_it_back_and_who_is_asked_may_say_no(peers: Peers) -> None:
    noor, idris, mei, *_others = peers.rows
    asked = await ask_for_match(as_person(noor), noor.id, mei.id)
    assert (await matches.cancel_match(as_person(noor), asked.id)).state is MatchState.CANCELLED
    asked = await ask_for_match(as_person(noor), noor.id, idris.id)
    await matches.decline_match(as_person(idris), asked.id)
    assert idris.id not in {one.partner.id for one in await choices_of(as_person(noor), noor.id)}
    with pytest.raises(Conflict):
        await ask_for_match(as_person(noor), noor.id, idris.id)


async def test_a_wish_of_a_peer_counts_and_is_told_to_nobody_else(peers: Peers) -> None:
    noor, idris, *_rest, kofi = peers.rows
    await Program.filter(id=peers.program.id).update(mentees_may_ask=False)
    with pytest.raises(Refused):
        await ask_for_match(as_person(noor), noor.id, kofi.id)
    assert (await asking_page(as_person(noor), noor.id)).asking is Asking.NOT_HERE
    await Program.filter(id=peers.program.id).update(mentees_may_wish=True)
    assert (await asking_page(as_person(noor), noor.id)).asking is Asking.WISH
    await run_matching(peers.manager, peers.cohort.id)
    (before,) = [one.fit for one in await drafts(peers) if noor.id in {two.enrollment_id for two in one.members}]
    await wish(as_person(noor), noor.id, [idris.id, kofi.id])
    await run_matching(peers.manager, peers.cohort.id)
    (pair,) = [one for one in await drafts(peers) if noor.id in {two.enrollment_id for two in one.members}]
    assert pair.fit is not None
    assert before is not None
    assert pair.fit > before
    said = {row.id: await reasons_for(pair, row) for row in (noor, idris)}
    assert ReasonCode.NAMED_BY_MENTEE in said[noor.id]
    assert not {ReasonCode.NAMED_BY_MENTEE, ReasonCode.NAMED_BY_MENTOR} & said[idris.id]


async def reasons_for(pair: Match, row: Enrollment) -> set[ReasonCode]:
    explanation, _names, reader = stored.told_to(pair, row.person_id)
    assert explanation is not None
    return {one.code for one in told_to((*explanation.reasons, *explanation.factors), reader)}


async def test_whom_a_peer_set_aside_is_never_paired_with_them(peers: Peers) -> None:
    noor, idris, *_others = peers.rows
    await set_aside(as_person(idris), idris.id, noor.id)
    assert idris.id not in {one.partner.id for one in await choices_of(as_person(noor), noor.id)}
    with pytest.raises(Conflict):
        await ask_for_match(as_person(noor), noor.id, idris.id)
    await run_matching(peers.manager, peers.cohort.id)
    assert not [one for one in await drafts(peers) if {noor.id, idris.id} <= {two.enrollment_id for two in one.members}]
