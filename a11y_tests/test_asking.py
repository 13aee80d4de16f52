"""Every state of a11y_tests/states/asking.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import asking

test_state = every(asking.STATES)
