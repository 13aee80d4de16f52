"""Learning from past pairs (`learn`): examples from history, one model for each stage, a trial, and an outlook.

Nothing here reads a clock or a file; a run is given the outlook, and a report is made of what was learned.
"""
