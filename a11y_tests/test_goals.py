"""Every state of a11y_tests/states/goals.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import goals

test_state = every(goals.STATES)
