"""Parts that every report is made of: escapes, limits, styles, writers."""
