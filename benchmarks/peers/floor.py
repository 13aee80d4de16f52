"""The least that the Journey page must ask of SQLite: statements by hand on a plain connection, rows as they come."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

MINE = "SELECT match_id FROM match_member WHERE person_id = :me"
STATEMENTS = (
    """SELECT s.expires_at, s.seen_at, p.id, p.given_name, p.family_name, p.preferred_name, p.zone, p.language,
              o.id, o.name, o.language, f.look
       FROM user_session s JOIN person p ON p.id = s.person_id JOIN organization o ON o.id = p.organization_id
       LEFT JOIN profile f ON f.person_id = p.id WHERE s.person_id = :me AND s.revoked_at IS NULL""",
    "SELECT role, program_id FROM role_grant WHERE person_id = :me",
    """SELECT e.id, e.role, e.state, e.capacity, e.paused_until, p.id, p.key, p.name
       FROM enrollment e JOIN program p ON p.id = e.program_id WHERE e.person_id = :me ORDER BY e.invited_at DESC""",
    """SELECT COUNT(*) FROM thread_message m JOIN read_mark r ON r.thread_id = m.thread_id
       WHERE r.person_id = :me AND m.sent_at > r.read_at""",
    f"""SELECT m.id, m.state, m.active_at, m.ends_on, m.ended_at, m.paused_until, p.name, p.session_minutes, p.key,
              b.person_id, b.role, b.approval, b.enrollment_id, e.state, e.paused_until, q.given_name,
              q.preferred_name, q.zone
       FROM match m JOIN program p ON p.id = m.program_id JOIN match_member b ON b.match_id = m.id
       JOIN person q ON q.id = b.person_id JOIN enrollment e ON e.id = b.enrollment_id
       WHERE m.id IN ({MINE}) AND m.published_at IS NOT NULL ORDER BY m.published_at DESC""",
    f"SELECT id, match_id, want, due_on, state FROM goal WHERE match_id IN ({MINE}) AND state IN ('DRAFT', 'ACTIVE')",
    f"""SELECT s.id, s.goal_id, s.title, s.due_on, s.state, s.done_at FROM milestone s JOIN goal g ON g.id = s.goal_id
       WHERE g.match_id IN ({MINE}) ORDER BY s.position""",
    f"""SELECT v.goal_id, v.version, v.want, v.why, v.changed_at, v.partner_agreed_at FROM goal_version v
       JOIN goal g ON g.id = v.goal_id WHERE g.match_id IN ({MINE}) ORDER BY v.version DESC""",
    f"""SELECT id, match_id, state, starts_at, ends_at, proposed_by_id FROM session WHERE match_id IN ({MINE})
       ORDER BY starts_at""",
    f"""SELECT m.author_id, m.body, m.sent_at, t.match_id FROM thread t
       JOIN thread_message m ON m.thread_id = t.id AND m.sent_at = t.last_at WHERE t.match_id IN ({MINE})""",
    "SELECT id, match_id, text, due_on FROM action_item WHERE owner_id = :me AND done_at IS NULL ORDER BY due_on",
    "SELECT id, match_id FROM survey_invitation WHERE person_id = :me AND state = 'OPEN' ORDER BY closes_at",
)


def begin(database: Path, person_id: str) -> Callable[[], object]:
    """Open a connection of its own; what asks everything once."""
    connection = sqlite3.connect(database)

    def ask() -> list[list[object]]:
        return [connection.execute(statement, {"me": person_id}).fetchall() for statement in STATEMENTS]

    assert sum(map(len, ask())) > len(STATEMENTS) / 2, "the floor asks for nothing"
    return ask
