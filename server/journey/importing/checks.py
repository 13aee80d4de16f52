"""What can only be seen with the whole file and the organisation side by side: doubles, addresses, managers, seats."""

from collections.abc import Callable, Container, Sequence

from server.journey.importing.columns import FIELDS, NEEDED
from server.journey.importing.ground import Directory, Held, Offer
from server.journey.importing.records import PeopleFile, Record
from server.kernel.text import gettext as _
from server.people.lines import circling
from server.people.states import PersonStatus
from server.programs.rules import not_there
from server.programs.states import suits

COLUMN_OF = {field: column for column, field in FIELDS.items()}
Check = Callable[[PeopleFile, Directory], None]


def check(file: PeopleFile, directory: Directory) -> None:
    """Refuse the rows that do not fit among the others, or into the organisation."""
    merge(file)
    for step in STEPS:
        step(file, directory)
    file.put_first(_givers(file, directory))


def late_problem(
    record: Record, held: Held, arrived: Container[str], freed: Container[str]
) -> tuple[str, str, str] | None:
    """Column, value and text of what happened to a row's ground since the preview; None when it still stands.

    `freed`: addresses that rows of the same transaction give up.
    """
    address = str(record.facts.get("email", ""))
    if held.holders.get(address, record.employee_id) != record.employee_id and address not in freed:
        return "email", address, _("Somebody else has been given this address since. Correct it.")
    if record.manager and record.manager not in held.managers and record.manager not in arrived:
        return "manager_employee_id", record.manager, _unknown(record.manager, None)
    if not record.facts and record.employee_id not in held.people and record.employee_id not in arrived:
        return "employee_id", record.employee_id, _("Another row of this person is refused. Mend that one first.")
    return None


def freed_addresses(records: Sequence[Record], held: Held) -> set[str]:
    """Addresses that these rows give up, written in one transaction; a row that cannot be written gives up none."""
    giving = [(held.people[record.employee_id].email, str(record.facts["email"])) for record in records
              if record.employee_id in held.people and "email" in record.facts
              and (not record.manager or record.manager in held.managers)]
    giving = [(old, new) for old, new in giving if old != new]
    while True:
        freed = {old for old, _new in giving}
        standing = [(old, new) for old, new in giving if new not in held.holders or new in freed]
        if len(standing) == len(giving):
            return freed
        giving = standing


def merge(file: PeopleFile) -> None:
    """Several rows of one person become one with its facts and others with a seat; those that differ are refused."""
    seats: dict[tuple[object, ...], int] = {}
    for number in sorted(file.records):
        record = file.records[number]
        base = file.records[file.base.setdefault(record.employee_id, number)]
        seat = (record.employee_id, record.seat and (record.seat.program, record.seat.role))
        double = seats.setdefault(seat, number)
        if double != number or (base is not record and record.seat is None):
            text = _("Employee number used twice, also in row %d. Keep one, or give each row a programme and role.")
            file.refuse(number, "employee_id", record.employee_id, text % (base.number if double == number else double))
        elif base is not record:
            _absorb(file, base, record)


def _absorb(file: PeopleFile, base: Record, record: Record) -> None:
    for column, held, said, take in _parts(base, record):
        if held is None:
            take()
        elif held != said:
            text = _("Row %(row)d says “%(value)s” for the same person. Make the rows alike.")
            file.refuse(record.number, column, said, text % {"row": base.number, "value": held})
            return
    record.facts, record.texts, record.tags = {}, {}, {}
    record.manager = record.week = None


def _parts(base: Record, record: Record) -> list[tuple[str, object, object, Callable[[], None]]]:
    """Each thing that `record` says: its column, what `base` says there or None, the value, and how base takes it."""
    found: list[tuple[str, object, object, Callable[[], None]]] = []
    for kind in ("facts", "texts", "tags"):
        mine: dict[str, object] = getattr(base, kind)
        for name, value in getattr(record, kind).items():
            found.append((COLUMN_OF.get(name, str(name)), mine.get(name), value, _setter(mine, name, value)))
    for name in ("manager", "week"):
        if (value := getattr(record, name)) is not None:
            found.append((name, getattr(base, name), value, _attribute(base, name, value)))
    return found


def _setter(held: dict[str, object], name: str, value: object) -> Callable[[], None]:
    return lambda: held.__setitem__(name, value)


def _attribute(base: Record, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(base, name, value)


def _complete(file: PeopleFile, directory: Directory) -> None:
    """A new person needs an address and both names."""
    for number in file.base.values():
        record = file.records[number]
        missing = [name for name in NEEDED[1:] if name not in record.facts]
        if missing and record.employee_id not in directory.people:
            text = _("Nobody has this employee number yet: a new person needs %s.") % ", ".join(missing)
            file.refuse(number, missing[0], "", text)


def _addresses(file: PeopleFile, directory: Directory) -> None:
    """An address belongs to one person: to who holds it and does not give it up, else to the first row naming it."""
    _refuse_held(file, directory)
    first: dict[str, Record] = {}
    for number in sorted(file.records):
        record = file.records[number]
        address = str(record.facts.get("email", ""))
        if not address or directory.holders.get(address) == record.employee_id:
            continue
        if (other := first.setdefault(address, record)) is not record:
            file.refuse(number, "email", address, _("Address used twice, also in row %d. Correct one.") % other.number)


def _refuse_held(file: PeopleFile, directory: Directory) -> bool:
    """Refuse rows that name an address whose holder keeps it."""
    before = len(file.records)
    for record, holder in _taking(file, directory):
        if _gives_up(file, directory, holder) is None:
            text = _("This is the address of %(name)s (%(number)s). Correct it, or give it up there first.")
            known = {"name": directory.people[holder].name, "number": holder}
            file.refuse(record.number, "email", record.facts["email"], text % known)
    return len(file.records) < before


def _taking(file: PeopleFile, directory: Directory) -> list[tuple[Record, str]]:
    """The rows that name an address of somebody else here, each with the number of who holds it."""
    named = [(file.records[number], directory.holders.get(str(file.records[number].facts.get("email", ""))))
             for number in sorted(file.records)]
    return [(record, holder) for record, holder in named if holder not in (None, record.employee_id)]


def _gives_up(file: PeopleFile, directory: Directory, holder: str) -> int | None:
    """The row that gives somebody another address; None when they keep theirs.

    A row that waits for a new manager cannot come first, and so gives nothing up.
    """
    number = file.base.get(holder)
    record = file.records.get(number) if number is not None else None
    if record is None or record.facts.get("email", directory.people[holder].email) == directory.people[holder].email:
        return None
    return None if record.manager and record.manager not in directory.people else number


def _givers(file: PeopleFile, directory: Directory) -> list[int]:
    rows = {_gives_up(file, directory, holder) for _record, holder in _taking(file, directory)}
    return sorted(number for number in rows if number is not None)


def _seats(file: PeopleFile, directory: Directory) -> None:
    """A seat is in a programme that takes people in, given by who may, to somebody who has not left."""
    for record in list(file.records.values()):
        if record.seat is None:
            continue
        offer = directory.offers.get(record.seat.program)
        problem = _seat_problem(offer, directory)
        if problem:
            file.refuse(record.number, "program", record.seat.program, problem)
        elif offer and not suits(record.seat.role, offer.type, offer.circles):
            text = not_there()
            file.refuse(record.number, "role", record.seat.role.value.lower(), text)
        elif _status(record, file, directory) is PersonStatus.ENDED:
            text = _("Who has left cannot be enrolled. Empty the programme, or correct the status.")
            file.refuse(record.number, "program", record.seat.program, text)


def _seat_problem(offer: Offer | None, directory: Directory) -> str:
    if offer is None:
        return _("There is no such programme. Choose one of: %s.") % (", ".join(sorted(directory.offers)) or _("none"))
    if not offer.may_invite:
        return _("You don’t run this programme. Ask who does to invite this person.")
    return "" if offer.cohort_id else _("No group of this programme takes people in now. Open one first.")


def _status(record: Record, file: PeopleFile, directory: Directory) -> object:
    base = file.base_of(record)
    known = directory.people.get(record.employee_id)
    return (base.facts.get("status") if base else None) or (known.status if known else None)


def _managers(file: PeopleFile, directory: Directory) -> None:
    """Managers are in the file or here, nobody manages their own, and who is refused keeps the address they have.

    Each refusal may leave others alone.
    """
    while _refuse_dependent(file, directory) or _refuse_circles(file, directory) or _refuse_held(file, directory):
        pass


def _refuse_dependent(file: PeopleFile, directory: Directory) -> bool:
    """Refuse rows that lack the row they need: the one with their person's facts, or the one of a new manager."""
    rows = {person: number for number, person in reversed(file.people.items())}
    arriving = {record.employee_id for record in file.records.values()}
    before = len(file.records)
    for number in file.order:
        record = file.records.get(number)
        if record is None:
            continue
        manager = record.manager
        if file.base_of(record) is None:
            arriving.discard(record.employee_id)
            file.refuse(number, "", "", _("Another row of this person is refused. Mend that one first."))
        elif manager and manager not in directory.people and manager not in arriving:
            arriving.discard(record.employee_id)
            file.refuse(number, "manager_employee_id", manager, _unknown(manager, rows.get(manager)))
    return len(file.records) < before


def _unknown(manager: str, row: int | None) -> str:
    if row is None:
        return _("Manager %s isn’t in the file or here. Correct the number, or add that person.") % manager
    return _("Manager %(manager)s stands in row %(row)d, which is refused. Mend that row first.") % {
        "manager": manager, "row": row,
    }


def _refuse_circles(file: PeopleFile, directory: Directory) -> bool:
    above = {number: directory.numbers[known.manager] for number, known in directory.people.items() if known.manager}
    setting = {record.employee_id: record for record in file.records.values() if record.manager is not None}
    for number, record in setting.items():
        above.pop(number, None)
        if record.manager:
            above[number] = record.manager
    circle = circling(above)
    wrong = [record for number, record in setting.items() if number in circle and record.manager]
    for record in wrong:
        text = _("Manages their own manager. Correct the manager here, or in the row of %s.") % record.manager
        own = _("Is their own manager. Write who manages them, or leave the cell empty.")
        file.refuse(record.number, "manager_employee_id", record.manager,
                    own if record.manager == record.employee_id else text)
    return bool(wrong)


STEPS: tuple[Check, ...] = (_complete, _addresses, _seats, _managers)
