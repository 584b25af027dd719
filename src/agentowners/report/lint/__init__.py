"""What ``lint`` found, for people and programs."""
