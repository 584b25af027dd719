"""This machine: where paths lead, what a repository holds, and the files that the tool keeps for itself."""
