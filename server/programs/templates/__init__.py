"""Ready programmes to begin from, one document each. What is made from one keeps no link to it."""
