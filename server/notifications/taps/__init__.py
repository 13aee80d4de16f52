"""What a message lets its reader do by one tap: from a mail by a page with one button, from a notification at once."""
