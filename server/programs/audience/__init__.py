"""Whom a programme is for: rules over what the employer's records say of people."""
