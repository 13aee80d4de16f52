"""The schema: every room's queries and mutations under one roof."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.types import ExecutionContext

from graphql_schema.asking import AskingMutation, AskingQuery
from graphql_schema.audience import AudienceMutation, AudienceQuery
from graphql_schema.building import BuildingMutation, BuildingQuery
from graphql_schema.choosing import ChoosingMutation, ChoosingQuery
from graphql_schema.comparing import ComparingQuery
from graphql_schema.configuring import ProgramsMutation
from graphql_schema.conflicts import ConflictsMutation, ConflictsQuery
from graphql_schema.conversations import ConversationsMutation
from graphql_schema.course import CourseMutation, CourseQuery
from graphql_schema.deciding import DecidingMutation, DecidingQuery
from graphql_schema.delivery import DeliveryMutation, DeliveryQuery
from graphql_schema.eligibility import EligibilityMutation
from graphql_schema.enrollments import EnrollmentsMutation
from graphql_schema.errors import log_surprises
from graphql_schema.forms import FormsMutation, FormsQuery
from graphql_schema.goals import GoalsMutation
from graphql_schema.imports import ImportsMutation, ImportsQuery
from graphql_schema.inviting import InvitingMutation, InvitingQuery
from graphql_schema.joining import JoiningMutation, JoiningQuery
from graphql_schema.journey import JourneyMutation, JourneyQuery
from graphql_schema.learning import LearningMutation, LearningQuery
from graphql_schema.limits import EXTENSIONS
from graphql_schema.matches import MatchesMutation, MatchesQuery
from graphql_schema.matchmaking import MatchmakingMutation, MatchmakingQuery
from graphql_schema.messaging import MessagingMutation, MessagingQuery
from graphql_schema.nodes import NodeQuery
from graphql_schema.openings import OpeningsMutation
from graphql_schema.people import PeopleQuery
from graphql_schema.planning import PlanningMutation, PlanningQuery
from graphql_schema.profiles import ProfilesMutation, ProfilesQuery
from graphql_schema.programs import ProgramsQuery
from graphql_schema.records import RecordsQuery
from graphql_schema.scalars import CONFIG
from graphql_schema.sessions import SessionsMutation, SessionsQuery
from graphql_schema.surveys import SurveysMutation, SurveysQuery
from graphql_schema.telling import TellingMutation, TellingQuery
from graphql_schema.trying import TryingMutation, TryingQuery
from graphql_schema.undoing import UndoingMutation
from graphql_schema.viewer import ViewerQuery
from graphql_schema.watching import Subscription
from graphql_schema.weighing import WeighingMutation, WeighingQuery


class Schema(strawberry.Schema):
    """Strawberry's schema with our log."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None  # noqa: ARG002  # theirs
    ) -> None:
        """Log what nobody expected, without values."""
        log_surprises(errors)


@strawberry.type(description="What can be read.")
class Query(
    NodeQuery, ViewerQuery, PeopleQuery, ProfilesQuery, ImportsQuery, ProgramsQuery, MatchesQuery, MatchmakingQuery,
    LearningQuery, RecordsQuery, AskingQuery, SessionsQuery, MessagingQuery, SurveysQuery, FormsQuery,
    JourneyQuery, WeighingQuery,
    DecidingQuery, PlanningQuery, ConflictsQuery, TryingQuery, ChoosingQuery, DeliveryQuery, ComparingQuery,
    BuildingQuery, InvitingQuery, CourseQuery, TellingQuery, AudienceQuery, JoiningQuery,
):
    pass


@strawberry.type(description="What can be done. Refusals come back as data, in `errors` of the payload.")
class Mutation(
    ProfilesMutation, ImportsMutation, ProgramsMutation, EnrollmentsMutation, OpeningsMutation, MatchesMutation,
    MatchmakingMutation, LearningMutation, GoalsMutation, SessionsMutation, ConversationsMutation, MessagingMutation,
    SurveysMutation, FormsMutation, JourneyMutation, UndoingMutation, EligibilityMutation, AskingMutation,
    WeighingMutation,
    DecidingMutation, PlanningMutation, ConflictsMutation, TryingMutation, ChoosingMutation, DeliveryMutation,
    BuildingMutation, InvitingMutation, CourseMutation, TellingMutation, AudienceMutation, JoiningMutation,
):
    pass


schema = Schema(query=Query, mutation=Mutation, subscription=Subscription, extensions=EXTENSIONS, config=CONFIG)
