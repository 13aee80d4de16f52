"""When a programme's forms are sent, and to whom (docs/surveys.md)."""
