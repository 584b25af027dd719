"""Mistakes that parse: one file for each check, and a registry."""
