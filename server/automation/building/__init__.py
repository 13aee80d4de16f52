"""A whole programme as one document: begun, looked at, put in force, moved as a file. Only this floor knows all of it.
"""
