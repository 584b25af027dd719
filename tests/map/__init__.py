"""Maps of repositories."""
