"""Every state of a11y_tests/states/pairs.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import pairs

test_state = every(pairs.STATES)
