"""Every state of a11y_tests/states/surveying.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import surveying

test_state = every(surveying.STATES)
