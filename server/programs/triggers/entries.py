"""The part `triggers` of a programme's document: who is invited by themselves, into which group, and who no longer
belongs. Pure.

    [triggers]
    grace_days = 14         # a rule of the audience no longer holds for somebody: their part ends so much later
    enrol = [{when = "HIRED", days = 30, role = "MENTEE"}]
    groups = [{group = "porto", where = "location", is = ["Porto", "Lisbon"]}]     # first that holds; else the newest
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from server.kernel.db import Json
from server.kernel.text import folded
from server.kernel.text import gettext as _
from server.people.models import Person
from server.programs import rules
from server.programs.actions import CAPACITY_MAX, GRACE_DAYS_MAX
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part
from server.programs.queries import KEY_LETTERS
from server.programs.states import Circles, ParticipantRole, ProgramType, suits
from server.programs.triggers.states import When, Where

DAYS_MOST, ENTRIES_MOST, GROUPS_MOST, VALUES_MOST = 365, 12, 30, 20
COURSE_LETTERS, VALUE_LETTERS = 120, 200

ENTRY: Shape = {
    "when": Setting(fields.one_of(When)),
    "days": Setting(fields.whole(0, DAYS_MOST), 0),
    "role": Setting(fields.one_of(ParticipantRole)),
    "places": Setting(fields.whole(1, CAPACITY_MAX), 1),
    "course": Setting(fields.words(COURSE_LETTERS), ""),
}
GROUP: Shape = {
    "group": Setting(fields.words(KEY_LETTERS, needed=True)),
    "where": Setting(fields.one_of(Where)),
    "is": Setting(fields.many(fields.words(VALUE_LETTERS, needed=True), 1, VALUES_MOST)),
}
TRIGGERS: Shape = {
    "enrol": Setting(fields.many(fields.table(ENTRY), 0, ENTRIES_MOST), []),
    "groups": Setting(fields.many(fields.table(GROUP), 0, GROUPS_MOST), []),
    "grace_days": Setting(fields.maybe(fields.whole(1, GRACE_DAYS_MAX)), None),
}
TRIGGERS_PART = Part("triggers", fields.table(TRIGGERS), {})


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule: so many days after something happens, somebody is invited in a role. `course`: its key in the learning
    system, where the rule is about one."""

    when: When
    days: int
    role: ParticipantRole
    places: int = 1
    course: str = ""

    @property
    def key(self) -> str:
        """What a rule is known by in its programme while its days and places change."""
        course = f":{sha256(self.course.encode()).hexdigest()[:12]}" if self.course else ""
        return f"{self.when}:{self.role}{course}"


def entries(stored: Mapping[str, Any]) -> list[Entry]:
    """The rules of a programme as they are stored."""
    return [_entry(one) for one in stored.get("enrol", [])]


def entry_by_key(stored: Mapping[str, Any], key: str) -> Entry | None:
    """One rule of a programme, if it is there (still)."""
    return next((one for one in entries(stored) if one.key == key), None)


def as_stored(entry: Entry) -> Json:
    """A rule as a document holds it."""
    return asdict(entry)


def contradictions(setup: Mapping[str, Any], triggers: Mapping[str, Any]) -> Problems:
    """What rules ask for that their type of programme does not have, or that cannot be together, by path."""
    kind, circles = ProgramType(setup["type"]), Circles(setup["circles"])
    wrong, seen = Problems(), set[str]()
    for place, one in enumerate(triggers["enrol"], start=1):
        path, entry = f"triggers.enrol[{place}]", _entry(one)
        if not suits(entry.role, kind, circles):
            wrong[f"{path}.role"] = rules.not_there()
        if entry.when is When.COURSE and not entry.course:
            wrong[f"{path}.course"] = _("Say which course, by its number in the learning system.")
        if entry.when is not When.COURSE and entry.course:
            wrong[f"{path}.course"] = _("Only a rule about a finished course names one.")
        if entry.key in seen:
            wrong[path] = _("The same stands there twice. Keep one of the two.")
        seen.add(entry.key)
    return wrong


def group_for(person: Person, groups: Collection[Mapping[str, Any]], there: Collection[str]) -> str | None:
    """The key of the group that somebody belongs to by these rules, among those that are `there`: the first that holds
    decides; None where none does."""
    for one in groups:
        value = getattr(person, one["where"])
        meant = {folded(name.strip()) for name in one["is"]}
        if one["group"] in there and value is not None and folded(str(value).strip()) in meant:
            return str(one["group"])
    return None


def _entry(one: Mapping[str, Any]) -> Entry:
    return Entry(When(one["when"]), one["days"], ParticipantRole(one["role"]), one["places"], one["course"])
