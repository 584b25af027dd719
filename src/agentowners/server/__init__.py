"""Processes that stand between agents and what they use."""
