"""When this happened, then that message on that day, unless it is needless by then (docs/automation.md)."""
