"""Every state of a11y_tests/states/audience.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import audience

test_state = every(audience.STATES)
