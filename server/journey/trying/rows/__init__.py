"""From the rows of somebody's own files, and how they are to be read, to people, past pairs and rules."""
