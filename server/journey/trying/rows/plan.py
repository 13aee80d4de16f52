"""The files of a trial as they were handed in, and how they are to be read; both as they are stored."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.journey.trying.rows.columns import KNOWN, Field
from server.journey.trying.rows.rules import AS_USUAL, Chosen, dump_chosen, load_chosen
from server.kernel.secrets import decrypt, encrypt
from server.matchmaking.engine.groups.circles import USUAL_SIZE
from server.people.tables import Table, read_table
from server.programs.states import ProgramType

PLACE = "match_trial.settings"
OF_EQUALS = (ProgramType.PEER, ProgramType.CIRCLE)
"""Kinds of programme in which one side alone can be matched."""


class Who(StrEnum):
    """Who the rows of one file are: people of one side, of both as a column says, everybody of one kind, or past pairs.
    """

    MENTORS = "MENTORS"
    MENTEES = "MENTEES"
    COLUMN = "COLUMN"
    EVERYBODY = "EVERYBODY"
    PAST = "PAST"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was handed in, decoded."""

    name: str
    text: str

    def table(self) -> Table:
        """Its rows.

        Raises:
            Invalid: it cannot be used as a table (field "file").
        """
        return read_table(self.text.encode(), self.name, KNOWN)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the files are read: for each one who its rows are and what its columns hold, then what holds for all: kind of
    programme, places of each mentor, people in a circle, and the rules that were chosen by hand."""

    who: tuple[Who, ...]
    columns: tuple[Mapping[str, Field], ...]
    kind: ProgramType = ProgramType.ONE_TO_ONE
    places: int = 1
    size: int = USUAL_SIZE
    chosen: Chosen = AS_USUAL

    @property
    def sides(self) -> tuple[Who, ...]:
        """Who the rows are as the kind of programme takes them: peers and circles are of whoever is there."""
        people = {one for one in self.who if one is not Who.PAST}
        if self.kind in OF_EQUALS and people == {Who.MENTORS}:
            return tuple(Who.EVERYBODY if one is Who.MENTORS else one for one in self.who)
        return self.who


def pack(files: Iterable[File]) -> str:
    """Files as the text that is stored encrypted."""
    return json.dumps([{"name": one.name, "text": one.text} for one in files], ensure_ascii=False)


def unpack(stored: str) -> list[File]:
    """What `pack` was given."""
    return [File(one["name"], one["text"]) for one in json.loads(stored)] if stored else []


def dump_plan(plan: Plan) -> dict[str, Any]:
    """A plan as it is stored. Names of columns are encrypted: in a file without a header they are its first person."""
    columns = [{name: one.value for name, one in held.items()} for held in plan.columns]
    return {"who": [one.value for one in plan.who], "kind": plan.kind.value, "places": plan.places,
            "size": plan.size, "rules": dump_chosen(plan.chosen), "columns": encrypt(json.dumps(columns), PLACE)}


def load_plan(stored: Mapping[str, Any]) -> Plan:
    """What `dump_plan` was given."""
    columns = json.loads(decrypt(stored["columns"], PLACE))
    return Plan(
        tuple(map(Who, stored["who"])), tuple({name: Field(one) for name, one in held.items()} for held in columns),
        ProgramType(stored["kind"]), stored["places"], stored.get("size", USUAL_SIZE),
        load_chosen(stored.get("rules", {})),
    )
