"""Who of some people no mail reaches, and whose hours are only assumed: told while a programme is built."""
