"""Exports: what a surface lets through by its own reading, the policy allows."""
