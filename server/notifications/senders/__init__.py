"""In whose name the letters of a programme come."""
