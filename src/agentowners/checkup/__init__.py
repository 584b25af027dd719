"""What a repository's settings guarantee: facts in, findings out."""
