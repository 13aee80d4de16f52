"""Documents to begin with in the explorer. A test runs each of them on the demonstration, as several people."""

from __future__ import annotations

from dataclasses import dataclass

from server.kernel.text import gettext as _


@dataclass(frozen=True, slots=True)
class Example:
    """A document, with its variables as JSON. `key` names it in an address."""

    key: str
    title: str
    document: str
    variables: str = ""


def examples() -> tuple[Example, ...]:
    """All of them, in the language of whoever looks; the first one stands there when the page opens."""
    return (
        Example("home", _("You and what is yours"), HOME),
        Example("programmes", _("Programmes and their cohorts"), PROGRAMS),
        Example("people", _("Find somebody by name"), PEOPLE, '{"search": "a"}'),
        Example("goal", _("How a goal reads"), GOAL, GOAL_VARIABLES),
        Example("refusal", _("A change that is refused"), REFUSAL, '{"match": "nothing-has-this-id"}'),
        Example("schema", _("The schema, asked about itself"), SCHEMA, '{"type": "Match"}'),
    )


def example(key: str) -> Example:
    """The one of that name, the first one if there is none."""
    every = examples()
    return next((one for one in every if one.key == key), every[0])


HOME = """\
query Home {
  viewer {
    person { id name title zone }
    unreadCount
    matches(states: [ACTIVE]) {
      edges {
        node {
          id
          state
          members { role person { name } }
          goals { want dueOn }
        }
      }
    }
    nextSessions { startsAt endsAt state }
    actionItems { text dueOn }
  }
}"""
PROGRAMS = """\
query Programmes {
  organization { name }
  programs(first: 10) {
    edges {
      node { id key name state cohorts { id name startsOn endsOn } }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""
PEOPLE = """\
query People($search: String!) {
  people(search: $search, first: 5) {
    totalCount
    edges { node { id name title location } }
  }
}"""
GOAL = """\
query Goal($goal: GoalInput!) {
  goalChecks(goal: $goal) { advice checks }
}"""
GOAL_VARIABLES = """\
{"goal": {"want": "lead a product review", "measure": "two reviews led", "dueOn": "2027-05-31"}}"""
REFUSAL = """\
mutation Refused($match: ID!) {
  pauseMatch(input: {id: $match}) {
    match { state }
    errors { code field message kind retryAfter }
  }
}"""
SCHEMA = """\
query Schema($type: String!) {
  __type(name: $type) {
    description
    fields { name description type { name kind ofType { name kind } } }
  }
}"""
