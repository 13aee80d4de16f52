"""Every state of a11y_tests/states/voyage.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import voyage

test_state = every(voyage.STATES)
