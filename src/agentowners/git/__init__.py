"""The local repository, read through git itself; ``GitError`` where it cannot be read."""
