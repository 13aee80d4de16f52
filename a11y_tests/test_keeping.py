"""Every state of a11y_tests/states/keeping.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import keeping

test_state = every(keeping.STATES)
