"""What people of a programme may do by themselves: a part of its document."""
