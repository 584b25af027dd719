"""Policies of other tools, converted: held against what the originals decide."""
