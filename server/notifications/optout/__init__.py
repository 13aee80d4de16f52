"""The link of a letter that ends such letters: for a mail program (RFC 8058), or by a button, without signing in."""
