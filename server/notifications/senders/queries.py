"""Who may sign a programme's letters, and who signs one: somebody who runs it now, and whom it chose.

A letter always leaves from the installation's own address: only the name beside it, and where answers go, are theirs.
"""

from uuid import UUID

from server.access.queries import people_with_role
from server.access.states import Role
from server.kernel.actor import Actor
from server.notifications.channels.email import Sender, can_be_written
from server.notifications.scene import Scene
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.plans.telling import own


async def who_may_sign(actor: Actor, program_id: UUID | None) -> list[Person]:
    """Who runs a programme and can be answered, by name; of one that is not there yet, who runs all of them."""
    run = await people_with_role(actor, Role.PROGRAM_MANAGER, program_id)
    return [one for one in run if one.status is not PersonStatus.ENDED and can_be_written(one.email)]


async def sender_of(actor: Actor, scene: Scene) -> Sender | None:
    """Who signs a letter; None where it comes from the installation: as usual, or because who was chosen runs the
    programme no more."""
    number = own(scene.program.messages, scene.message.kind, scene.message.own_key).sender if scene.cohort else ""
    if not number:
        return None
    signing = (one for one in await who_may_sign(actor, scene.program.id) if one.employee_id == number)
    person = next(signing, None)
    return Sender(person.full_name, person.email) if person else None
