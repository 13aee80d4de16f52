"""Every state of a11y_tests/states/doors.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import doors

test_state = every(doors.STATES)
