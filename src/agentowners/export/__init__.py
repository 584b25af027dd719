"""A policy compiled down to what another surface can enforce by itself, and what it cannot."""
