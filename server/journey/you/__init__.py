"""What a person set for themselves, in one place: profile, times, messages, consents, devices, look."""
