"""Every state of a11y_tests/states/supply.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import supply

test_state = every(supply.STATES)
