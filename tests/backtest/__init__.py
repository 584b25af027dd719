"""Merged changes under a policy."""
