"""What the repository says: text becomes a policy."""
