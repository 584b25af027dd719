"""The checks, one file each; ``lint.registry`` lists them."""
