"""Trying a message before anybody gets it."""

from uuid import UUID

from server.automation.telling.shown import facts_for, seen
from server.kernel.actor import Actor, require, system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.notifications.actions import plan_test
from server.notifications.catalogue import CATALOGUE
from server.programs.plans.queries import messages_prepared
from server.programs.plans.telling import own_message
from server.programs.queries import program_by_id
from server.programs.rules import can_edit_program


async def send_test(
    actor: Actor, program_id: UUID, kind: str, *, person_id: UUID | None = None, its_own: str = ""
) -> None:
    """Send the actor by mail what a person of the programme would get, in the words that are being prepared. It says
    that it is a test, and what it offers to tap is left out. `its_own`: which of the programme's own messages.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it, or is nobody who has a mailbox.
        Invalid: there is no such kind.
        Conflict: there is nobody yet as whom it could be shown (`kind="nobody_to_show"`).
    """
    if kind not in CATALOGUE:
        raise Invalid({"kind": _("There is no such message.")})
    async with unit_of_work(actor) as unit:
        program = await program_by_id(actor, program_id)
        require(actor.person_id is not None and can_edit_program(actor, program.id), _("try this message"))
        as_whom = (await seen(actor, program_id, kind, person_id, its_own=its_own)).as_whom
        own = own_message(await messages_prepared(actor, program_id), its_own)
        facts = await facts_for(actor, program, kind, as_whom, own) if as_whom else None
        if as_whom is None or facts is None:
            raise Conflict(_("There is nobody yet as whom this could be shown."), kind="nobody_to_show")
        assert actor.person_id is not None, "required above"
        system = system_actor(actor.organization_id)
        await plan_test(system, kind, actor.person_id, program.id, as_whom.id, facts)
        await unit.audit("program.test_message", program, kind=kind, as_id=as_whom.id)
