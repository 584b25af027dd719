"""The audit trail: what an entry says, how entries hang together, and what must not be in one. Pure."""
