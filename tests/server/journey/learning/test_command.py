"""`ithaca learn`: every type of programme that there is, or one."""

import argparse

import pytest

from server.journey.learning.command import add_arguments, line
from server.matchmaking.models import LearnedModel
from server.programs.states import ProgramType


def test_the_words_of_one_learning() -> None:
    row = LearnedModel(program_type=ProgramType.FLASH, number=3, based_on=1, models={"ACCEPT": {}}, calibrated=False)
    assert line(row) == "FLASH.3: 1 answered proposal, 1 model stands, not yet calibrated"
    row.based_on, row.models, row.calibrated = 250, {}, True
    assert line(row) == "FLASH.3: 250 answered proposals, 0 models stand, calibrated"


def test_an_organisation_must_be_named_and_a_type_must_exist() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert parser.parse_args(["--organization", "a", "--type", "REVERSE"]).type == "REVERSE"
    for wrong in ([], ["--organization", "a", "--type", "NOTHING"]):
        with pytest.raises(SystemExit):
            parser.parse_args(wrong)
