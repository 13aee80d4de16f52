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
    COMPANY = "COMPANY"
    MANAGER = "MANAGER"
    TENURE = "TENURE"
    ROLE_YEARS = "ROLE_YEARS"
    HIRED = "HIRED"
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
    Field.DEPARTMENT: ("department", "dept", "division", "function", "business_unit"),
    Field.COMPANY: ("company", "employer", "organisation", "organization"),
    Field.MANAGER: ("manager", "manager_id", "manager_employee_id", "line_manager", "reports_to"),
    Field.TENURE: ("tenure", "tenure_years", "years_at_company", "yearsatcompany"),
    Field.ROLE_YEARS: ("role_years", "years_in_role", "yearsincurrentrole", "years_in_current_role"),
    Field.HIRED: ("hire_date", "hired", "start_date", "joined", "joined_on"),
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
    """What each column of a file seems to hold, by its name; a role only where the cells name mentors or mentees."""
    found = {name: SUGGESTED.get(fold(name), Field.NOTHING) for name in table.columns if name}
    for name, field in found.items():
        if field is Field.ROLE and not any(one.casefold() in ROLE_WORDS for one in samples(table, name, len(KNOWN))):
            found[name] = Field.SKILL_TEXT
    return found


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
