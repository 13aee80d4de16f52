"""What becomes of messages, and whether reminders help: counted from what is stored, without pixels."""
