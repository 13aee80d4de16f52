"""What holds of matches and enrolments at any moment, whoever did what in whatever order (glossary, 2 and 3)."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from uuid import UUID

from server.automation.steps import STEPS
from server.kernel.actor import system_actor
from server.kernel.facts import AuditEvent
from server.matches.models import Match
from server.matches.queries import in_order, is_circle, pairs, places_of, sides
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, Approval, MatchKind, MatchState
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.models import Enrollment, WaitlistEntry
from server.programs.queries import GRACE, supply
from server.programs.states import OPEN_ENROLLMENTS, TAKING_PART, EnrollmentState, ParticipantRole, ProgramState
from tests.server.machines import calendars, circling, deciding, pushing, striving, test_enrollments, test_matches
from tests.server.machines.record import Record

E = EnrollmentState
MOVES = {(start, row.after) for row in test_enrollments.ROWS for start in row.starts}
"""Every (before, after) of the enrolment table."""
SUBMITTED_AT_ONCE = {("INVITED", after) for before, after in MOVES if before == "IN_PROGRESS"}
"""An invitation that is answered with the whole form at once passes through IN_PROGRESS without a stop."""
BESIDE_THE_TABLE = {("PAUSED", "PAUSED"), ("IN_PROGRESS", "DECLINED"), ("PENDING_APPROVAL", "WITHDRAWN")}
"""A pause may be given another end; who only looked at the form says no as if never signed in; who asks to join may
step back."""
LEAVES = {"match.pause": "PAUSED", "match.resume": "ACTIVE", "match.admin_approve": "ACTIVE", "match.suggest": "DRAFT",
          "match.suggest_again": "DRAFT", "match.end_date_passed": "DURATION_COMPLETED", "match.undo_publish": "DRAFT"}
"""The state after an act whose entry in the trail does not name it."""
ENDS = {row.after for row in test_matches.ROWS} - {"DRAFT", "ACTIVE", "PAUSED", "DURATION_COMPLETED"} - {
    state.value for state in AWAITING
}

AFTER_THE_END = {step.rule for step in STEPS.values() if "match.completed" in step.on}
"""What is still due for a match that had its time: its people hear of what comes next."""


async def check(organization_id: UUID) -> None:
    """Everything that must hold."""
    record = await Record.of(organization_id)
    _seats(record.matches)
    _answers(record.matches)
    await _people(organization_id, record.places)
    _enrollment_trail(record)
    _match_trail(record)
    _plans(record)
    await _lines(organization_id, record.places)
    calendars.check(record)
    striving.check(record)
    deciding.check(record)
    circling.check(record)


async def check_at_rest(organization_id: UUID) -> None:
    """What must hold besides, once everything was told."""
    await check(organization_id)
    over = Match.filter(organization_id=organization_id, state__in=[MatchState(end) for end in ENDS])
    await calendars.check_at_rest(organization_id, [match.id for match in await over])
    await pushing.check_at_rest(organization_id)


def _seats(matches: Iterable[Match]) -> None:
    taken: Counter[tuple[UUID, MatchKind]] = Counter()
    together: Counter[tuple[UUID, frozenset[UUID]]] = Counter()
    for match in matches:
        if match.state not in OPEN_MATCHES:
            continue
        together.update((match.cohort_id, frozenset((a.person_id, b.person_id))) for a, b in pairs(match))
        for member in in_order(match):
            taken[member.enrollment_id, match.kind] += 1
            places = places_of(member.enrollment, match.kind)
            assert taken[member.enrollment_id, match.kind] <= places, "more open matches than places"
            assert member.enrollment.state in TAKING_PART, "an open match of somebody who takes no part"
            rests = match.state is MatchState.PAUSED or (is_circle(match) and match.state in RUNNING)
            assert member.enrollment.state is not E.PAUSED or rests, "a match goes on while a member is away"
    assert all(count == 1 for count in together.values()), "two people have two open matches in one group"


def _answers(matches: Iterable[Match]) -> None:
    for match in matches:
        if is_circle(match):
            continue  # it begins without waiting for everybody
        sided = zip(("MENTOR", "MENTEE"), sides(match), strict=True)  # of two peers who asked stands first
        waiting = {side for side, one in sided if one.approval is Approval.PENDING}
        if match.state in RUNNING:
            assert not any(one.approval in (Approval.PENDING, Approval.LATER) for one in match.members)
        if match.state in AWAITING:
            expected = {"AWAITING_BOTH"} if len(waiting) > 1 else {f"AWAITING_{role}" for role in waiting}
            assert match.state.value in (expected or {"AWAITING_ADMIN"}), "it waits for somebody else than it says"


async def _people(organization_id: UUID, places: Iterable[Enrollment]) -> None:
    gone = await Person.filter(organization_id=organization_id, status=PersonStatus.ENDED)
    left = {person.id for person in gone}
    open_ = Counter(
        (row.person_id, row.cohort_id, row.role) for row in places if row.state in OPEN_ENROLLMENTS
    )
    assert all(count == 1 for count in open_.values()), "two open enrolments of one person in one role"
    for row in places:
        assert row.person_id not in left or row.state is E.DEPROVISIONED, "somebody who left is still enrolled"
        assert row.state is not E.WAITLISTED or row.role is ParticipantRole.MENTEE, "a mentor waits in line"
        over = row.cohort.state in (ProgramState.CLOSED, ProgramState.ARCHIVED)
        assert not over or row.state not in OPEN_ENROLLMENTS, "a closed group has an open enrolment"


def _enrollment_trail(record: Record) -> None:
    """Each change is in the trail, leads from where the last one ended, and stands in the table; each has its fact."""
    for row in record.places:
        moves = _moves(record.trail[row.id])
        assert set(moves) <= MOVES | SUBMITTED_AT_ONCE | BESIDE_THE_TABLE, (moves, "not in the table")
        assert all(a[1] == b[0] for a, b in pairwise(moves)), (moves, "a change without an entry")
        assert not moves or moves[-1][1] == row.state.value, (moves, row.state, "a change without an entry")
        assert "DEPROVISIONED" not in [before for before, _after in moves], "who left came back"
        assert record.told["enrollment", row.id] >= len(moves), "a change without a fact"


def _moves(trail: Iterable[AuditEvent]) -> list[tuple[str, str]]:
    """The changes that stand, as (before, after): what was undone is as if it had never been."""
    moves: list[tuple[str, str]] = []
    for one in trail:
        if one.action in ("enrollment.undo_decision", "enrollment.undo_break", "enrollment.undo_seat"):
            before, _after = moves.pop()
            assert before == one.detail["now"], "an undo leads elsewhere"
        elif "was" in one.detail:
            moves.append((one.detail["was"], one.detail["now"]))
    return moves


def _states(trail: Iterable[AuditEvent]) -> list[str]:
    """The states that a match went through; what was undone is as if it had never been."""
    states: list[str] = []
    for entry in trail:
        state = entry.detail.get("now") or LEAVES.get(entry.action)
        if entry.action in ("match.undo_release", "match.undo_change", "match.undo_approve"):
            states.pop()
            assert states[-1:] in ([], [state]), "an undo leads elsewhere"
        elif state:
            states.append(state)
    return states


def _match_trail(record: Record) -> None:
    for match in record.matches:
        if is_circle(match):
            continue  # its state follows from who is in it
        states = _states(record.trail[match.id])
        assert states[-1:] == [match.state.value], (states, match.state, "a change without an entry")
        assert not set(states[:-1]) & ENDS, (states, "an end was undone")
        at_once = states[-2:] == ["DURATION_COMPLETED", "COMPLETED"]  # with its group: one fact tells of both
        told = record.told["match", match.id]
        assert told >= len(states) - states[1:].count("DRAFT") - at_once, (states, "a change without a fact")


def _plans(record: Record) -> None:
    """What must happen by itself is planned: an answer's last day, a match's last day, the end of a pause; and nobody
    loses a part that is over."""
    planned = {(row.subject_id, row.rule) for row in record.planned}
    there = {row.id for row in record.places if row.state in OPEN_ENROLLMENTS}
    assert {subject for subject, rule in planned if rule == GRACE} <= there, "a grace of somebody who is gone"
    for match in record.matches:
        rests = match.state is MatchState.PAUSED
        if match.state in AWAITING:
            assert (match.id, "match.expire") in planned, "a request that never runs out"
        if match.state is MatchState.ACTIVE:
            assert (match.id, "match.end_date") in planned, "a match that never ends"
        if match.state is MatchState.DURATION_COMPLETED:
            assert (match.id, "match.close") in planned, "a match that nobody closes"
        if rests and match.paused_until is not None:
            assert (match.id, "match.resume") in planned, "a pause that never ends"
        if match.state in (MatchState(end) for end in ENDS):
            due = {rule for subject, rule in planned if subject == match.id}
            later = AFTER_THE_END if match.state is MatchState.COMPLETED else set()
            assert due <= later, "something is due for a match that is over"


async def _lines(organization_id: UUID, places: Iterable[Enrollment]) -> None:
    standing = await WaitlistEntry.filter(organization_id=organization_id, left_at=None)
    waiting = {row.id: row.cohort_id for row in places if row.state is E.WAITLISTED}
    assert {entry.enrollment_id for entry in standing} == set(waiting), "the line is not who waits"
    for cohort_id in set(waiting.values()):
        free = (await supply(system_actor(organization_id), cohort_id)).free
        assert free <= 0, "somebody waits beside a free seat"
