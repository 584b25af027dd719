"""What is asked of GitHub's GraphQL API: all of it stands here, and the tests hold it against GitHub's public schema."""

from __future__ import annotations

from typing import Final

MERGE_SETTINGS: Final = """\
query MergeSettings($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { rebaseMergeAllowed }
}
"""
"""The REST API tells it to those only who may write."""
