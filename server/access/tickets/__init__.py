"""One act by one tap, outside a signed-in page: a secret for it, which is good once (reliability.md, section 3)."""
