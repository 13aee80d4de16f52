"""The competency framework that a programme file names."""

import re
from pathlib import Path

from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.language.meaning import Concept
from server.matchmaking.files import Mistake, Notes
from server.people.frameworks import read_framework


def read_concepts(named: object, program: Path, notes: Notes) -> tuple[Concept, ...]:
    """The competencies of the file that stands under "framework" in a programme file, a path seen from there; none
    where none is named. What is wrong is noted.
    """
    if named is None:
        return ()
    if not isinstance(named, str) or not named.strip():
        notes.mistakes.append(Mistake(program.name, _("Write the name of a file."), None, "framework", str(named)))
        return ()
    path = program.parent / named
    try:
        nodes = read_framework(path.read_bytes(), path.name)
    except OSError as error:
        cure = _("This cannot be read: {error}.").format(error=error.strerror)
        notes.mistakes.append(Mistake(str(path), cure))
        return ()
    except ValueError:
        notes.mistakes.append(Mistake(program.name, _("Write the name of a file."), None, "framework", named))
        return ()
    except Invalid as wrong:
        notes.mistakes += [Mistake(path.name, cure, _line(where)) for where, cure in wrong.fields.items()]
        return ()
    return tuple(Concept(node.key, node.name, node.aliases, node.description) for node in nodes)


def _line(where: str) -> int | None:
    found = re.search(r"\d+", where)
    return int(found[0]) if found and "[" not in where else None
