"""How a verdict is said: pure functions, one file per format."""
