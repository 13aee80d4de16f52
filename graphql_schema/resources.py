"""What one's programmes have at hand: links, and files to fetch."""

from __future__ import annotations

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import global_id
from server.journey.resources.queries import address, files_of, links_of
from server.journey.today.queries import home


@strawberry.type(description="A link, or a file that its programme keeps.")
class Resource:
    title: str
    address: str = strawberry.field(
        description="Of a link, where it leads. Of a file, where it is fetched here, signed in as now.")
    program_id: strawberry.ID | None = strawberry.field(description="The programme that keeps the file.")
    file_name: str | None
    bytes: int | None = strawberry.field(description="How large the file is.")


@strawberry.type
class ResourcesViewer:
    @strawberry.field(description="What your programmes have for where you stand in each, as on the first page.")
    async def resources(self, info: Info) -> list[Resource]:
        shown = await home(info.context.actor)
        links = [
            Resource(title=one.title, address=one.link, program_id=None, file_name=None, bytes=None)
            for one in links_of(shown)
        ]
        files = [
            Resource(
                title=one.title, address=address(program_id, one.digest), file_name=one.name, bytes=one.size,
                program_id=global_id("Program", program_id),
            )
            for (program_id, _digest), one in files_of(shown).items()
        ]
        return links + files
