"""Every state of a11y_tests/states/signing_in.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import signing_in

test_state = every(signing_in.STATES)
