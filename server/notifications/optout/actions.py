"""Switching the letters of a class off and on again by the link that stands in one of them."""

from server.access.queries import actor_for
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.notifications.optout.queries import About, look
from server.notifications.states import MAIL_MARK
from server.people import actions as people
from server.people.queries import profile_of


async def switch_mail(key: str, *, comes: bool) -> About:
    """Let letters of a link's class come or not come from now on, also those that are planned. Twice is harmless.

    What else somebody switched off, and what reaches their browsers, stays as it is.

    Raises:
        NotFound: it is no link, or whom it was written to has left.
        Conflict: it is too old.
    """
    about = await look(key)
    if about.is_old:
        raise Conflict(_("This link is too old."), kind="old")
    actor, mark = await actor_for(about.person), about.message_class + MAIL_MARK
    async with unit_of_work(actor) as unit:
        off = {*(await profile_of(actor, about.person.id)).muted_kinds}
        if comes is (mark in off):
            await people.set_muted_kinds(actor, off ^ {mark})
            await unit.audit("mail.switch", about.person, message_class=about.message_class, comes=comes)
    return about
