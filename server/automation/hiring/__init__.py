"""Who joins by themselves: when this happens to somebody in the employer's records, they are invited on that day,
unless it is needless by then. A rule is part of its programme's document (`server/programs/triggers`)."""
