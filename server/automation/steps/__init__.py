"""Every step, a module for each phase of a programme (domain/lifecycle.md, 3)."""

from server.automation.protocol import Step
from server.automation.steps import closing, goals, joining, meeting, quiet, starting, unmatched

PHASES = (joining, unmatched, starting, goals, meeting, quiet, closing)

STEPS: dict[str, Step] = {step.rule: step for phase in PHASES for step in phase.STEPS}
