"""Conversations of a match: free slots, bookings, agendas, notes, promises."""
