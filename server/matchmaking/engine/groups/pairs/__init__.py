"""Pairs within one side: the best of the whole, or drawn by lot."""
