"""Rules by which people join by themselves, as a document holds them: pure."""

import pytest

from server.people.models import Person
from server.programs.plans import fields
from server.programs.states import ParticipantRole
from server.programs.triggers.entries import ENTRY, TRIGGERS, Entry, contradictions, entries, group_for
from server.programs.triggers.states import When

RULES = [
    {"group": "porto", "where": "location", "is": ["Porto", "Lisboa"]},
    {"group": "heads", "where": "seniority", "is": ["6", "7"]},
    {"group": "engineers", "where": "department", "is": ["Engenharia"]},
]
HIRED = {"when": "HIRED", "role": "MENTEE", "days": 30}


@pytest.mark.parametrize(("facts", "there", "group"), [
    ({"location": " lisboa", "seniority": 7}, {"porto", "heads"}, "porto"),
    ({"location": "Lisboa", "seniority": 7}, {"heads"}, "heads"),
    ({"seniority": 6}, {"porto", "heads"}, "heads"),
    ({"department": "ENGENHARIA"}, {"engineers"}, "engineers"),
    ({"department": "Sales", "seniority": 5}, {"porto", "heads", "engineers"}, None),
    ({}, {"heads"}, None),
])
def test_the_first_rule_that_holds_chooses_a_group_that_is_open(
    facts: dict[str, object], there: set[str], group: str | None
) -> None:
    assert group_for(Person(**facts), RULES, there) == group


@pytest.mark.parametrize(("enrol", "kind", "wrong"), [
    ([HIRED], "ONE_TO_ONE", set()),
    ([HIRED, {**HIRED, "role": "MENTOR"}], "ONE_TO_ONE", set()),
    ([HIRED, {**HIRED, "days": 60}], "ONE_TO_ONE", {"triggers.enrol[2]"}),
    ([{**HIRED, "role": "PEER"}], "ONE_TO_ONE", {"triggers.enrol[1].role"}),
    ([{**HIRED, "course": "N1"}, {**HIRED, "when": "COURSE"}], "PEER", {
        "triggers.enrol[1].role", "triggers.enrol[1].course", "triggers.enrol[2].role", "triggers.enrol[2].course"}),
])
def test_rules_that_cannot_be_are_told_by_their_place(
    enrol: list[dict[str, object]], kind: str, wrong: set[str]
) -> None:
    triggers = fields.read({}, {"enrol": enrol}, TRIGGERS)
    assert set(contradictions({"type": kind, "circles": "NONE"}, triggers)) == wrong


def test_what_no_rule_can_hold_is_refused_where_it_stands() -> None:
    problems: fields.Problems = {}
    bad = {"grace_days": 0, "enrol": [{"when": "FIRED", "role": "MENTEE", "days": 366, "places": 0}],
           "groups": [{"group": "", "where": "shoes", "is": []}]}
    fields.read(problems, bad, TRIGGERS, "triggers")
    assert set(problems) == {
        "triggers.enrol[1].when", "triggers.enrol[1].days", "triggers.enrol[1].places", "triggers.grace_days",
        "triggers.groups[1].group", "triggers.groups[1].where", "triggers.groups[1].is",
    }


def test_a_rule_is_known_while_its_days_change() -> None:
    [one] = entries({"enrol": [fields.read({}, HIRED, ENTRY)]})
    assert one == Entry(When.HIRED, 30, ParticipantRole.MENTEE)
    assert one.key == Entry(When.HIRED, 45, ParticipantRole.MENTEE, places=3).key
    assert Entry(When.COURSE, 0, one.role, course="N" * 120).key != Entry(When.COURSE, 0, one.role, course="M").key
