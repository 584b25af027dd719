"""Changes: facts as plain data."""
