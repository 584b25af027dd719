"""The checks, by what they are about: each is a function under ``@check``; ``lint.registry`` names the modules."""
