"""A proposal and what was found out about it, in each format."""
