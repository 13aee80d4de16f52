"""Courses that people completed, as the learning system tells of them."""
