"""Short steps that somebody takes before they are matched: what a programme asks for, and what each has done."""
