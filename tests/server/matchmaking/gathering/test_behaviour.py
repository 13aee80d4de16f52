"""What people did is counted for them, within two years, drawn to the usual, and never what others left undone."""

from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.actions import expire_match
from server.matches.models import MatchMember
from server.matches.states import Approval, MatchOrigin, MatchState
from server.matchmaking.gathering.behaviour import PRIOR, behaviour_of
from server.people.models import Person
from server.programs.states import ParticipantRole
from server.sessions.models import Absence, Session
from server.sessions.states import SessionState
from tests import factories
from tests.queries import queries_run
from tests.server.matchmaking.gathering.past import MENTEE, MENTOR, asked, met


class Harbour:
    """Idris, who mentors, and others of one organisation."""

    async def arrive(self) -> "Harbour":
        """Make the rows."""
        self.org = await factories.organization()
        self.idris, self.noor, self.kofi = [await factories.person(self.org) for _ in range(3)]
        return self

    async def told(self, someone: Person, role: ParticipantRole = MENTOR) -> tuple[float | None, ...]:
        """Their answers, what they missed, and what they practised, as a pool holds it."""
        row = await factories.enrollment(await factories.cohort(await factories.program(self.org)), someone, role)
        found = (await behaviour_of(system_actor(self.org.id), [someone.id])).of(row)
        return found["response_rate"], found["noshow_rate"], found["sessions_prior"]


@pytest.fixture
async def harbour(db: object) -> Harbour:
    """Nobody did anything yet."""
    return await Harbour().arrive()


def share(seen: float, of: float, usual: float) -> float:
    return pytest.approx((seen + PRIOR * usual) / (of + PRIOR), abs=1e-4)


async def test_of_whoever_did_nothing_nothing_is_known(harbour):
    assert await harbour.told(harbour.idris) == (None, None, None)


async def test_answers_count_against_silences_and_few_of_them_say_little(harbour):
    org, idris, noor = harbour.org, harbour.idris, harbour.noor
    await asked(org, idris, noor, silent=idris)
    assert await harbour.told(idris) == (share(0, 1, 0.8), None, None)
    await asked(org, idris, noor, yes=idris, silent=noor)
    await asked(org, idris, harbour.kofi, yes=idris, silent=harbour.kofi)
    assert (await harbour.told(idris))[0] == share(2, 3, 0.8)
    assert (await harbour.told(noor, MENTEE))[0] == share(0, 1, 0.8)


async def test_waiting_for_the_other_side_counts_against_nobody(harbour):
    org, idris, noor = harbour.org, harbour.idris, harbour.noor
    await asked(org, idris, noor, silent=idris)                                     # Noor was to be asked after Idris
    await asked(org, idris, noor, yes=idris, silent=noor, state=MatchState.DECLINED)  # the no came before her answer
    await asked(org, idris, noor, silent=noor, state=MatchState.AWAITING_MENTEE)      # there is time left
    await asked(org, idris, noor, silent=noor, state=MatchState.CANCELLED)
    assert (await harbour.told(noor, MENTEE))[0] is None


async def test_asking_is_no_answer_and_what_is_long_past_is_gone(harbour):
    org, idris, noor = harbour.org, harbour.idris, harbour.noor
    await asked(org, idris, noor, yes=noor, silent=idris, origin=MatchOrigin.MENTEE)
    assert (await harbour.told(noor, MENTEE))[0] is None
    await asked(org, harbour.kofi, noor, silent=noor, at=clock.now() - timedelta(days=731))
    assert (await harbour.told(noor, MENTEE))[0] is None
    assert (await harbour.told(idris))[0] == share(0, 1, 0.8)


async def test_sessions_held_are_practice_on_the_side_on_which_they_were_held(harbour):
    org, idris, noor = harbour.org, harbour.idris, harbour.noor
    await met(org, idris, noor, held=1)
    assert await harbour.told(idris) == (None, share(0, 1, 0.1), None), "one says nothing yet"
    await met(org, idris, harbour.kofi, held=3)
    await met(org, noor, idris, held=5)
    assert [(await harbour.told(idris, role))[2] for role in (MENTOR, MENTEE, ParticipantRole.PEER)] == [4, 5, 4]
    await met(org, idris, harbour.kofi, held=3, days_ago=731)
    assert (await harbour.told(idris))[2] == 4


async def test_whose_doing_a_missed_session_was_is_not_known_until_it_was_so_with_two(harbour):
    org, idris, noor, kofi = harbour.org, harbour.idris, harbour.noor, harbour.kofi
    await met(org, idris, noor, held=2, fallen=3)
    assert (await harbour.told(idris))[1] == (await harbour.told(noor, MENTEE))[1] == share(0, 2, 0.1)
    await met(org, idris, kofi, held=2, fallen=1)
    assert (await harbour.told(idris))[1] == share(2, 6, 0.1), "half of four, of four that were held besides"
    assert (await harbour.told(kofi, MENTEE))[1] == share(0, 2, 0.1)


async def test_a_meeting_of_a_circle_is_missed_by_who_stayed_away_without_a_word(db):
    circle = await factories.active_circle()
    org, (away, gone, there, *_rest) = circle.organization, circle.members
    days = [clock.now() - timedelta(days=number) for number in (30, 20, 10)]
    for begins in days:
        meeting = await Session.create(
            organization_id=org.id, match=circle.match, state=SessionState.HELD, starts_at=begins,
            ends_at=begins + timedelta(hours=1),
        )
        for who, said in ((away, begins - timedelta(days=1)), (gone, begins + timedelta(hours=2))):
            await Absence.create(
                organization_id=org.id, session=meeting, person_id=who.id, said_by_id=who.id, said_at=said
            )
    harbour = Harbour()
    harbour.org = org
    assert await harbour.told(away, MENTEE) == (None, None, None)
    assert await harbour.told(gone, MENTEE) == (None, share(3, 3, 0.1), None)
    assert await harbour.told(there, MENTEE) == (None, share(0, 3, 0.1), 3)


async def test_an_invitation_to_a_circle_runs_out_on_who_was_still_there(db):
    circle = await factories.active_circle(answer_by=clock.now() - timedelta(hours=1))
    harbour, (silent, gone, *_rest) = Harbour(), circle.members
    harbour.org = circle.organization
    members = MatchMember.filter(match_id=circle.match.id, person_id__in=[silent.id, gone.id])
    await members.update(approval=Approval.PENDING)
    await members.filter(person_id=gone.id).update(left_at=clock.now() - timedelta(days=2))
    await expire_match(system_actor(circle.organization.id), circle.match.id)
    assert (await harbour.told(silent, MENTEE))[0] == share(0, 1, 0.8)
    assert (await harbour.told(gone, MENTEE))[0] is None


async def test_nothing_of_another_organisation_is_counted(harbour):
    await met(harbour.org, harbour.idris, harbour.noor, held=4)
    await asked(harbour.org, harbour.idris, harbour.noor, silent=harbour.idris)
    found = await behaviour_of(system_actor((await factories.organization()).id), [harbour.idris.id])
    assert [found.answered, found.silent, found.held, found.missed] == [{}, {}, {}, {}]


async def test_it_costs_three_statements_however_many_they_are(harbour):
    people = [harbour.idris, harbour.noor, harbour.kofi]
    await met(harbour.org, harbour.idris, harbour.noor, held=2, fallen=1)
    for some in (people[:1], people):
        with queries_run() as ran:
            await behaviour_of(system_actor(harbour.org.id), [one.id for one in some])
        assert len(ran) == 3
