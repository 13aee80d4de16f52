"""Files of `ithaca match` made by chance, and what came out of them judged by the plain checker.

What the files say is read a second time here, cell by cell, by the words of the contract alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from server.kernel.text import unguarded
from server.matchmaking.contract import CURRENT, HISTORY, OVERRIDES, PEOPLE
from server.matchmaking.engine import Participant, PastPair, Pool, RuleSet, week_mask
from server.programs.states import ParticipantRole
from tests.server.matchmaking.desk import Desk, Table, someone
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.groups.crowds import wrong_inside

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
IN_PAIRS = ("traditional", "reverse", "peer", "flash", "onboarding", "succession", "cross_company")
ALL_TYPES = (*IN_PAIRS, "circle", "group")
HEADERS = {"P.csv": PEOPLE, "H.csv": HISTORY, "O.csv": OVERRIDES, "C.csv": CURRENT}
Pairs = set[tuple[str, str]]


@dataclass
class Case:
    """The files of one run: tables by their name, and the programme."""

    tables: dict[str, Table]
    program: dict[str, object]

    def match(self, desk: Desk) -> int:
        """Write the files and run the command on them."""
        for name, rows in self.tables.items():
            desk.table(name, HEADERS[name], rows)
        desk.program(**self.program)
        more = {"H.csv": "history", "O.csv": "overrides", "C.csv": "current"}
        return desk.match(*(part for name in self.tables if name in more for part in (more[name], name)))

    def named(self, file: str, action: str) -> Pairs:
        """Pairs of a file, those of one action where it has any."""
        rows = self.tables.get(file, [])
        return {pair_of(row) for row in rows if row.get("action", action).strip().casefold() == action}


def made_case(dice: Random, kind: str = "") -> Case:
    """Up to seven mentors and nine mentees about whom anything may be known, with a past, and rules of any kind."""
    kind = kind or dice.choice(IN_PAIRS)
    least = int(kind == "peer")     # peers of one side alone are paired among themselves
    roles = ["mentor"] * dice.randint(least, 7) + ["mentee"] * dice.randint(least, 9)
    names = [f"p{number}" for number in range(11)]
    of = {role: dice.sample(names, roles.count(role)) for role in ("mentor", "mentee")}
    people = [_person(dice, name, role, names) for role in of for name in of[role]]
    past = [{"mentor_id": dice.choice(names), "mentee_id": dice.choice(names)} for _ in range(dice.randint(0, 5))]
    history = [dict.fromkeys(HISTORY, "") | row | _outcome(dice) for row in past]
    return Case({"P.csv": dice.sample(people, len(people)), "H.csv": history}, _program(dice, kind))


def with_decisions(dice: Random, case: Case, kept: Pairs) -> Case:
    """The same with pairs that stand, one to ban and one to make."""
    mentors, mentees = (
        [row["participant_id"] for row in case.tables["P.csv"] if row["role"] == role] for role in ("mentor", "mentee")
    )
    possible = [(one, other) for one in mentors for other in mentees]
    drawn = zip(dice.sample(possible, min(2, len(possible))), ("ban", "pin"), strict=False)
    overrides = [dict(zip(OVERRIDES, (*pair, action), strict=True)) for pair, action in drawn]
    current = [dict(zip(CURRENT, pair, strict=True)) for pair in sorted(kept)]
    return Case({**case.tables, "O.csv": overrides, "C.csv": current}, case.program)


def _person(dice: Random, name: str, role: str, names: list[str]) -> dict[str, str]:
    few = dice.choice
    blocks = [f"{day}-{hour:02}" for day in ("Mon", "Tue", "Sun") for hour in (0, 8, 12, 22)]
    return someone(
        name, role, capacity=few(["", "0", "1", "2", "3"]) if role == "mentor" else few(["", "1", "1", "0", "2"]),
        company=few(["", "A", "B"]), department=few(["", "Sales"]), grade=few(["", "2", "5", "8"]),
        tenure_years=few(["", "0", "3.5"]), manager_id=few(["", "", *names[:4], "outside"]),
        languages=few(["en", "EN;pt", "de", ""]), availability_utc=";".join(dice.sample(blocks, dice.randint(0, 5))),
        goals=";".join(dice.sample(["Python", "SQL", "Coaching"], dice.randint(0, 3))),
        skills=";".join(dice.sample(["Python", "SQL", "Coaching"], dice.randint(0, 3))),
        prefers=few(["", "p1", "p2;p2;p3"]), avoids=few(["", "", "p4", "p5;p0"]),
        response_rate=few(["", "0.4"]), waited_cycles=few(["", "0", "3"]), audit_group=few(["", "x"]),
        pref_department=few(["", "any", "same", "different"]), enrolled_on=few(["", "2026-01-15"]),
    )


def _outcome(dice: Random) -> dict[str, str]:
    few = dice.choice
    return {"cycle": few(["", "1", "2"]), "accepted": few(["", "1", "0"]), "satisfaction": few(["", "4"])}


def _program(dice: Random, kind: str) -> dict[str, object]:
    few = dice.choice
    program: dict[str, object] = {
        "type": kind, "grade_gap": few([None, [-9, 4]] if kind == "reverse" else [None, [0, 5], [-3, 9]]),
        "min_overlap_blocks": few([0, 0, 1]), "company": few([None, "different", "same"]),
        "max_pairs": few([None, 2]), "no_repeat": few([True, False]),
        "exclude_direct_reports": few([True, False]), "require_common_language": few([True, False]),
    }
    if kind == "cross_company":
        program["company"] = None
    return {key: value for key, value in program.items() if key != "max_pairs" or kind not in ("circle", "group")}


def pair_of(row: Mapping[str, str]) -> tuple[str, str]:
    """Whom a row of any file is about."""
    return _told(row["mentor_id"]), _told(row["mentee_id"])


def people_of(case: Case) -> tuple[Participant, ...]:
    """The people of a file as its cells say."""
    circles = case.program["type"] in ("circle", "group")
    rows = ({name: _told(cell) for name, cell in row.items()} for row in case.tables["P.csv"])
    return tuple(_read(row, circles) for row in rows)


def _told(cell: str) -> str:
    """A cell without what guards it from spreadsheets, and with the line ends of a text file."""
    return unguarded(cell.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _read(row: Mapping[str, str], circles: bool) -> Participant:
    languages = tuple(filter(None, map(str.strip, row["languages"].split(";"))))
    blocks = [block.strip().casefold().split("-") for block in row["availability_utc"].split(";") if block.strip()]
    week = week_mask((DAYS.index(day) * 48 + int(hour) * 2, 8) for day, hour in blocks)
    return Participant(
        id=row["participant_id"],
        role=ParticipantRole.MENTOR if row["role"].casefold() == "mentor" else ParticipantRole.MENTEE,
        capacity=int(row["capacity"] or 1), company=row["company"] or None, manager=row["manager_id"] or None,
        grade=int(row["grade"]) if row["grade"] else None,
        languages=(languages or None) if circles else languages, availability=(week or None) if circles else week,
        avoids=tuple(filter(None, map(str.strip, row["avoids"].split(";")))),
    )


def rules_of(case: Case) -> RuleSet:
    """The hard rules of a programme file, and what its type means."""
    program, kind = case.program, case.program["type"]
    gap, company = program.get("grade_gap"), program.get("company")
    if kind == "reverse":
        gap = [gap[0], min(gap[1], -1)] if isinstance(gap, list) else [-9, -1]
    return RuleSet(
        reporting_line=kind in ("circle", "group") or program.get("exclude_direct_reports", True) is not False,
        same_team=kind == "peer",
        repeat=program.get("no_repeat", True) is not False,
        company="different" if kind == "cross_company" else company if company in ("same", "different") else None,
        common_language=program.get("require_common_language") is True,
        min_overlap_half_hours=8 * int(str(program.get("min_overlap_blocks") or 0)),
        grade_gap=(gap[0], gap[1]) if isinstance(gap, list) else None,
        max_pairs=program.get("max_pairs"),
    )


def wrong_with(case: Case, desk: Desk) -> list[str]:
    """Everything that is wrong with what a run wrote; nothing, if all is well."""
    people = people_of(case)
    pool = Pool(people, history=tuple(PastPair(*pair_of(row)) for row in case.tables.get("H.csv", [])))
    if case.program["type"] in ("circle", "group"):
        return _wrong_circles(case, desk, pool)
    made = [pair_of(row) for row in desk.result()]
    sides = {(one.role, one.id): one for one in people}
    found, decided = [], case.named("O.csv", "pin") | (case.named("C.csv", "") - case.named("O.csv", "ban"))
    for pair in made:
        two = sides.get((ParticipantRole.MENTOR, pair[0])), sides.get((ParticipantRole.MENTEE, pair[1]))
        if two[0] is None or two[1] is None:
            found.append(f"{pair} are not among the people")
        elif pair not in case.named("C.csv", "") and (codes := checker.broken(pool, rules_of(case), two[0], two[1])):
            found.append(f"{pair} break {codes}")
    at_most = rules_of(case).max_pairs
    limit = None if at_most is None else max(at_most, len(decided & set(made)))
    found += checker.over_full(pool, RuleSet(max_pairs=limit), made)
    found += [f"{pair} were banned" for pair in case.named("O.csv", "ban") & set(made)]
    found += [f"the numbers of {pair_of(row)}" for row in desk.result() if not _are_shares(row)]
    return found + _wrong_queue(desk, people, {mentee for _, mentee in made})


def _are_shares(row: Mapping[str, str]) -> bool:
    return 0 <= float(row["score"]) <= 100 and 0 <= float(row["confidence"]) <= float(row["p_accept"]) <= 1


def _wrong_queue(desk: Desk, people: tuple[Participant, ...], placed: set[str]) -> list[str]:
    """Everybody who looks for somebody is placed or waits, once, and places in the line count from 1."""
    queue = desk.result("waitlist.csv")
    waiting = [_told(row["mentee_id"]) for row in queue]
    looking = {one.id for one in people if one.role is ParticipantRole.MENTEE and one.capacity}
    found = [] if sorted(waiting) == sorted(looking - placed) else [f"{waiting} wait, {looking - placed} should"]
    return found + (["the places in the line"] if [row["position"] for row in queue] != _numbers(queue) else [])


def _numbers(rows: Table) -> list[str]:
    return [str(number) for number in range(1, len(rows) + 1)]


def _wrong_circles(case: Case, desk: Desk, pool: Pool) -> list[str]:
    found, seated = [], list[str]()
    members = {one.id: one for one in pool.participants if one.role is ParticipantRole.MENTEE}
    for row in desk.result():
        names = row["member_ids"].split(";")
        seated += names
        codes = wrong_inside(pool, rules_of(case), [members[name] for name in names])
        found += [f"{names} break {codes}"] * bool(codes) + [f"{names} are few or many"] * (not 4 <= len(names) <= 8)
    found += [f"{name} sits twice" for name in seated if seated.count(name) > 1]
    return found + _wrong_queue(desk, pool.participants, set(seated))
