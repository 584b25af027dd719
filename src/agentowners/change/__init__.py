"""What happened: facts as plain data."""
