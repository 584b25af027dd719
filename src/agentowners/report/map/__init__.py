"""Maps of a repository, by format."""
