"""Reports on their days, and a figure in the red: planned one day ahead of the other, for each programme."""
