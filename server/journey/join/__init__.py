"""Taking part: one page of facts that are known already, one act that stores everything or nothing."""
