"""What somebody's way so far adds to a fit: courses, functions, whom they were paired with, talent data by consent."""
