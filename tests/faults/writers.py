"""People who write over HTTP while the product dies: they note what was confirmed, and send the rest again."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any
from uuid import UUID

import httpx2

from graphql_schema.ids import global_id
from server.access.actions import open_session
from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel.ids import new_id
from server.messaging.models import ThreadMessage
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories

ANSWER_WITHIN_S = 20
REPEATED = 0.1
"""The share of confirmed acts that are sent once more, as by a second tap."""
INVITE = "mutation ($input: InviteInput!) { invite(input: $input) { errors { code } } }"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { code } } }"
WORD, INVITATION = "word", "invitation"


@dataclass(frozen=True)
class Act:
    """One change, as it goes over the wire each time it is sent; `mark` names it in the database."""

    kind: str
    mark: str
    path: str
    data: dict[str, str] | None = None
    json: dict[str, Any] | None = None


@dataclass
class Journal:
    """What the writers know, outside the process that is killed."""

    confirmed: dict[str, Act] = field(default_factory=dict)
    in_doubt: int = 0
    surprises: list[str] = field(default_factory=list)

    def marks(self, kind: str) -> set[str]:
        """The marks of the confirmed acts of one kind."""
        return {mark for mark, act in self.confirmed.items() if act.kind == kind}


@dataclass(frozen=True)
class Writer:
    """One signed-in person with acts to do, one after the other."""

    secret: str
    acts: Iterator[Act]
    journal: Journal
    chance: random.Random

    async def write(self, url: str, stop: asyncio.Event) -> None:
        """Act until told to stop; the act that is under way is always brought to its confirmation."""
        headers, cookies = {"Origin": url}, {"ithaca": self.secret}
        async with httpx2.AsyncClient(base_url=url, headers=headers, cookies=cookies, timeout=ANSWER_WITHIN_S) as http:
            while not stop.is_set() and (act := next(self.acts, None)) is not None:
                while not await self._confirmed(http, act):
                    await asyncio.sleep(0.2)
                self.journal.confirmed[act.mark] = act
                if self.chance.random() < REPEATED:
                    await self._confirmed(http, act)
                await asyncio.sleep(self.chance.random() * 0.1)

    async def _confirmed(self, http: httpx2.AsyncClient, act: Act) -> bool:
        """Whether the answer says that it is stored. No answer, or "away", leaves it in doubt."""
        try:
            answer = await http.post(act.path, data=act.data, json=act.json)
        except httpx2.ConnectError:
            return False
        except httpx2.HTTPError:
            self.journal.in_doubt += 1
            return False
        if answer.status_code == 503 or "UNAVAILABLE" in answer.text:
            return False
        good = answer.status_code == 303 or (answer.status_code == 200 and '"errors":[]' in answer.text)
        if not good:
            self.journal.surprises.append(f"{act.path} {answer.status_code} {answer.text[-400:]}")
        return True


async def six_writers(journal: Journal, chance: random.Random, invitations: int) -> list[Writer]:
    """In two programmes: one writes by form, one through GraphQL, one invites people. Rows for all of it are made."""
    writers = []
    for _ in range(2):
        pair = await factories.active_match()
        org = pair.organization
        await RoleGrant.create(
            organization_id=org.id, person=pair.manager, role=Role.PROGRAM_MANAGER, program_id=pair.program.id
        )
        guests = [await factories.person(org) for _ in range(invitations // 2)]
        todo = {
            pair.mentor: map(_by_form, repeat(pair.match.id)),
            pair.mentee: map(_by_graphql, repeat(pair.match.id)),
            pair.manager: map(_invitation, repeat(pair.cohort.id), [guest.id for guest in guests]),
        }
        writers += [Writer(await open_session(person), acts, journal, chance) for person, acts in todo.items()]
    return writers


async def confirming_writers(journal: Journal, chance: random.Random) -> list[Writer]:
    """Four who write through GraphQL, which answers each word with its id."""
    pairs = [await factories.active_match() for _ in range(2)]
    return [
        Writer(await open_session(one), map(_by_graphql, repeat(pair.match.id)), journal, chance)
        for pair in pairs for one in (pair.mentor, pair.mentee)
    ]


async def stored() -> dict[str, list[str]]:
    """What the database holds of each kind of act, by mark, as often as it is there."""
    invited = await Enrollment.filter(state=EnrollmentState.INVITED).values_list("person_id", flat=True)
    return {WORD: [one.body for one in await ThreadMessage.all()], INVITATION: [str(one) for one in invited]}


def _by_form(match_id: UUID) -> Act:
    mark = str(new_id())
    return Act(WORD, mark, f"/messages/{match_id}", data={"body": mark, "form_key": str(new_id())})


def _by_graphql(match_id: UUID) -> Act:
    mark = str(new_id())
    return _mutation(WORD, mark, SEND, matchId=global_id("Match", match_id), body=mark)


def _invitation(cohort_id: UUID, guest_id: UUID) -> Act:
    given = {"cohortId": global_id("Cohort", cohort_id), "personId": global_id("Person", guest_id)}
    return _mutation(INVITATION, str(guest_id), INVITE, **given, role=ParticipantRole.MENTEE.value)


def _mutation(kind: str, mark: str, document: str, **given: str) -> Act:
    variables = {"input": {**given, "idempotencyKey": str(new_id())}}
    return Act(kind, mark, "/graphql", json={"query": document, "variables": variables})
