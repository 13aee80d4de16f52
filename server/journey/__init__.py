"""Acts and screens that span rooms: join, accept and book, save and book the next one, today."""
