"""Policies of other tools, and what of them a policy of this one says."""
