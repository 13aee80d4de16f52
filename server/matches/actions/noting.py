"""What the managers of a programme note about a pair, for each other."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches import queries, rules
from server.matches.models import MatchNote

NOTE_LETTERS = 5_000


async def write_note(actor: Actor, match_id: UUID, words: str, *, version: int) -> MatchNote:
    """Keep the managers' note of a pair; no words empty it. The same words again change nothing.

    `version` is that of the note which the actor has read, 0 for none: so nobody writes over what they have not seen.
    The trail says that it was written, never what.

    Raises:
        NotFound: no such match, or not of a programme that the actor runs.
        Refused: the actor keeps no notes there, or is one of the two.
        Invalid: more than NOTE_LETTERS.
        Conflict: somebody changed the note meanwhile (`kind="changed"`).
    """
    problems: dict[str, str] = {}
    kept = typed(problems, "words", words, at_most=NOTE_LETTERS)
    check(problems)
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_keep_note(actor, match), _("keep a note about this pair"))
        note = await queries.note_of(actor, match)
        if kept == (note.words if note else ""):
            return note or MatchNote(organization_id=match.organization_id, match_id=match.id, version=0)
        if version != (note.version if note else 0):
            raise Conflict(_("Somebody else changed this note meanwhile."), kind="changed")
        note = note or MatchNote(organization_id=match.organization_id, match_id=match.id, version=0)
        note.update_from_dict({
            "words": kept, "version": note.version + 1, "written_by_id": actor.person_id, "written_at": clock.now(),
        })
        await note.save()
        await unit.audit("match.write_note", match, version=note.version)
        return note
