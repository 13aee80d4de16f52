"""What every room stands on: actor, errors, clock, ids, database, facts, secrets, settings, text."""
