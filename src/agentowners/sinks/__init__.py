"""Sinks of the audit trail: an S3 bucket, Datadog, a file; ``StoreError`` where one cannot be read or written."""
