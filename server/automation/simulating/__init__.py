"""A whole programme lived through on a database of its own: made-up people, the real actions, the clock moved on."""
