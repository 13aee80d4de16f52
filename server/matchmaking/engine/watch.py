"""How far a run has come, for whoever waits for it, and how it is asked to stop."""

from enum import StrEnum


class Step(StrEnum):
    """What a run is doing."""

    SEARCHING = "SEARCHING"
    ASSIGNING = "ASSIGNING"
    EXPLAINING = "EXPLAINING"


class Stopped(Exception):
    """The run was asked to stop; it has no result."""


class Watch:
    """Written by the threads of one run, read by others: each field is replaced whole, so nobody waits for a lock.

    `share` is how much of the step is done, 0 to 1.
    """

    def __init__(self) -> None:
        self.step = Step.SEARCHING
        self.share = 0.0
        self._is_stopped = False

    def stop(self) -> None:
        """Ask the run to end at its next look, some tenths of a second away even in the largest pool."""
        self._is_stopped = True

    def begin(self, step: Step) -> None:
        """The next step.

        Raises:
            Stopped: somebody asked for it.
        """
        self.look()
        self.step, self.share = step, 0.0

    def advance(self, share: float) -> None:
        """More of this step is done.

        Raises:
            Stopped: somebody asked for it.
        """
        self.look()
        self.share = min(1.0, self.share + share)

    def look(self) -> None:
        """Go on, or end.

        Raises:
            Stopped: somebody asked for it.
        """
        if self._is_stopped:
            raise Stopped
