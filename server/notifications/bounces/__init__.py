"""Mail that comes back: what reports say of it, and what is known of an address since."""
