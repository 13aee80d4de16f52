"""What an act of `ithaca queue` answers with, and how it finds the group and the people who were typed."""

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from tortoise.expressions import Q

from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.programs.models import Cohort, Enrollment
from server.programs.queries import cohort_by_keys, enrollments
from server.programs.rules import roles_in
from server.programs.states import EnrollmentState, ParticipantRole


@dataclass(frozen=True)
class Answer:
    """What came of it: `lines` for whoever reads along, `told` for a program."""

    lines: list[str]
    told: Json


Act: TypeAlias = Callable[[Actor, argparse.Namespace], Awaitable[Answer]]


async def group(actor: Actor, args: argparse.Namespace) -> Cohort:
    """The group that was named.

    Raises:
        NotFound: no such programme or group.
    """
    try:
        return await cohort_by_keys(actor, args.program, args.cohort)
    except NotFound:
        told = {"program": args.program, "cohort": args.cohort}
        raise NotFound(_("There is no group %(cohort)s in a programme %(program)s.") % told) from None


async def two(actor: Actor, cohort: Cohort, one: str, other: str) -> tuple[Enrollment, Enrollment]:
    """The two people who were named: of a pair first who leads it.

    Raises:
        NotFound: one of them takes no part in the group.
    """
    roles = roles_in(cohort.program)
    return await one_of(actor, cohort, one, roles[0]), await one_of(actor, cohort, other, roles[-1])


async def one_of(actor: Actor, cohort: Cohort, who: str, role: ParticipantRole) -> Enrollment:
    """Who was named, by mail address or employee number; in this role, where they have several.

    Raises:
        NotFound: nobody like that takes part in the group.
    """
    here = enrollments(actor).filter(cohort_id=cohort.id, state=EnrollmentState.ACTIVE)
    named = Q(person__email__iexact=who) | Q(person__employee_id=who)
    rows = await here.filter(named).order_by("id").select_related("person")
    if not rows:
        raise NotFound(_("Nobody with the address or number %(who)s takes part in this group.") % {"who": who})
    return min(rows, key=lambda row: row.role is not role)
