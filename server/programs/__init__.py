"""Programmes, their cohorts, and who takes part in them."""
