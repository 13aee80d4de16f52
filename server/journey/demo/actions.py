"""What one can do to a demonstration from outside it: let its time pass."""

from datetime import timedelta

from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Invalid
from server.kernel.jobs import drain
from server.kernel.shift import shift_clock
from server.kernel.text import gettext as _
from server.people.queries import organization_of

LONGEST_DAYS = 7
"""One press of a button: a week. More is another press, so that nobody waits long for an answer."""


async def move_clock(actor: Actor, days: int) -> None:
    """Let `days` days pass in the demonstration that `actor`, the product itself, stands for.

    They pass one by one, and what falls due on each is done before the next, in the order in which it would have been.

    Raises:
        NotFound: this is no demonstration.
        Refused: a person asks, or a machine of somebody else's.
        Invalid: no day, or more than a week.
    """
    require(actor.kind is ActorKind.SYSTEM, _("move the clock"))
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid({"days": _("Move the clock by one day or by up to a week.")})
    for _day in range(days):
        await shift_clock(timedelta(days=1))
        await drain(strict=False)
    async with unit_of_work(actor) as unit:
        await unit.audit("demo.move_clock", await organization_of(actor), days=days)
