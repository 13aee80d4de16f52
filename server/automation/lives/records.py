"""The employer's records of made-up people, as files that the product's own import reads."""

import csv
import io
from collections.abc import Iterable, Mapping

from server.automation.lives.somebody import Somebody

Row = dict[str, str]


def framework_file(skills: Iterable[str]) -> bytes:
    """A competency framework of these skills, as CSV."""
    lines = ["key,name,description", *(f"{name.lower().replace(' ', '-')},{name}," for name in skills)]
    return ("\n".join(lines) + "\n").encode()


def changes_file(statuses: Mapping[Somebody, str]) -> bytes:
    """What the employer's records say of some people now: ACTIVE, LEAVE or ENDED."""
    return written([{**named(one), "status": status} for one, status in statuses.items()])


def named(one: Somebody) -> Row:
    """The columns that say who somebody is."""
    return {"employee_id": one.key, "email": one.email, "given_name": one.given, "family_name": one.family}


def written(rows: list[Row]) -> bytes:
    """Rows as UTF-8 CSV with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
