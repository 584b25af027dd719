"""Where the audit trail is written to: an S3 bucket, Datadog, a file."""
