"""Every state of a11y_tests/states/runs.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import runs

test_state = every(runs.STATES)
