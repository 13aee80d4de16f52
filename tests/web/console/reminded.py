"""A programme whose reminders help once, and once nobody can tell; and a message for too few people to show."""

from datetime import timedelta

from server.kernel import clock
from server.kernel.ids import new_id
from server.notifications.models import Message
from server.notifications.states import Arm, MessageState
from server.programs.models import Program
from tests import factories

ACTED = {"F02": {Arm.NUDGED: (24, 20), Arm.HELD_OUT: (12, 3)}, "G01": {Arm.NUDGED: (20, 11), Arm.HELD_OUT: (10, 5)}}
"""Of so many matches so many acted, by kind and arm."""


async def reminded(program: Program) -> None:
    """Reminders of nine days ago, and what became of them."""
    await Program.filter(id=program.id).update(held_out_percent=20)
    org, then = await program.organization, clock.now() - timedelta(days=9)
    people = [await factories.person(org) for _ in range(9)]
    plain = {
        "organization_id": org.id, "program_id": program.id, "message_class": "NUDGE", "trigger": "t",
        "created_at": then,
    }
    rows = [
        Message(
            **plain, kind=kind, recipient=people[number % 9], facts={"match_id": str(new_id())}, arm=arm,
            dedupe_key=str(new_id()), acted_at=then + timedelta(days=1) if number < acted else None,
            state=MessageState.SUPPRESSED if arm is Arm.HELD_OUT else MessageState.SENT,
            sent_at=None if arm is Arm.HELD_OUT else then,
        )
        for kind, arms in ACTED.items() for arm, (of, acted) in arms.items() for number in range(of)
    ]
    few = Message(
        **plain, kind="S08", recipient=people[0], facts={}, dedupe_key=str(new_id()), state=MessageState.SENT,
        sent_at=then,
    )
    await Message.bulk_create([*rows, few])
