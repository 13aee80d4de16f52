"""Every state of a11y_tests/states/deciding.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import deciding

test_state = every(deciding.STATES)
