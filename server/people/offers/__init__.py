"""What is offered once: whoever says "not now" is not asked again."""
