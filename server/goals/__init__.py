"""Goals with their versions and milestones."""
