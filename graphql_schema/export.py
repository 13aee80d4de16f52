"""`python -m graphql_schema.export` writes the committed schema; a change to it is a reviewed diff."""

from pathlib import Path

from graphql_schema.schema import schema

TARGET = Path(__file__).with_name("schema.graphql")


def sdl() -> str:
    """The schema in its own language, sorted."""
    return schema.as_str().rstrip() + "\n"


if __name__ == "__main__":
    TARGET.write_text(sdl(), encoding="utf-8")
