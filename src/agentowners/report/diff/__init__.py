"""A change of a policy, and what is proved of one, in each format."""
