"""Where a simulation takes place: an organisation, a programme, its people, and the mails that reached them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

from server.access.actions import grant_role
from server.access.states import Role
from server.automation.building.moving import bring
from server.automation.simulating.crowd import MANAGER, Somebody, crowd, framework_file, people_file
from server.journey.importing.actions import apply_import, preview_import
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json
from server.kernel.ids import new_id, parse_id
from server.people import actions as people
from server.people.models import Person
from server.people.states import ConsentPurpose
from server.programs import actions as programs
from server.programs.models import Cohort, Program
from server.programs.states import Cadence, ProgramState, ProgramType

KEY, PROGRAM = "simulated", "lived"
ENDS_BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as somebody got it: when, which, to whom, and its words as a digest."""

    at: datetime
    message_id: UUID
    to: str
    subject: str
    digest: str


@dataclass(slots=True)
class World:
    """The stage, and what is still to happen on it: acts of people, by the moment at which they come to them.

    `heard`: how often somebody got a mail of a kind; `done`, `refused`: what came of acts.
    """

    system: Actor
    cohort: Cohort
    everybody: dict[UUID, Somebody]
    mails: list[Sent] = field(default_factory=list)
    heard: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _ahead: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def put(self, moment: datetime, act: Callable[[], Awaitable[None]]) -> None:
        """Let something happen at a moment (aware)."""
        heappush(self._ahead, (moment, next(self._numbers), act))

    def next_moment(self) -> datetime | None:
        """When the next of them happens."""
        return self._ahead[0][0] if self._ahead else None

    async def go_on(self) -> None:
        """Let happen what has its moment by now, in order."""
        while self._ahead and self._ahead[0][0] <= clock.now():
            await heappop(self._ahead)[2]()

    def take(self, mail: EmailMessage) -> Sent:
        """Note a mail that arrives."""
        message_id = parse_id(str(mail["Message-ID"]).strip("<>").partition("@")[0])
        body = mail.get_body(("plain",))
        assert message_id is not None, "every mail of ours has its row's id"
        assert body is not None, "every mail of ours has a text"
        sent = Sent(
            clock.now(), message_id, mail["To"].addresses[0].addr_spec, str(mail["Subject"]),
            sha256(body.get_content().encode()).hexdigest(),
        )
        self.mails.append(sent)
        return sent


async def found(document: Json, *, seed: int, size: int, until: date) -> World:
    """Set everything up as an administrator would, as of now: the programme begins, and everybody is invited."""
    system, today = system_actor(new_id()), clock.now().date()
    await people.create_organization(
        system, key=KEY, name="Harbourline", zone="Europe/Lisbon", language="en-GB", is_demo=True
    )
    await people.import_framework(system, framework_file(), "framework.csv")
    await people.publish_consent_text(
        system, ConsentPurpose.MATCHING, "Use my profile and goal to find a match", "Needed to take part.",
        required=True,
    )
    program = await _begun(system, await bring(system, PROGRAM, document))
    cohort = await programs.open_cohort(
        system, program.id, key="first", name="First group", starts_on=today, ends_on=until - ENDS_BEFORE,
        state=ProgramState.ENROLLING if program.cadence is Cadence.COHORT else ProgramState.RUNNING,
    )
    everybody = crowd(seed, size, program.type, program.circles)
    await _bring_in(system, everybody, today, program.type)
    by_number = {one.employee_id: one for one in await Person.filter(organization_id=system.organization_id)}
    await grant_role(system, by_number[everybody[MANAGER].key].id, Role.PROGRAM_MANAGER, program.id)
    return World(system, cohort, {by_number[one.key].id: one for one in everybody})


async def _begun(system: Actor, program: Program) -> Program:
    if program.state is not ProgramState.DRAFT:
        return program
    begins = ProgramState.ENROLLING if program.cadence is Cadence.COHORT else ProgramState.RUNNING
    return await programs.move_program(system, program.id, begins)


async def _bring_in(system: Actor, everybody: list[Somebody], today: date, kind: ProgramType) -> None:
    run = await preview_import(system, "people.csv", people_file(everybody, today, PROGRAM, kind))
    await apply_import(system, run.id)
