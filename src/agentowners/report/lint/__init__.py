"""Findings of ``lint``, for people and programs."""
