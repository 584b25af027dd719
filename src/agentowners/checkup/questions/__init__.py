"""What is asked of a repository, one subject a file: facts in, findings out."""
