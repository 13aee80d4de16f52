"""Every step, a module for each phase of a programme (domain/lifecycle.md, 3)."""

from server.automation.protocol import Step
from server.automation.steps import joining, quiet, starting

STEPS: dict[str, Step] = {step.rule: step for phase in (joining, starting, quiet) for step in phase.STEPS}
