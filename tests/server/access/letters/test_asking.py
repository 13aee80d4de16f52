"""Asking for a mail to sign in: the same for every address, limited, and never more than the mail itself tells."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from server.access.letters import actions, queries
from server.access.letters.marks import code_of, digits_in, link_key_of, network_mark
from server.access.models import SignInLetter, SignInRequest
from server.kernel import clock
from server.kernel.errors import Invalid, Refused, TooMany
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.people.states import PersonStatus
from tests import factories
from tests.queries import queries_run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


async def ask(address: str, network: str = HERE) -> str:
    return await actions.ask_for_letter(address, network=network)


def shape(ran: Sequence[str]) -> list[str]:
    """What statements do, without their values."""
    return [statement.partition("VALUES")[0] for statement in ran]


async def test_asking_costs_the_same_statements_whoever_has_the_address(db: object) -> None:
    one, other = await factories.organization(), await factories.organization()
    await factories.person(one, email="noor@example.test")
    await factories.person(one, email="left@example.test", status=PersonStatus.ENDED)
    for org in (one, other):
        await factories.person(org, email="both@example.test")
    ran = {}
    for address in ("nobody@example.test", "noor@example.test", "left@example.test", "both@example.test"):
        with queries_run() as these:
            assert await ask(address, network=address)
        ran[address] = shape(these)
    assert len({str(statements) for statements in ran.values()}) == 1
    assert not [one for one in ran["noor@example.test"] if '"person"' in one]


async def test_everybody_with_the_address_who_has_not_left_is_written_to(db: object) -> None:
    one, other = await factories.organization(), await factories.organization()
    here = await factories.person(one, email="noor@example.test")
    there = await factories.person(other, email="noor@example.test", status=PersonStatus.LEAVE)
    await factories.person(await factories.organization(), email="noor@example.test", status=PersonStatus.ENDED)
    await ask("  Noor@Example.TEST ")
    await ask("nobody@example.test")
    await drain()
    await drain()
    letters = await SignInLetter.all().order_by("id")
    assert {(row.organization_id, row.person_id) for row in letters} == {(one.id, here.id), (other.id, there.id)}
    assert len(letters) == 2
    audited = await AuditEvent.filter(action="sign_in.write_letter")
    assert {entry.organization_id for entry in audited} == {one.id, other.id}


async def test_writing_twice_writes_once_and_only_the_product_may(db: object) -> None:
    noor = await factories.person(await factories.organization(), email="noor@example.test")
    await ask("noor@example.test")
    request = await SignInRequest.get(address="noor@example.test")
    for _time in range(2):
        await actions.write_letters(actions.AT_THE_DOOR, request.id)
    assert await SignInLetter.all().count() == 1
    with pytest.raises(Refused):
        await actions.write_letters(factories.actor_of(noor), request.id)


@pytest.mark.parametrize("typed", ["", "noor", "@example.test", "noor@", "x" * 250 + "@example.test"])
async def test_what_is_no_address_is_said(db: object, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(typed)
    assert set(refused.value.fields) == {"email"}
    assert await SignInRequest.all().count() == 0


async def test_five_mails_to_one_address_and_a_strangers_share_is_not_the_persons(db: object) -> None:
    with clock.at(NOON):
        for _time in range(5):
            await ask("noor@example.test", network=ELSEWHERE)
            clock.move(timedelta(minutes=1))
        with pytest.raises(TooMany) as refused:
            await ask("noor@example.test", network=ELSEWHERE)
        assert refused.value.retry_after_s == 10 * 60 + 1
        assert "11 minutes" in refused.value.message
        await ask("noor@example.test", network=HERE)
        await ask("kofi@example.test", network=ELSEWHERE)
        clock.move(timedelta(seconds=refused.value.retry_after_s))
        await ask("noor@example.test", network=ELSEWHERE)


async def test_many_networks_cannot_fill_a_mailbox(db: object) -> None:
    for number in range(10):
        await ask("noor@example.test", network=f"192.0.2.{number}")
    with pytest.raises(TooMany):
        await ask("noor@example.test", network="192.0.2.200")


async def test_one_network_asks_for_twenty_mails(db: object) -> None:
    for number in range(20):
        await ask(f"person-{number}@example.test")
    with pytest.raises(TooMany):
        await ask("one-more@example.test")
    await ask("one-more@example.test", network=ELSEWHERE)


async def test_a_refusal_stores_nothing_and_is_the_same_for_known_and_unknown(db: object) -> None:
    await factories.person(await factories.organization(), email="noor@example.test")
    words = set()
    with clock.at(NOON):
        for address in ("noor@example.test", "nobody@example.test"):
            for _time in range(5):
                await ask(address)
            with pytest.raises(TooMany) as refused:
                await ask(address)
            words.add((refused.value.message, refused.value.retry_after_s))
    assert len(words) == 1
    assert await SignInRequest.all().count() == 10


async def test_no_code_no_link_and_no_network_is_stored(db: object) -> None:
    await factories.person(await factories.organization(), email="noor@example.test")
    secret = await ask("noor@example.test")
    await drain(strict=False)
    letter = (await SignInLetter.all())[0]
    rows = [dict(row) for model in (SignInRequest, SignInLetter, AuditEvent) for row in await model.all()]
    for hidden in (secret, code_of(letter.id), link_key_of(letter.id), HERE):
        assert hidden not in str([{**row, "id": ""} for row in rows if row])


async def test_a_request_is_forgotten_after_a_day(db: object) -> None:
    with clock.at(NOON):
        await factories.person(await factories.organization(), email="noor@example.test")
        await ask("noor@example.test")
        await actions.write_letters(actions.AT_THE_DOOR, (await SignInRequest.all())[0].id)
        clock.move(timedelta(hours=23))
        await ask("kofi@example.test")
        clock.move(timedelta(hours=1, seconds=1))
        await drain()
    assert [row.address for row in await SignInRequest.all()] == ["kofi@example.test"]
    assert await SignInLetter.all().count() == 0


def test_codes_are_six_digits_and_differ() -> None:
    codes = [code_of(UUID(int=number)) for number in range(2_000)]
    assert {len(code) for code in codes} == {6}
    assert all(code.isdecimal() for code in codes)
    assert len(set(codes)) > 1_950
    assert any(code.startswith("0") for code in codes)
    assert len(link_key_of(UUID(int=1))) == 43  # 256 bits


@pytest.mark.parametrize(("typed", "digits"), [
    ("482913", "482913"), (" 482 913\n", "482913"), ("482-913", "482913"), ("٤٨٢٩١٣", "482913"),
    ("Your code: 482 913.", "482913"), ("²³", ""), ("", ""),
])
def test_digits_are_found_however_they_were_pasted(typed: str, digits: str) -> None:
    assert digits_in(typed) == digits


def test_a_network_is_an_address_or_the_line_that_shares_a_prefix() -> None:
    assert network_mark("2001:db8:1:2::5") == network_mark("2001:db8:1:2:ffff::9")
    assert network_mark("2001:db8:1:2::5") != network_mark("2001:db8:1:3::5")
    assert network_mark("::ffff:192.0.2.7") == network_mark("192.0.2.7") != network_mark("192.0.2.8")
    assert network_mark("testclient") != network_mark("")


async def test_who_waits_is_known_to_their_browser_alone(db: object) -> None:
    secret = await ask("noor@example.test")
    seen = await queries.waiting(secret)
    assert seen is not None
    assert (seen.address, seen.tries_left) == ("noor@example.test", 5)
    assert await queries.waiting("another") is None
