"""Who is who: evidence becomes principals."""
