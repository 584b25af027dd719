"""Answers for every path there could be, not only for those that are there: automata over the policy's own patterns."""
