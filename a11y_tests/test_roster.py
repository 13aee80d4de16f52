"""Every state of a11y_tests/states/roster.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import roster

test_state = every(roster.STATES)
