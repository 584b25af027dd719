"""Changes that were merged, judged as if a policy had stood there then."""
