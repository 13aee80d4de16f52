"""A firm that has lived through some cycles, as rows of the files of `ithaca match`."""

from server.matchmaking.contract import PEOPLE
from server.matchmaking.engine import Participant, PastPair
from tests.server.matchmaking import worlds
from tests.server.matchmaking.desk import Table

MENTORS, A_CYCLE, CYCLES = 50, 200, 3
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def lived_rows(mentors: int = MENTORS, a_cycle: int = A_CYCLE, seed: int = 8) -> tuple[Table, Table]:
    """People and past pairs of a firm, mentees of earlier cycles among the people with 0 places."""
    world = worlds.world(mentors, seed=seed)
    cohorts = [world.newcomers(40, cycle) for cycle in range(CYCLES + 1)]
    past = [one for cycle in range(CYCLES) for one in worlds.at_random(world, cohorts[cycle], a_cycle, cycle)]
    earlier = worlds.resting([one for cohort in cohorts[:-1] for one in cohort])
    return [person(one) for one in (*world.mentors, *cohorts[-1], *earlier)], [pair(one) for one in past]


def person(one: Participant) -> dict[str, str]:
    """One person as a row."""
    assert one.availability is not None
    week = one.availability
    blocks = [
        f"{day}-{hour:02}" for at, day in enumerate(WEEKDAYS) for hour in range(0, 24, 4)
        if week >> (at * 48 + hour * 2) & 0b111111
    ]
    return dict.fromkeys(PEOPLE, "") | {
        "participant_id": one.id, "role": one.role.lower(), "capacity": str(one.capacity), "grade": str(one.grade),
        "department": str(one.department), "goals": ";".join(one.goal_tags), "skills": ";".join(one.skill_tags),
        "languages": ";".join(one.languages or ()), "availability_utc": ";".join(blocks),
        "response_rate": f"{one.response_rate:.3f}", "noshow_rate": f"{one.noshow_rate:.3f}",
        "audit_group": str(one.audit_group),
    }


def pair(past: PastPair) -> dict[str, str]:
    """One past pair as a row."""
    sessions, points, goals = past.sessions_held, past.satisfaction, past.goals_achieved
    return {
        "mentor_id": past.mentor, "mentee_id": past.mentee, "cycle": str(past.cycle),
        "accepted": "1" if past.accepted else "0", "sessions_held": "" if sessions is None else str(sessions),
        "satisfaction": "" if points is None else str(points), "goals_achieved": "" if goals is None else str(goals),
    }
