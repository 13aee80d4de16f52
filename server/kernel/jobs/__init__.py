"""What runs after commit: who does it (`handlers`), which rows are due (`lanes`), and the process that runs them.

Rooms register with `on_event`, `on_due` and `on_parked`. `durable` runs the lanes in a process, which holds its
`place` alone.
"""

from server.kernel.jobs.handlers import JOB_MODULES, drain, load_handlers, on_due, on_event, on_parked

__all__ = ["JOB_MODULES", "drain", "load_handlers", "on_due", "on_event", "on_parked"]
