"""State to JSON: complete objects, as the description wants them. One module per kind of object."""
