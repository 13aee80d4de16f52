"""What a link of a letter is about, for the page that asks before it acts. Looking changes nothing, however often."""

from dataclasses import dataclass

from server.kernel.errors import NotFound
from server.notifications.optout import links
from server.notifications.states import MessageClass
from server.people.models import Person
from server.people.states import PersonStatus


@dataclass(frozen=True, slots=True)
class About:
    """Whose letters of which class a link ends. `language`: that of the letter."""

    person: Person
    message_class: MessageClass
    language: str
    is_old: bool


async def look(key: str) -> About:
    """What a link is about.

    Raises:
        NotFound: it is none, or whom it was written to has left.
    """
    link = links.read(key)
    person = await Person.get_or_none(id=link.person_id).select_related("organization")
    if person is None or person.status is PersonStatus.ENDED:
        raise NotFound
    return About(person, link.message_class, person.language or person.organization.language, link.is_old)
