"""Guarantees of a repository's settings: facts in, findings out."""
