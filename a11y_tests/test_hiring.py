"""Every state of a11y_tests/states/hiring.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import hiring

test_state = every(hiring.STATES)
