"""Fuzzing: parsers, patterns, payload readers and renderers under inputs that nobody would write."""
