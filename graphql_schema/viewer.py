"""`viewer`: everything that is the signed-in person's own, from every room."""

from __future__ import annotations

import strawberry

from graphql_schema.conversations import ConversationsViewer
from graphql_schema.forms import FormsViewer
from graphql_schema.matches import MatchesViewer
from graphql_schema.messaging import MessagingViewer
from graphql_schema.openings import OpeningsViewer
from graphql_schema.profiles import ProfilesViewer
from graphql_schema.programs import ProgramsViewer
from graphql_schema.resources import ResourcesViewer
from graphql_schema.sessions import SessionsViewer
from graphql_schema.surveys import SurveysViewer


@strawberry.type(description="You, and what is yours.")
class Viewer(
    ProfilesViewer, ProgramsViewer, OpeningsViewer, MatchesViewer, SessionsViewer, ConversationsViewer,
    MessagingViewer, SurveysViewer, FormsViewer, ResourcesViewer,
):
    pass


@strawberry.type
class ViewerQuery:
    @strawberry.field(description="You, and what is yours.")
    def viewer(self) -> Viewer:
        return Viewer()
