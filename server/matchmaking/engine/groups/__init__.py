"""One-sided matching: circles of four to eight, pairs of peers, and pairs by the draw. Everybody is both sides here."""
