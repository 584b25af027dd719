"""The API `policy.local`."""
