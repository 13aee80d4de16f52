"""Every state of a11y_tests/states/you.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import you

test_state = every(you.STATES)
