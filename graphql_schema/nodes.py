"""`node` and `nodes`: anything by its global id, as far as the actor may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.forms import SurveyType, surveys_by_ids
from graphql_schema.goals import GoalType, goals_by_ids
from graphql_schema.ids import Node, split_id
from graphql_schema.imports import ImportRunType, imports_by_ids
from graphql_schema.matches import MatchType
from graphql_schema.matchmaking import MatchRunType, runs_by_ids
from graphql_schema.pagination import PAGE_MAX
from graphql_schema.people import (
    CompetencyType,
    OrganizationType,
    PersonType,
    competencies_by_ids,
    own_organization,
    visible_people,
)
from graphql_schema.programs import (
    CohortType,
    EnrollmentType,
    ProgramNode,
    cohorts_by_ids,
    enrollments_by_ids,
    programs_by_ids,
)
from graphql_schema.sessions import SessionType, sessions_by_ids
from graphql_schema.surveys import AnswerType, CheckInType, answers_by_ids, check_ins_by_ids
from server.kernel.actor import Actor
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.matches.queries import matches_by_ids

Found = Callable[[Actor, list[UUID]], Awaitable[dict[UUID, Any]]]

KINDS: dict[str, tuple[Found, Callable[[Any], Node]]] = {
    "CheckIn": (check_ins_by_ids, CheckInType.of),
    "CheckInAnswer": (answers_by_ids, AnswerType.of),
    "Cohort": (cohorts_by_ids, CohortType.of),
    "Competency": (competencies_by_ids, CompetencyType.of),
    "Enrollment": (enrollments_by_ids, EnrollmentType.of),
    "Goal": (goals_by_ids, GoalType.of),
    "ImportRun": (imports_by_ids, ImportRunType.of),
    "Match": (matches_by_ids, MatchType.of),
    "MatchRun": (runs_by_ids, MatchRunType.of),
    "Organization": (own_organization, OrganizationType.of),
    "Person": (visible_people, PersonType.of),
    "Program": (programs_by_ids, ProgramNode.of),
    "Session": (sessions_by_ids, SessionType.of),
    "Survey": (surveys_by_ids, SurveyType.of),
}
"""How each kind of thing is found, scoped to the actor, and shown."""


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Anything by its global id; null when it is not there for you.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return await _node(info.context, id)

    @strawberry.field(description="Several at once, in this order, at most 100; null for each that is not there.")
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        if len(ids) > PAGE_MAX:
            raise Invalid({"ids": _("Ask for 1 to %(most)s at a time.") % {"most": PAGE_MAX}})
        return list(await asyncio.gather(*(_node(info.context, one) for one in ids)))


async def _node(context: Context, given: str) -> Node | None:
    kind, key = split_id(given) or ("", None)
    if kind not in KINDS or key is None:
        return None
    find, show = KINDS[kind]
    row = await context.one(find, key)
    return None if row is None else show(row)
