"""What every test of GraphQL wants: time enough, however busy the machine is."""

import pytest

from graphql_schema import limits


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """No query is cut off for its length, except where a test of the limits sets one."""
    monkeypatch.setattr(limits, "QUERY_S", limits.MUTATION_S)
