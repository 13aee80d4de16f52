"""Using the code or the link of a mail: once, in time, with five tries, and telling strangers nothing."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.access.letters import actions, queries
from server.access.letters.marks import code_of, link_key_of
from server.access.models import SignInLetter, SignInRequest, UserSession
from server.access.queries import session_actor
from server.access.states import LetterState
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid, KernelError, NotFound
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.people.models import Person
from server.people.states import PersonStatus
from tests import factories
from tests.queries import queries_run
from tests.races import at_once

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADDRESS = "noor@example.test"


async def someone(address: str = ADDRESS) -> Person:
    return await factories.person(await factories.organization(), email=address)


async def ask(address: str = ADDRESS) -> tuple[str, list[SignInLetter]]:
    """The browser's secret, and the letters that were written."""
    secret = await actions.ask_for_letter(address, network="192.0.2.7", onward="/you")
    request = await queries.request_of(secret)
    assert request is not None
    await actions.write_letters(actions.AT_THE_DOOR, request.id)
    return secret, await SignInLetter.filter(request_id=request.id).order_by("id")


def wrong(letters: list[SignInLetter]) -> str:
    """A code that none of these letters has."""
    right = {code_of(letter.id) for letter in letters}
    return next(code for code in ("000000", "000001", "000002", "000003") if code not in right)


async def refusal(act: Callable[[], object]) -> KernelError:
    with pytest.raises(KernelError) as refused:
        await act()  # type: ignore[misc]  # an action, called later
    return refused.value


async def test_the_code_signs_in_where_it_was_asked_for(db: object) -> None:
    noor = await someone()
    secret, (letter,) = await ask()
    code = code_of(letter.id)
    entered = await actions.enter_code(secret, f"{code[:3]} {code[3:]}", device="Firefox on Linux")
    found = await session_actor(entered.secret)
    assert found is not None
    assert (found[1].id, entered.onward) == (noor.id, "/you")
    done = [(entry.action, entry.organization_id, entry.actor_id) for entry in await AuditEvent.all().order_by("id")]
    assert done[-2:] == [
        (action, noor.organization_id, str(noor.id)) for action in ("sign_in.use_letter", "sign_in.open")
    ]
    assert (await AuditEvent.get(action="sign_in.use_letter")).detail == {"way": "CODE"}


async def test_the_code_is_nothing_in_another_browser(db: object) -> None:
    await someone()
    _mine, (letter,) = await ask()
    theirs, _letters = await ask("attacker@example.test")
    with pytest.raises(Invalid):
        await actions.enter_code(theirs, code_of(letter.id))
    with pytest.raises(NotFound):
        await actions.enter_code("", code_of(letter.id))


async def test_the_link_signs_in_anywhere_and_only_with_its_key(db: object) -> None:
    noor = await someone()
    _secret, (letter,) = await ask()
    for forged in ("", "x", link_key_of(new_id()), link_key_of(letter.id) + "="):
        with pytest.raises(NotFound):
            await actions.follow_link(letter.id, forged)
    with pytest.raises(NotFound):
        await actions.follow_link(new_id(), link_key_of(letter.id))
    entered = await actions.follow_link(letter.id, link_key_of(letter.id))
    found = await session_actor(entered.secret)
    assert found is not None
    assert found[1].id == noor.id


async def test_looking_at_a_link_uses_nothing_up(db: object) -> None:
    noor = await someone()
    _secret, (letter,) = await ask()
    for _time in range(3):
        seen = await queries.shown_link(letter.id, link_key_of(letter.id))
        assert (seen.person.id, seen.state) == (noor.id, LetterState.OPEN)
    await actions.follow_link(letter.id, link_key_of(letter.id))
    assert (await queries.shown_link(letter.id, link_key_of(letter.id))).state is LetterState.USED


async def test_code_and_link_work_once_together(db: object) -> None:
    await someone()
    secret, (letter,) = await ask()
    await actions.enter_code(secret, code_of(letter.id))
    for again in (
        lambda: actions.enter_code(secret, code_of(letter.id)),
        lambda: actions.follow_link(letter.id, link_key_of(letter.id)),
    ):
        refused = await refusal(again)
        assert isinstance(refused, Conflict)
        assert refused.kind == LetterState.USED
    assert await UserSession.all().count() == 1


async def test_of_many_at_once_one_gets_in(db: object) -> None:
    await someone()
    secret, (letter,) = await ask()
    acts = [actions.enter_code(secret, code_of(letter.id)) for _number in range(4)]
    acts += [actions.follow_link(letter.id, link_key_of(letter.id)) for _number in range(4)]
    outcomes = await at_once(*acts, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 7 + ["Entered"]
    assert await UserSession.all().count() == 1


async def test_both_end_after_fifteen_minutes(db: object) -> None:
    with clock.at(NOON):
        await someone()
        secret, (letter,) = await ask()
        clock.move(timedelta(minutes=15) - timedelta(seconds=1))
        assert (await queries.shown_link(letter.id, link_key_of(letter.id))).state is LetterState.OPEN
        clock.move(timedelta(seconds=1))
        for late in (
            lambda: actions.enter_code(secret, code_of(letter.id)),
            lambda: actions.enter_code(secret, wrong([letter])),
            lambda: actions.follow_link(letter.id, link_key_of(letter.id)),
        ):
            refused = await refusal(late)
            assert isinstance(refused, Conflict)
            assert refused.kind == LetterState.OLD


async def test_five_wrong_codes_void_the_code_but_not_the_link(db: object) -> None:
    await someone()
    secret, letters = await ask()
    said = [(await refusal(lambda: actions.enter_code(secret, wrong(letters)))).message for _try in range(5)]
    assert said[0] == "That code doesn't fit. 4 tries left."
    assert said[3:] == ["That code doesn't fit. 1 try left.", "That was the last try."]
    refused = await refusal(lambda: actions.enter_code(secret, code_of(letters[0].id)))
    assert isinstance(refused, Conflict)
    assert refused.kind == LetterState.VOID
    assert await actions.follow_link(letters[0].id, link_key_of(letters[0].id))


async def test_wrong_codes_at_once_are_each_counted(db: object) -> None:
    await someone()
    secret, letters = await ask()
    outcomes = await at_once(
        *(actions.enter_code(secret, wrong(letters)) for _number in range(8)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 4 + ["Invalid"] * 4
    assert (await SignInRequest.all())[0].tries == 5
    assert await AuditEvent.filter(action="sign_in.miss").count() == 5


async def test_what_are_not_six_digits_is_no_try(db: object) -> None:
    await someone()
    secret, _letters = await ask()
    for typed in ("", "48291", "4829134", "abcdef"):
        refused = await refusal(lambda typed=typed: actions.enter_code(secret, typed))
        assert isinstance(refused, Invalid)
        assert set(refused.fields) == {"code"}
    assert (await SignInRequest.all())[0].tries == 0


async def test_a_wrong_code_costs_and_says_the_same_for_every_address(
    db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    compare = hmac.compare_digest
    monkeypatch.setattr(actions.hmac, "compare_digest", lambda a, b: compared.append(a) or compare(a, b))
    for address in ("one@example.test", "both@example.test", "both@example.test", "left@example.test"):
        await someone(address)
    await Person.filter(email="left@example.test").update(status=PersonStatus.ENDED)
    seen = set()
    for address in ("one@example.test", "both@example.test", "left@example.test", "nobody@example.test"):
        secret, letters = await ask(address)
        code = wrong(letters)
        compared.clear()
        with queries_run() as ran:
            refused = await refusal(lambda secret=secret, code=code: actions.enter_code(secret, code))
        kinds = [statement.split()[0] for statement in ran]
        seen.add((type(refused), refused.message, tuple(kinds), len(compared)))
    assert len(seen) == 1
    assert next(iter(seen))[3] == queries.MOST_LETTERS


async def test_each_organisation_has_a_code_of_its_own(db: object) -> None:
    one, other = await someone(), await someone()
    for person in (one, other):
        secret, letters = await ask()
        letter = next(letter for letter in letters if letter.person_id == person.id)
        entered = await actions.enter_code(secret, code_of(letter.id))
        found = await session_actor(entered.secret)
        assert found is not None
        assert found[1].id == person.id


async def test_an_address_that_was_given_to_another_lets_nobody_in(db: object) -> None:
    noor = await someone()
    secret, (letter,) = await ask()
    noor.email = "noor.saltmarsh@example.test"
    await noor.save()
    await factories.person(await factories.organization(), email=ADDRESS)
    with pytest.raises(NotFound):
        await actions.follow_link(letter.id, link_key_of(letter.id))
    with pytest.raises(Invalid):
        await actions.enter_code(secret, code_of(letter.id))


async def test_who_left_meanwhile_gets_in_no_more(db: object) -> None:
    noor = await someone()
    secret, (letter,) = await ask()
    noor.status = PersonStatus.ENDED
    await noor.save()
    with pytest.raises(NotFound):
        await actions.follow_link(letter.id, link_key_of(letter.id))
    with pytest.raises(Invalid):
        await actions.enter_code(secret, code_of(letter.id))


async def test_the_session_that_one_leaves_ends(db: object) -> None:
    await someone()
    secret, (letter,) = await ask()
    first = (await actions.enter_code(secret, code_of(letter.id))).secret
    secret, (letter,) = await ask()
    second = (await actions.enter_code(secret, code_of(letter.id), leaving=first)).secret
    assert first != second
    assert await session_actor(first) is None
    assert await session_actor(second) is not None
