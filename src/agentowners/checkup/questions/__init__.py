"""Questions about a repository, one subject a file: facts in, findings out."""
