"""Editors: the grammar of the line syntax, read by VS Code's own tokenizer."""
