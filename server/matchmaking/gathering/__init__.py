"""What a pool is told about people beyond what they wrote: read for all of them at once."""
