"""Every state of a11y_tests/states/trial.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import trial

test_state = every(trial.STATES)
