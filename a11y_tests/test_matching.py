"""Every state of a11y_tests/states/matching.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import matching

test_state = every(matching.STATES)
