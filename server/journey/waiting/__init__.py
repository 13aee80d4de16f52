"""The time between joining and meeting: what runs, until when, and what there is to be found."""
