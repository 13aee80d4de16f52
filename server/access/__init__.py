"""Who is signed in, and what a role may do."""
