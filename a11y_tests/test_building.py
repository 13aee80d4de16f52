"""Every state of a11y_tests/states/building.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import building

test_state = every(building.STATES)
