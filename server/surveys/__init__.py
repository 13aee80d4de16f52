"""Short forms with a schedule; the check-in is one of them."""
