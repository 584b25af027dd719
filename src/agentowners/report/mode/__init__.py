"""Modes in words, as rules, and where they hold, in each format."""
