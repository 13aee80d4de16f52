"""Trying the product as anybody, and letting its time pass. Exists in demonstrations only."""
