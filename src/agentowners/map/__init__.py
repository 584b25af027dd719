"""Decisions of a policy about every file of a repository, for each contributor and branch."""
