"""Conversions, as people and programs read them."""
