"""The enums of rules by which people join by themselves."""

from enum import StrEnum


class When(StrEnum):
    """What happens to somebody in the employer's records."""

    HIRED = "HIRED"
    PROMOTED = "PROMOTED"
    MANAGER = "MANAGER"
    MOVED = "MOVED"
    COURSE = "COURSE"
    RETURNED = "RETURNED"


class Where(StrEnum):
    """By what a group is chosen for somebody: names of columns of Person."""

    DEPARTMENT = "department"
    BUSINESS_UNIT = "business_unit"
    COMPANY = "company"
    LOCATION = "location"
    COUNTRY = "country"
    JOB_FAMILY = "job_family"
    SENIORITY = "seniority"
