"""The local repository, read through git itself."""
