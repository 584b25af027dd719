"""A repository's own test cases for its policy: read, run, compared, counted."""
