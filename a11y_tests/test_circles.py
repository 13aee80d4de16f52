"""Every state of a11y_tests/states/circles.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import circles

test_state = every(circles.STATES)
