"""What is known of a request to sign in by mail. Nothing here tells a caller whether anybody has an address."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from server.access.letters.limits import WINDOW
from server.access.letters.marks import link_key_of
from server.access.models import SignInLetter, SignInRequest
from server.access.states import LetterState
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.secrets import fingerprint
from server.people.models import Organization, Person
from server.people.states import PersonStatus

MOST_TRIES = 5
"""Reliability.md, section 3. A code is one of a million."""
MOST_LETTERS = 5
"""One address in more organisations than this gets the oldest ones' letters."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request as the browser that began it sees it."""

    address: str
    onward: str
    state: LetterState
    tries_left: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A link as whoever holds it sees it."""

    person: Person
    organization: Organization
    state: LetterState


def state_of(request: SignInRequest, *, by_link: bool = False) -> LetterState:
    """Whether a request still lets anybody in. Wrong codes close the code alone: no stranger can guess a link."""
    if request.used_at is not None:
        return LetterState.USED
    if clock.now() >= request.expires_at:
        return LetterState.OLD
    return LetterState.VOID if request.tries >= MOST_TRIES and not by_link else LetterState.OPEN


async def waiting(secret: str) -> Waiting | None:
    """What this browser waits for; None when it asked for nothing, or long ago."""
    request = await request_of(secret)
    if request is None:
        return None
    return Waiting(request.address, request.onward, state_of(request), max(0, MOST_TRIES - request.tries))


async def shown_link(letter_id: UUID, key: str) -> Shown:
    """Whom a link signs in, and whether it still does. Looking changes nothing.

    Raises:
        NotFound: no such letter, another key, or the address is not that person's any more.
    """
    letter = await letter_by_key(letter_id, key)
    organization = await Organization.get(id=letter.organization_id)
    return Shown(letter.person, organization, state_of(letter.request, by_link=True))


async def letter_by_key(letter_id: UUID, key: str) -> SignInLetter:
    """The letter that a link belongs to, with its person and request.

    Raises:
        NotFound: no such letter, another key, or the address is not that person's any more.
    """
    letter = await SignInLetter.get_or_none(id=letter_id).select_related("person", "request")
    if letter is None or not hmac.compare_digest(link_key_of(letter_id).encode(), key.encode()):
        raise NotFound
    if not is_still_theirs(letter.person, letter.request.address):
        raise NotFound
    return letter


async def letter_by_id(actor: Actor, letter_id: UUID) -> SignInLetter:
    """A letter of the actor's organisation, with its request.

    Raises:
        NotFound: absent, or another organisation's.
    """
    found = SignInLetter.filter(organization_id=actor.organization_id, id=letter_id).select_related("request")
    letter = await found.first()
    if letter is None:
        raise NotFound
    return letter


async def require_letter(letter: SignInLetter) -> None:
    """Hold a letter within the open unit, so that nobody comes in by one while its address changes.

    Raises:
        NotFound: it is void since.
    """
    same = SignInLetter.filter(organization_id=letter.organization_id, id=letter.id)
    if await same.select_for_update().first() is None:
        raise NotFound


async def letters_of(request: SignInRequest) -> list[SignInLetter]:
    """The letters of a request with their people: none, or one for each organisation that knows the address."""
    letters = await SignInLetter.filter(request_id=request.id).order_by("id").select_related("person")
    return [letter for letter in letters if is_still_theirs(letter.person, request.address)]


def is_still_theirs(person: Person, address: str) -> bool:
    """Whether this person may be signed in by a mail to that address: it may have been given to another since."""
    return person.status is not PersonStatus.ENDED and person.email == address


async def people_at(address: str) -> list[Person]:
    """Who has this address, in every organisation, the oldest first."""
    return await Person.filter(email=address).exclude(status=PersonStatus.ENDED).order_by("id").limit(MOST_LETTERS)


async def request_of(secret: str) -> SignInRequest | None:
    """The request that the browser with this secret began."""
    return await SignInRequest.get_or_none(browser=fingerprint(secret))


async def request_by_id(request_id: UUID, *, lock: bool = False) -> SignInRequest:
    """A request.

    Raises:
        NotFound: it is gone.
    """
    found = SignInRequest.filter(id=request_id)
    request = await (found.select_for_update() if lock else found).first()
    if request is None:
        raise NotFound
    return request


async def recent_requests(address: str, network: str) -> list[tuple[str, str, datetime]]:
    """(address mark, network mark, moment) of the requests in the window that share one of the marks."""
    near = SignInRequest.filter(Q(address_mark=address) | Q(network_mark=network))
    rows = await near.filter(created_at__gt=clock.now() - WINDOW)
    return [(row.address_mark, row.network_mark, row.created_at) for row in rows]
