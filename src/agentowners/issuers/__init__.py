"""The issuers that a policy names: asked for their public keys, and for nothing else."""
