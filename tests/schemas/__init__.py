"""Schemas that the product publishes."""
