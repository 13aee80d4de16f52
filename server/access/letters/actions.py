"""Asking for a mail to sign in, and using its code or its link.

Until the code or the link proves who it is, nobody is known, and nobody may learn whether an address is. So asking
never looks the address up: the worker does, later. A wrong code costs the same statements and digests
for every address.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.access.actions import close_session, end_sessions_of_moved, open_session
from server.access.letters import queries
from server.access.letters.limits import require_room
from server.access.letters.marks import CODE_DIGITS, address_mark, code_of, digits_in, network_mark
from server.access.models import SignInLetter, SignInRequest
from server.access.queries import actor_for
from server.access.states import LetterState, LetterWay
from server.access.tickets.actions import void_mailed_tickets
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require, system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import new_id
from server.kernel.secrets import fingerprint, token
from server.kernel.text import clean, ngettext
from server.kernel.text import gettext as _
from server.people.rules import can_import_people

LIVES = timedelta(minutes=15)
"""How long a code and a link work (decision 10 of the design)."""
KEPT = timedelta(days=1)
"""How long a request is kept: longer than the window it is counted in."""
ADDRESS_LETTERS = 254
ONWARD_LETTERS = 500
AT_THE_DOOR = system_actor(UUID(int=0))
"""Who acts while nobody is known yet: the product itself, in no organisation."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in: the secret for their cookie, and where they were going."""

    secret: str
    onward: str


async def ask_for_letter(address: str, *, network: str, onward: str = "") -> str:
    """Ask for a mail to sign in. Returns the secret that lets this browser, and no other, type the code.

    Does the same, and takes as long, whether anybody has that address. `network` is the caller's network address.

    Raises:
        Invalid: no mail address.
        TooMany: too many mails for this address, or from this network.
    """
    written, secret = _address(address), token()
    to, source = address_mark(written), network_mark(network)
    async with unit_of_work(AT_THE_DOOR) as unit:
        require_room(await queries.recent_requests(to, source), to, source)
        request = await SignInRequest.create(
            browser=fingerprint(secret), address=written, onward=clean(onward)[:ONWARD_LETTERS],
            expires_at=clock.now() + LIVES, address_mark=to, network_mark=source,
        )
        await unit.schedule("sign_in.forget", request, clock.now() + KEPT)
        await unit.audit("sign_in.ask", request)
        await unit.publish("sign_in.asked", subject_id=request.id, request_id=request.id)
    return secret


async def write_letters(actor: Actor, request_id: UUID) -> None:
    """Find out whose address was typed, and let each of them be written to. Twice is harmless.

    Raises:
        Refused: only the product looks an address up.
        NotFound: the request is gone.
    """
    require(actor.kind is ActorKind.SYSTEM, _("look an address up"))
    request = await queries.request_by_id(request_id)
    written = {letter.person_id for letter in await queries.letters_of(request)}
    for person in await queries.people_at(request.address):
        if person.id not in written:
            await _write(request, person.id, system_actor(person.organization_id))


async def forget_request(actor: Actor, request_id: UUID) -> None:
    """Delete a request that is KEPT old, every older one, and what was written for them. Twice is harmless.

    Raises:
        Refused: only the product deletes requests.
    """
    require(actor.kind is ActorKind.SYSTEM, _("delete this"))
    async with unit_of_work(actor) as unit:
        old = SignInRequest.filter(created_at__lte=clock.now() - KEPT)
        if (request := await old.filter(id=request_id).first()) is not None:
            await unit.audit("sign_in.forget", request)
            await old.delete()


async def let_old_addresses_go(actor: Actor, person_ids: Collection[UUID]) -> None:
    """Close every way in of people whose addresses the record system changed: mails to sign in, then sessions; and
    what mails to the old address let them do by one tap.

    In this order, so that somebody who is just coming in by such a mail is signed out again. Twice is harmless.

    Raises:
        Refused: the actor does not bring in the records.
    """
    require(can_import_people(actor), _("change addresses"))
    async with unit_of_work(actor) as unit:
        mine = SignInLetter.filter(organization_id=actor.organization_id, person_id__in=list(person_ids))
        letters = await mine.order_by("id")
        if letters:
            await mine.delete()
            await unit.audit_many("sign_in.void_letter", letters)
        await end_sessions_of_moved(actor, person_ids)
        await void_mailed_tickets(actor, person_ids)


async def enter_code(secret: str, typed: str, *, device: str = "", leaving: str = "") -> Entered:
    """Sign in with the six digits of a mail, in the browser that asked for it. The session `leaving` ends.

    Raises:
        NotFound: this browser asked for no mail.
        Invalid: not six digits, or the wrong ones; those count as a try.
        Conflict: too many tries, too late, or used already.
    """
    digits = digits_in(typed)
    if len(digits) != CODE_DIGITS:
        raise Invalid({"code": _("Type all six digits.")})
    request = await queries.request_of(secret)
    if request is None:
        raise NotFound
    letter = _fitting(await queries.letters_of(request), digits)
    if letter is None:
        raise await _miss(request.id)
    return await _enter(letter, LetterWay.CODE, device, leaving)


async def follow_link(letter_id: UUID, key: str, *, device: str = "", leaving: str = "") -> Entered:
    """Sign in with the link of a mail, in whichever browser it was opened. The session `leaving` ends.

    Raises:
        NotFound: no such letter, another key, or the address is not that person's any more.
        Conflict: too late, or used already.
    """
    return await _enter(await queries.letter_by_key(letter_id, key), LetterWay.LINK, device, leaving)


def _address(typed: str) -> str:
    address = "".join(clean(typed).split()).lower()
    name, at, host = address.rpartition("@")
    if not (name and at and host) or len(address) > ADDRESS_LETTERS:
        raise Invalid({"email": _("Type your address at work, as name@example.org.")})
    return address


async def _write(request: SignInRequest, person_id: UUID, actor: Actor) -> None:
    async with unit_of_work(actor) as unit:
        letter = await SignInLetter.create(
            organization_id=actor.organization_id, request=request, person_id=person_id
        )
        await unit.audit("sign_in.write_letter", letter)
        await unit.publish("sign_in.letter_written", subject_id=letter.id, letter_id=letter.id, person_id=person_id)


def _fitting(letters: list[SignInLetter], digits: str) -> SignInLetter | None:
    """The letter with this code. Always as many digests and comparisons, however many letters there are."""
    decoys = [new_id() for _number in range(queries.MOST_LETTERS)]
    ids = [*(letter.id for letter in letters), *decoys][:queries.MOST_LETTERS]
    fits = [hmac.compare_digest(code_of(one), digits) for one in ids]
    return next((letter for letter, fitting in zip(letters, fits, strict=False) if fitting), None)


async def _miss(request_id: UUID) -> Invalid | Conflict:
    """Count a wrong code, and say what to tell."""
    async with unit_of_work(AT_THE_DOOR) as unit:
        request = await queries.request_by_id(request_id, lock=True)
        _require_open(queries.state_of(request))
        request.tries += 1
        await request.save(update_fields=["tries"])
        await unit.audit("sign_in.miss", request, tries=request.tries)
    left = queries.MOST_TRIES - request.tries
    if not left:
        return _ended(LetterState.VOID)
    words = ngettext("That code doesn't fit. %(num)d try left.", "That code doesn't fit. %(num)d tries left.", left)
    return Invalid({"code": words % {"num": left}})


async def _enter(letter: SignInLetter, way: LetterWay, device: str, leaving: str) -> Entered:
    """Spend the request and open a session, together: of two at once, one gets in."""
    async with unit_of_work(await actor_for(letter.person)) as unit:
        request = await queries.request_by_id(letter.request_id, lock=True)
        _require_open(queries.state_of(request, by_link=way is LetterWay.LINK))
        await queries.require_letter(letter)
        request.used_at = clock.now()
        await request.save(update_fields=["used_at"])
        await unit.audit("sign_in.use_letter", letter, way=way)
        secret = await open_session(letter.person, device)
    await close_session(leaving, followed_by=secret)
    return Entered(secret, request.onward)


def _require_open(state: LetterState) -> None:
    if state is not LetterState.OPEN:
        raise _ended(state)


def _ended(state: LetterState) -> Conflict:
    words = {
        LetterState.USED: _("That mail has signed somebody in already. It works once."),
        LetterState.OLD: _("That mail is older than 15 minutes."),
        LetterState.VOID: _("That was the last try."),
    }
    return Conflict(words[state], kind=state.value)
