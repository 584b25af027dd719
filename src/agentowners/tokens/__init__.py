"""A JSON Web Token and a key set -> what it proves, or why it proves nothing. Pure: keys and the time are handed in."""
