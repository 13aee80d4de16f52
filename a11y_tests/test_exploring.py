"""Every state of a11y_tests/states/exploring.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import exploring

test_state = every(exploring.STATES)
