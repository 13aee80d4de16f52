"""Every step, a module for each phase of a programme (domain/lifecycle.md, 3)."""

from server.automation.protocol import Step, Triggered
from server.automation.steps import closing, goals, joining, meeting, own, quiet, starting, unmatched
from server.programs.plans.telling import Trigger

PHASES = (joining, unmatched, starting, goals, meeting, quiet, closing, own)

STEPS: dict[str, Step] = {step.rule: step for phase in PHASES for step in phase.STEPS}
TRIGGERS: dict[Trigger, Triggered] = {step.trigger: step for step in own.STEPS}
"""What a programme's messages of its own may follow."""
