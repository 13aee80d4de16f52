"""Every state of a11y_tests/states/inviting.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import inviting

test_state = every(inviting.STATES)
