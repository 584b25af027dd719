"""Turns evidence into principals."""
