"""The checker sees what is wrong by itself: it is given rows and mails that no engine made."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from server.automation.lives.somebody import Somebody
from server.automation.simulating.crowd import crowd, people_file
from server.automation.simulating.mails import Sent
from server.automation.simulating.tally import Tally, tally
from server.kernel.ids import drawn_ids, new_id
from server.programs.states import Circles, ParticipantRole, ProgramType

MONDAY = datetime(2027, 1, 11, 10, tzinfo=UTC)
HERE, THERE = new_id(), new_id()
TABLES = """
CREATE TABLE person (id, zone);
CREATE TABLE message (id, kind, message_class, recipient_id, subject_id, state, reason, due_at);
CREATE TABLE scheduled_action (rule, state, reason, due_at);
CREATE TABLE outbox_event (kind, not_before, delivered_at, withdrawn_at, parked_at);
CREATE TABLE enrollment (state); CREATE TABLE "match" (state); CREATE TABLE session (state);
CREATE TABLE survey_form (id, anonymous); CREATE TABLE form_ballot (id, form_id, week);
CREATE TABLE form_invitation (id, form_id, form_key, match_id, person_id, opened_at, state);
CREATE TABLE form_answer (id, invitation_id); CREATE TABLE audit_event (id, action, target_id);
INSERT INTO survey_form VALUES ('f', 1);
INSERT INTO form_invitation VALUES ('i', 'f', 'pulse', 'a', 'p', '2027-01-11 10:00:00+00:00', 'ANSWERED');
INSERT INTO form_ballot VALUES ('b', 'f', NULL); INSERT INTO person VALUES ('p', 'Asia/Kolkata');
"""


def sent(at: datetime, words: str = "words") -> Sent:
    return Sent(at, new_id(), "noor@example.test", "Subject", words)


def told(path: Path, *mails: Sent, message_class: str = "NUDGE", person: UUID = HERE, sql: str = "") -> Tally:
    """What is found in a file with these mails of one class to one person."""
    file = path / f"{new_id()}.db"
    rows = sqlite3.connect(file)
    rows.executescript(TABLES)
    rows.executemany("INSERT INTO person VALUES (?, ?)", [(str(HERE), "Europe/Lisbon"), (str(THERE), "Asia/Kolkata")])
    rows.executemany("INSERT INTO message VALUES (?, 'F01', ?, ?, 'm', 'SENT', '', ?)", [
        (str(one), message_class, str(person), MONDAY) for one in {mail.message_id for mail in mails}
    ])
    rows.executescript(sql)
    rows.commit()
    rows.close()
    return tally(file, mails, MONDAY + timedelta(days=30))


def test_what_is_as_it_should_be_breaks_no_rule(tmp_path: Path) -> None:
    days = [sent(MONDAY + timedelta(days=day)) for day in (0, 2, 4, 7, 9)]
    day_before = ("INSERT INTO form_invitation SELECT 'n', form_id, form_key, match_id, person_id, "
                  "'2027-01-10 18:00:00+00:00', 'OPEN' FROM form_invitation")    # half past eleven in Kolkata
    found = told(tmp_path, *days, sql=day_before)
    assert found.is_sound, found.broken
    assert found.counts["messages sent"] == {"F01": 5}


def test_what_comes_twice_is_seen_by_its_id_and_by_its_words(tmp_path: Path) -> None:
    once = sent(MONDAY)
    found = told(tmp_path, once, replace(once, at=MONDAY + timedelta(days=2)), message_class="TRANSACTIONAL")
    assert found.broken["came twice"] == [f"{once.message_id} 2 times"]
    found = told(tmp_path, sent(MONDAY), sent(MONDAY), message_class="TRANSACTIONAL")
    assert found.broken["came twice"] == ["F01 of 2027-01-11 2 times"]
    assert told(tmp_path, sent(MONDAY), sent(MONDAY, "other"), message_class="TRANSACTIONAL").is_sound
    again = sent(MONDAY), sent(MONDAY + timedelta(days=8), "other")
    found = told(tmp_path, *again, sql="UPDATE message SET kind = 'L01'")
    assert found.broken["came twice"] == ["L01 2 times"], "what goes once goes never again"


@pytest.mark.parametrize(
    ("message_class", "hours", "person", "night"),
    [
        ("NUDGE", 0, HERE, False), ("NUDGE", -2, HERE, True), ("NUDGE", 7.5, HERE, True), ("NUDGE", 5 * 24, HERE, True),
        ("NUDGE", -6, THERE, False), ("NUDGE", 2.5, THERE, True), ("SURVEY", -2, HERE, False),
        ("SURVEY", -3, HERE, True),
        ("SURVEY", 5 * 24, HERE, False), ("REPORT", 8, HERE, True), ("TRANSACTIONAL", 12, HERE, False),
    ],
)
def test_nights_and_weekends_are_those_of_the_reader(
    tmp_path: Path, message_class: str, hours: float, person: UUID, night: bool
) -> None:
    found = told(tmp_path, sent(MONDAY + timedelta(hours=hours)), message_class=message_class, person=person)
    assert bool(found.broken["came in the night"]) == night


@pytest.mark.parametrize(
    ("days", "many"), [((0, 0.1), True), ((0, 1, 2, 3), True), ((0, 1, 4, 7), False), ((0, 1), False)]
)
def test_caps_count_days_of_the_reader(tmp_path: Path, days: tuple[float, ...], many: bool) -> None:
    found = told(tmp_path, *(sent(MONDAY + timedelta(days=day), str(day)) for day in days))
    assert bool(found.broken["too many nudges"]) == many


@pytest.mark.parametrize("sql", [
    "INSERT INTO scheduled_action VALUES ('message.F01', 'PLANNED', '', '2027-01-12 00:00:00+00:00')",
    "INSERT INTO scheduled_action VALUES ('message.F01', 'PARKED', '', '2029-01-12 00:00:00+00:00')",
    "INSERT INTO message SELECT id || '1', kind, message_class, recipient_id, '', 'QUEUED', '', due_at FROM message",
    "INSERT INTO outbox_event VALUES ('match.ended', '2027-01-12 00:00:00+00:00', NULL, NULL, NULL)",
])
def test_what_was_due_and_is_not_done_is_seen(tmp_path: Path, sql: str) -> None:
    sql = sql.replace("id || '1'", f"'{new_id()}'")
    assert told(tmp_path, sent(MONDAY), sql=sql).broken["left undone"]


@pytest.mark.parametrize(("sql", "rule"), [
    ("INSERT INTO form_invitation SELECT 'n', form_id, form_key, match_id, person_id, opened_at, 'OPEN' "
     "FROM form_invitation", "asked twice"),
    ("INSERT INTO form_answer VALUES ('x', 'i')", "an anonymous answer leads to somebody"),
    ("INSERT INTO audit_event VALUES ('x', 'form.answer', 'i')", "an anonymous answer leads to somebody"),
    ("UPDATE form_ballot SET week = '2027-01-11'", "an anonymous answer leads to somebody"),
    ("UPDATE form_ballot SET id = 'i'", "an anonymous answer leads to somebody"),
    ("DELETE FROM form_ballot", "an anonymous answer leads to somebody"),
])
def test_who_is_asked_twice_and_whose_anonymous_answer_can_be_found_is_seen(
    tmp_path: Path, sql: str, rule: str
) -> None:
    assert [name for name, found in told(tmp_path, sql=sql).broken.items() if found] == [rule]
    mails = sent(MONDAY), sent(MONDAY + timedelta(days=3), "other")
    again = told(tmp_path, *mails, message_class="SURVEY", sql="UPDATE message SET subject_id = 'i'")
    assert [name for name, found in again.broken.items() if found] == ["asked twice"]


def test_a_mail_that_never_came_is_seen(tmp_path: Path) -> None:
    columns = f"'{new_id()}', kind, message_class, recipient_id, '', 'SENT', '', due_at"
    lost = f"INSERT INTO message SELECT {columns} FROM message"
    assert told(tmp_path, sent(MONDAY), sql=lost).broken["sent, and never came; or came, and not sent"]


@pytest.mark.parametrize(
    ("kind", "circles", "roles"),
    [
        (ProgramType.ONE_TO_ONE, Circles.NONE, {ParticipantRole.MENTOR: 8, ParticipantRole.MENTEE: 12}),
        (ProgramType.PEER, Circles.NONE, {ParticipantRole.PEER: 20}),
        (ProgramType.CIRCLE, Circles.NONE, {ParticipantRole.FACILITATOR: 3, ParticipantRole.MENTEE: 17}),
    ],
)
def test_a_crowd_has_the_roles_of_its_programme_and_is_the_same_each_time(
    kind: ProgramType, circles: Circles, roles: dict[ParticipantRole, int]
) -> None:
    people = crowd(3, 20, kind, circles)
    assert people == crowd(3, 20, kind, circles)
    assert {role: sum(one.role is role for one in people) for role in roles} == roles
    assert len(people_file(people, MONDAY.date(), "lived", kind).splitlines()) == 22


@pytest.mark.parametrize("hours", range(0, 24 * 7, 5))
def test_people_act_in_their_own_working_hours(hours: int) -> None:
    for zone in ("Asia/Kolkata", "America/Halifax"):
        me = replace(crowd(3, 1, ProgramType.PEER, Circles.NONE)[1], zone=zone)
        moment = MONDAY + timedelta(hours=hours)
        at_work = me.at_work(moment)
        assert moment <= at_work <= moment + timedelta(days=4)
        assert me.at_work(at_work) == at_work, "then they are at work"


def test_drawn_ids_are_the_same_each_time_and_sort_as_they_were_made() -> None:
    with drawn_ids(5):
        first = [new_id() for _ in range(50)]
    with drawn_ids(5):
        assert [new_id() for _ in range(50)] == first
    assert sorted(first) == first
    assert {one.version for one in first} == {7}
    assert new_id() not in first


def test_a_lot_depends_on_seed_person_and_occasion_alone() -> None:
    me: Somebody = crowd(3, 1, ProgramType.PEER, Circles.NONE)[1]
    assert me.lot("a", 1) == me.lot("a", 1) != me.lot("a", 2)
    assert me.does(1 / me.keen, "b")
    assert not me.does(0.0, "b")
