"""Every state of a11y_tests/states/weighing.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import weighing

test_state = every(weighing.STATES)
