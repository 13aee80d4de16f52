"""What the Check-in screen shows."""
