"""Results of test cases, for people and programs."""
