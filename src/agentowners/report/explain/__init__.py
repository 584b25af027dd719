"""Explanations, for people and programs."""
