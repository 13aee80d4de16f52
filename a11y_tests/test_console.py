"""Every state of a11y_tests/states/console.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import console

test_state = every(console.STATES)
