"""Every state of a11y_tests/states/talking.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import talking

test_state = every(talking.STATES)
