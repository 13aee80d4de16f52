"""How a message leaves: one module for each way."""
