"""Every state of a11y_tests/states/joining.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import joining

test_state = every(joining.STATES)
