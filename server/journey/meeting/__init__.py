"""The acts of a pair that span rooms: accept and book, say no, agree a time, close a session and book the next one."""
