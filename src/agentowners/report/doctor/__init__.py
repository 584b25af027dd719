"""A checkup, for people and programs."""
