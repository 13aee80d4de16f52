"""What is offered once, on the screen after a first booking, and never in the way of it."""
