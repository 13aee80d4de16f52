"""Every state of a11y_tests/states/leaving.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import leaving

test_state = every(leaving.STATES)
