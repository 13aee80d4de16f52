"""Who joins a programme by themselves: what happens to somebody in the employer's records, and what follows it."""
