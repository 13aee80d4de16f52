"""What a letter with figures says, to whoever may read them."""
