"""Every state of a11y_tests/states/meeting.py, in every mode."""

from a11y_tests.matrix import every
from a11y_tests.states import meeting

test_state = every(meeting.STATES)
