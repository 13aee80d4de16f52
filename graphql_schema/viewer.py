"""`viewer`: everything that is the signed-in person's own, from every room."""

from __future__ import annotations

import strawberry

from graphql_schema.matches import MatchesViewer
from graphql_schema.people import PeopleViewer
from graphql_schema.programs import ProgramsViewer


@strawberry.type(description="You, and what is yours.")
class Viewer(PeopleViewer, ProgramsViewer, MatchesViewer):
    pass


@strawberry.type
class ViewerQuery:
    @strawberry.field(description="You, and what is yours.")
    def viewer(self) -> Viewer:
        return Viewer()
