"""What people of a programme may do by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import strawberry

from server.programs.permissions.entries import PERMISSIONS_PART

if TYPE_CHECKING:
    from server.programs.models import Program


@strawberry.type(
    name="ProgramPermissions",
    description="What people of a programme may do by themselves, beside asking and naming wishes. The fields of "
    "mentees are those of peers and of members of circles too, those of mentors are those of who leads a circle.",
)
class ProgramPermissionsType:
    mentees_may_browse: bool = strawberry.field(description="See who fits, without asking or naming anybody.")
    mentors_may_browse: bool
    mentees_may_message: bool = strawberry.field(description="Write to the others of their match.")
    mentors_may_message: bool
    mentees_may_invite: bool = strawberry.field(description="Invite a colleague (`inviteColleague`).")
    mentors_may_invite: bool

    @classmethod
    def of(cls, row: Program) -> Self:
        """What a programme says, and what is usual where it says nothing."""
        return cls(**PERMISSIONS_PART.told(row.permissions))
