"""Forms that a programme asks its people: what they are, who is asked, their answers, what came of them."""
