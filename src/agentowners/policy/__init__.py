"""Policies: text becomes immutable values."""
