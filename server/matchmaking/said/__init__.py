"""What people said about each other, and who may say so: read by every run, never by those it is about."""
