"""Text that people wrote, with the places of what is wrong in it."""
