"""What a column of somebody's own file can hold, and what its name suggests."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from server.people.tables import Table, fold


class Field(StrEnum):
    """What is read from a column. Several columns may hold one field: their texts are joined."""

    NOTHING = "NOTHING"
    ID = "ID"
    NAME = "NAME"
    ROLE = "ROLE"
    PLACES = "PLACES"
    SKILLS = "SKILLS"
    WISHES = "WISHES"
    SKILL_TEXT = "SKILL_TEXT"
    GOAL_TEXT = "GOAL_TEXT"
    LANGUAGES = "LANGUAGES"
    CITY = "CITY"
    TIME_ZONE = "TIME_ZONE"
    TIMES = "TIMES"
    LEVEL = "LEVEL"
    DEPARTMENT = "DEPARTMENT"
    UNIT = "UNIT"
    COMPANY = "COMPANY"
    MANAGER = "MANAGER"
    TENURE = "TENURE"
    ROLE_YEARS = "ROLE_YEARS"
    HIRED = "HIRED"
    LIFE_STAGE = "LIFE_STAGE"
    DEPARTMENT_WISH = "DEPARTMENT_WISH"
    PREFERS = "PREFERS"
    AVOIDS = "AVOIDS"
    RESPONSE_RATE = "RESPONSE_RATE"
    NOSHOW_RATE = "NOSHOW_RATE"
    SESSIONS_PRIOR = "SESSIONS_PRIOR"
    ENROLLED_ON = "ENROLLED_ON"
    WAITED = "WAITED"
    GROUP = "GROUP"
    PAST_MENTOR = "PAST_MENTOR"
    PAST_MENTEE = "PAST_MENTEE"
    CYCLE = "CYCLE"
    ACCEPTED = "ACCEPTED"
    SESSIONS = "SESSIONS"
    SATISFACTION = "SATISFACTION"
    GOALS = "GOALS"
    CHOSEN_BY = "CHOSEN_BY"


NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.ID: ("id", "participant_id", "person_id", "user_id", "employee_id", "employee_number", "employeenumber",
               "number", "email", "e_mail"),
    Field.NAME: ("name", "full_name", "first_name", "given_name", "last_name", "family_name", "surname"),
    Field.ROLE: ("role", "participant_role", "mentoring_role", "mentor_or_mentee"),
    Field.PLACES: ("capacity", "places", "seats", "max_mentees", "how_many"),
    Field.SKILLS: ("skills", "expertise", "has", "knows", "competencies", "strengths", "offers", "can_help_with"),
    Field.WISHES: ("goals", "wants", "wishes", "wants_to_learn", "learning_goals", "interests", "needs",
                   "development_areas"),
    Field.SKILL_TEXT: ("about", "bio", "description", "skill_text", "experience", "summary", "title", "job_title",
                       "position", "jobrole", "job_role", "education_field", "educationfield"),
    Field.GOAL_TEXT: ("goal_text", "goal", "motivation", "why", "what_i_want"),
    Field.LANGUAGES: ("languages", "language", "spoken_languages"),
    Field.CITY: ("city", "location", "office", "place", "site"),
    Field.TIME_ZONE: ("time_zone", "timezone", "tz", "utc_offset_min", "utc_offset"),
    Field.TIMES: ("availability", "availability_utc", "times", "free_times"),
    Field.LEVEL: ("grade", "level", "seniority", "joblevel", "job_level", "band"),
    Field.DEPARTMENT: ("department", "dept", "division", "function"),
    Field.UNIT: ("business_unit", "unit"),
    Field.COMPANY: ("company", "employer", "organisation", "organization"),
    Field.MANAGER: ("manager", "manager_id", "manager_employee_id", "line_manager", "reports_to"),
    Field.TENURE: ("tenure", "tenure_years", "years_at_company", "yearsatcompany"),
    Field.ROLE_YEARS: ("role_years", "years_in_role", "yearsincurrentrole", "years_in_current_role"),
    Field.HIRED: ("hire_date", "hired", "start_date", "joined", "joined_on"),
    Field.LIFE_STAGE: ("life_stage", "career_stage"),
    Field.DEPARTMENT_WISH: ("pref_department", "department_wish"),
    Field.PREFERS: ("prefers", "preferred", "would_like", "wished_for"),
    Field.AVOIDS: ("avoids", "avoid", "not_with", "conflicts", "conflict_of_interest"),
    Field.RESPONSE_RATE: ("response_rate", "answer_rate"),
    Field.NOSHOW_RATE: ("noshow_rate", "no_show_rate"),
    Field.SESSIONS_PRIOR: ("sessions_prior", "prior_sessions", "sessions_before"),
    Field.ENROLLED_ON: ("enrolled_on", "enrolled", "signed_up", "signed_up_on"),
    Field.WAITED: ("waited_cycles", "cycles_waited"),
    Field.GROUP: ("gender", "sex", "ethnicity", "nationality", "country", "region", "age", "age_group", "generation",
                  "audit_group", "disability", "maritalstatus", "marital_status"),
}
"""Names of columns in common use, folded. What describes a person rather than the work is offered for the fairness
check alone, which never scores."""

PAST_NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.PAST_MENTOR: ("mentor_id", "mentor", "mentor_name", "mentor_email", "coach"),
    Field.PAST_MENTEE: ("mentee_id", "mentee", "mentee_name", "mentee_email", "learner"),
    Field.CYCLE: ("cycle", "cohort", "round", "season", "programme", "program", "year"),
    Field.ACCEPTED: ("accepted", "agreed", "started", "both_accepted", "both_said_yes", "said_yes", "began"),
    Field.SESSIONS: ("sessions_held", "sessions", "meetings", "meetings_held"),
    Field.SATISFACTION: ("satisfaction", "rating", "score", "stars"),
    Field.GOALS: ("goals_achieved", "goals_reached", "goal_reached", "goals"),
    Field.CHOSEN_BY: ("decided_by", "chosen_by", "matched_by"),
}
"""The same for a file of past pairs: there a row is a pair."""

SUGGESTED = {name: field for field, names in NAMES.items() for name in names}
SUGGESTED_PAST = {name: field for field, names in PAST_NAMES.items() for name in names}
KNOWN = (*SUGGESTED, *SUGGESTED_PAST)
ROLE_WORDS = {
    "mentor": "MENTOR", "mentors": "MENTOR", "coach": "MENTOR", "mentee": "MENTEE", "mentees": "MENTEE",
    "learner": "MENTEE", "protégé": "MENTEE", "protege": "MENTEE", "peer": "MENTEE", "member": "MENTEE",
    "host": "MENTOR", "facilitator": "MENTOR",
}
SAMPLES = 3


def past_suggestions(table: Table) -> dict[str, Field]:
    """What each column of a file of past pairs seems to hold, by its name."""
    return {name: SUGGESTED_PAST.get(fold(name), Field.NOTHING) for name in table.columns if name}


def suggestions(table: Table) -> dict[str, Field]:
    """What each column of a file seems to hold, by its name; a role only where the cells name mentors or mentees,
    and a unit stands for the department where none is told."""
    found = {name: SUGGESTED.get(fold(name), Field.NOTHING) for name in table.columns if name}
    for name, field in found.items():
        if field is Field.ROLE and not any(one.casefold() in ROLE_WORDS for one in samples(table, name, len(KNOWN))):
            found[name] = Field.SKILL_TEXT
    if Field.DEPARTMENT in found.values():
        return found
    return {name: Field.DEPARTMENT if field is Field.UNIT else field for name, field in found.items()}


def samples(table: Table, column: str, most: int = SAMPLES) -> list[str]:
    """The first different values of a column that are not empty."""
    place = table.columns.index(column)
    cells = (row.cells[place].strip() for row in table.rows if place < len(row.cells))
    return list(_first_different(cells, most))


def _first_different(cells: Iterable[str], most: int) -> Sequence[str]:
    found: dict[str, None] = {}
    for cell in cells:
        if cell:
            found[cell] = None
        if len(found) == most:
            break
    return list(found)
