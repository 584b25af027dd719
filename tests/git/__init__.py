"""The local repository adapter, against real repositories."""
