"""`python -m graphql_schema.export` writes the committed schema; a change to it is a reviewed diff."""

from dataclasses import replace
from pathlib import Path

import strawberry

from graphql_schema.scalars import CONFIG
from graphql_schema.schema import Mutation, Query
from graphql_schema.watching import Subscription

TARGET = Path(__file__).with_name("schema.graphql")


def sdl() -> str:
    """The schema in its own language, sorted. A copy: upstream's sorting makes plain text of what enums take in."""
    config = replace(CONFIG, sort_schema=True)
    return strawberry.Schema(Query, Mutation, Subscription, config=config).as_str().rstrip() + "\n"


if __name__ == "__main__":
    TARGET.write_text(sdl(), encoding="utf-8")
