"""What the matching of a trial found, as it is stored: pairs of mentors and mentees, pairs of peers, circles."""
