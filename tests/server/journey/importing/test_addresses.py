"""Take-over through a changed address: every way in ends, the old address is told once, a newcomer gets nothing."""

from collections.abc import AsyncGenerator

import pytest

from server.access.actions import grant_role, open_session
from server.access.letters.actions import ask_for_letter, enter_code, follow_link, let_old_addresses_go
from server.access.letters.marks import code_of, link_key_of
from server.access.models import SignInLetter, UserSession
from server.access.queries import session_actor
from server.access.states import Role
from server.journey.importing import actions
from server.journey.importing.outcomes import Kind
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.jobs import drain
from server.notifications.channels import gate
from server.notifications.models import Message
from server.people.models import Person
from tests import factories
from tests.queries import queries_run
from tests.server.journey.importing.office import HEADER, IDRIS, NOOR, office, somebody, take_in
from tests.server.journey.importing.test_interruptions import Killed, dying_at, small_batches
from tests.server.notifications.mail_server import MailServer, mail_server

__all__ = ["small_batches"]
MOVED = NOOR.replace("noor@", "noor.new@")
NOBODY = NotFound, Conflict, Invalid


@pytest.fixture
async def mailbox(db: object) -> AsyncGenerator[MailServer, None]:
    gate.SMTP_GATE.passed()
    async with mail_server() as server:
        yield server


def told(mailbox: MailServer) -> list[str]:
    return sorted(str(mail["To"]).rpartition("<")[2].rstrip(">") for mail in mailbox.mails)


async def test_every_way_in_ends_and_the_old_address_is_told_once(mailbox: MailServer) -> None:
    org, actor = await office()
    await take_in(actor, HEADER, NOOR, IDRIS)
    noor, idris = await somebody(org), await somebody(org, "2")
    noor.language = "de"
    await noor.save()
    secrets = [await open_session(noor), await open_session(noor)]
    stays = await open_session(idris)
    browser = await ask_for_letter(noor.email, network="192.0.2.7")
    await drain()
    letter = await SignInLetter.get()
    mailbox.mails.clear()
    for _again in range(2):
        await take_in(actor, HEADER, MOVED, IDRIS)
        await drain()
    assert [await session_actor(secret) for secret in secrets] == [None, None]
    assert await session_actor(stays) is not None
    with pytest.raises(NotFound):
        await follow_link(letter.id, link_key_of(letter.id))
    with pytest.raises(NOBODY):
        await enter_code(browser, code_of(letter.id))
    assert told(mailbox) == ["noor@example.test"]
    (mail,) = mailbox.mails
    words = mail.get_body(("plain",))
    assert words is not None
    assert "records at Harbourline" in " ".join(words.get_content().split())
    assert "noor.new@" not in mail.as_string()
    assert 'lang="de"' in mail.as_string().replace("=3D", "=")
    ended = await AuditEvent.filter(action="sign_in.close")
    assert {(one.actor_kind, one.actor_id) for one in ended} == {(actor.kind.value, actor.id)}
    assert await AuditEvent.filter(action="sign_in.void_letter").count() == 1
    assert await OutboxEvent.filter(kind="person.signed_out").count() == len(ended) == 2


async def test_a_letter_does_not_come_back_to_life_with_the_old_address(mailbox: MailServer) -> None:
    _, actor = await office()
    await take_in(actor, HEADER, NOOR)
    browser = await ask_for_letter("noor@example.test", network="192.0.2.7")
    await drain()
    letter = await SignInLetter.get()
    await take_in(actor, HEADER, MOVED)
    await take_in(actor, HEADER, NOOR)
    await drain()
    with pytest.raises(NOBODY):
        await enter_code(browser, code_of(letter.id))
    with pytest.raises(NotFound):
        await follow_link(letter.id, link_key_of(letter.id))
    assert told(mailbox)[-2:] == ["noor@example.test", "noor@example.test"]   # to sign in, and of the first change
    assert told(mailbox)[0] == "noor.new@example.test"                     # of the change back


async def test_whoever_is_given_the_old_address_has_no_right_of_the_old_person(mailbox: MailServer) -> None:
    org, actor = await office()
    await take_in(actor, HEADER, NOOR)
    await grant_role(actor, (await somebody(org)).id, Role.GLOBAL_ADMIN)
    held = await ask_for_letter("noor@example.test", network="192.0.2.7")
    await drain()
    old_letter = await SignInLetter.get()
    report = await take_in(actor, HEADER, "3,noor@example.test,Nora,Fairlead", MOVED)   # in one file
    assert report.counts[Kind.REFUSED] == 0
    browser = await ask_for_letter("noor@example.test", network="192.0.2.7")
    await drain()
    letter = await SignInLetter.get()
    with pytest.raises(NOBODY):
        await enter_code(held, code_of(old_letter.id))
    found = await session_actor((await enter_code(browser, code_of(letter.id))).secret)
    assert found is not None
    assert (found[1].employee_id, found[0].grants) == ("3", frozenset())
    assert told(mailbox).count("noor.new@example.test") == 0


async def test_two_swap_addresses_beyond_a_batch_and_a_kill(mailbox: MailServer, small_batches: None) -> None:
    org, actor = await office()
    crowd = [f"{number},p{number}@example.test,Given,Family" for number in range(10, 30)]
    await take_in(actor, HEADER, NOOR, *crowd, IDRIS)
    swapped = [NOOR.replace("noor@", "idris@"), *crowd, IDRIS.replace("idris@", "noor@")]
    content = "\n".join([HEADER, *swapped]).encode()
    for step in (2, 3):
        run = await actions.preview_import(actor, "people.csv", content)
        with pytest.raises(Killed), dying_at(step):
            await actions.apply_import(actor, run.id)
        await drain()
    run = await actions.apply_import(actor, run.id)
    await drain()
    counts = {kind: run.summary["counts"].get(kind.value, 0) for kind in Kind}
    assert (counts[Kind.CHANGED], counts[Kind.UNCHANGED], counts[Kind.REFUSED]) == (2, 20, 0)
    assert ((await somebody(org)).email, (await somebody(org, "2")).email) == (
        "idris@example.test", "noor@example.test"
    )
    assert told(mailbox) == ["idris@example.test", "noor@example.test"]
    assert {str(mail["To"]).partition(" ")[0]: told_to(mail) for mail in mailbox.mails} == {
        "Noor": "noor@example.test", "Idris": "idris@example.test",
    }


def told_to(mail: object) -> str:
    return str(mail["To"]).rpartition("<")[2].rstrip(">")   # type: ignore[index]  # a mail is read by header


async def test_another_capital_letter_is_no_other_address(mailbox: MailServer) -> None:
    org, actor = await office()
    noor = await factories.person(org, employee_id="1", email="Noor@example.test")
    secret = await open_session(noor)
    await take_in(actor, HEADER, NOOR)
    await drain()
    assert (await somebody(org)).email == "noor@example.test"
    assert await session_actor(secret) is not None
    assert mailbox.mails == []


async def test_many_changes_cost_as_many_statements_as_few(db: object) -> None:
    org, actor = await office()
    costs = []
    for start, many in ((0, 3), (100, 40)):
        people = [
            await factories.person(org, employee_id=str(start + one), email=f"p{start + one}@example.test")
            for one in range(many)
        ]
        for one in people:
            await open_session(one)
        rows = [f"{one.employee_id},new.{one.email},Noor,Saltmarsh" for one in people]
        run = await actions.preview_import(actor, "people.csv", "\n".join([HEADER, *rows]).encode())
        with queries_run() as ran:
            await actions.apply_import(actor, run.id)
        costs.append(len(ran))
        assert await UserSession.filter(person_id__in=[one.id for one in people], revoked_at=None).count() == 0
    assert costs[0] == costs[1]


async def test_only_who_brings_the_records_in_ends_ways_in_so(db: object) -> None:
    pair = await factories.active_match()
    secret = await open_session(pair.mentee)
    await let_old_addresses_go(system_actor((await factories.organization()).id), [pair.mentee.id])
    found = await session_actor(secret)
    assert found is not None
    with pytest.raises(Refused):
        await let_old_addresses_go(found[0], [pair.mentee.id])
    assert not await Message.exists()
    assert await Person.filter(id=pair.mentee.id, email=pair.mentee.email).exists()
