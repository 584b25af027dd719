"""The audit trail, for people and as data."""
