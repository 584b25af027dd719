"""Decisions: a policy and a change become a verdict."""
