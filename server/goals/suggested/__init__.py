"""Steps that are proposed for a goal."""
