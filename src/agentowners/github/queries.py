"""What is asked of GitHub's GraphQL API: all of it stands here, and the tests hold it against GitHub's public schema."""

from __future__ import annotations

from typing import Final

MERGE_SETTINGS: Final = """\
query MergeSettings($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { rebaseMergeAllowed }
}
"""
"""The REST API tells it to those only who may write."""

OPEN_PULLS: Final = """\
query OpenPulls($owner: String!, $name: String!, $base: String!, $check: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: OPEN, baseRefName: $base, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number
        headRefOid
        headRefName
        headRepository { nameWithOwner }
        changedFiles
        files(first: 100) { nodes { path changeType } }
        commits(last: 1) {
          nodes {
            commit {
              oid
              checkSuites(last: 10, filterBy: {checkName: $check}) {
                nodes {
                  checkRuns(first: 10, filterBy: {checkName: $check, checkType: LATEST}) { nodes { status title } }
                }
              }
            }
          }
        }
      }
    }
  }
}
"""
"""One look at a hundred open pull requests, where the REST API takes two requests for each."""
