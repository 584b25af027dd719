"""Exports, as people and programs read them."""
