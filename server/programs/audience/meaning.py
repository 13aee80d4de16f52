"""What rules mean in the database: conditions on people. Pure; both databases are asked the same.

A number or date that is not on record fits no rule; a text that is not there is none of the texts a rule names. What a
person has before their first day counts no days yet.
"""

from datetime import date, timedelta
from functools import reduce
from math import inf
from operator import and_, or_
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.kernel.db import Json
from server.people.models import CourseCompletion, Person
from server.people.states import PersonStatus
from server.programs.audience.rules import Rule, Rules
from server.programs.audience.states import DAYS, Fact, Fit, How


def holds(organization_id: UUID, rule: Rule, today: date) -> Q:
    """Whom a rule holds for."""
    if rule.fact in DAYS:
        return _by_days(DAYS[rule.fact], *rule.bounds, today)
    if rule.fact is Fact.SENIORITY:
        return _between(rule.fact.value, *rule.bounds)
    wanted = rule.value is True if rule.fact is Fact.MANAGES else rule.how is How.IS
    there = _manages(organization_id) if rule.fact is Fact.MANAGES else _chosen(organization_id, rule)
    return there if wanted else ~there


def all_holds(organization_id: UUID, rules: Rules, today: date) -> Q:
    """Whom rules hold for: all of them or any, as they say; without rules, everybody."""
    joined = and_ if rules.fit is Fit.ALL else or_
    each = [holds(organization_id, rule, today) for rule in rules.rules]
    return reduce(joined, each) if each else Q()


def _chosen(organization_id: UUID, rule: Rule) -> Q:
    if rule.fact is not Fact.COURSE:
        return _where(rule.fact, "in", list(rule.texts))
    done = CourseCompletion.filter(organization_id=organization_id, course__key__in=list(rule.texts))
    return Q(id__in=Subquery(done.values("person_id")))


def _manages(organization_id: UUID) -> Q:
    """Who is somebody's manager, of those who have not left."""
    led = Person.filter(organization_id=organization_id, line_manager_id__isnull=False)
    return Q(id__in=Subquery(led.exclude(status=PersonStatus.ENDED).values("line_manager_id")))


def _by_days(column: str, low: float, high: float, today: date) -> Q:
    """So many days ago, and not in time to come."""
    latest = today if low == -inf else today - timedelta(days=int(max(low, 0)))
    fitting = _where(column, "lte", latest)
    return fitting if high == inf else fitting & _where(column, "gte", today - timedelta(days=int(high)))


def _between(column: str, low: float, high: float) -> Q:
    fitting = _where(column, "isnull", False)
    if low != -inf:
        fitting &= _where(column, "gte", int(low))
    return fitting if high == inf else fitting & _where(column, "lte", int(high))


def _where(column: str, lookup: str, value: object) -> Q:
    named: Json = {f"{column}__{lookup}": value}
    return Q(**named)
