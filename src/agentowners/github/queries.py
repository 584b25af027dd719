"""Every query to GitHub's GraphQL API; the tests hold them against GitHub's public schema."""

from __future__ import annotations

from typing import Final

MERGE_SETTINGS: Final = """\
query MergeSettings($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { rebaseMergeAllowed }
}
"""
"""The REST API tells it to those only who may write."""

MERGEABLE: Final = """\
query Mergeable($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: OPEN, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { mergeable }
    }
  }
}
"""
"""Asked for what it does: GitHub works it out for each that it has not worked out yet."""

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

COMMENT_EDITS: Final = """\
query CommentEdits($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          fullDatabaseId
          lastEditedAt
          author { __typename login ... on User { databaseId } }
          editor { __typename login ... on User { databaseId } }
        }
      }
    }
  }
}
"""
"""The REST API tells a time of change that moves for other reasons too."""

FORMER_BASES: Final = """\
query FormerBases($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      timelineItems(itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT], first: 100, after: $after) {
        filteredCount
        pageInfo { hasNextPage endCursor }
        nodes {
          ... on BaseRefChangedEvent { previousRefName currentRefName }
          ... on AutomaticBaseChangeSucceededEvent { oldBase newBase }
        }
      }
    }
  }
}
"""
"""The REST API tells that the base branch was changed, and not from which."""

DELETED_COMMENTS: Final = """\
query DeletedComments($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      timelineItems(itemTypes: COMMENT_DELETED_EVENT, first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          ... on CommentDeletedEvent {
            createdAt
            actor { __typename login ... on User { databaseId } }
            deletedCommentAuthor { __typename login ... on User { databaseId } }
          }
        }
      }
    }
  }
}
"""
"""The REST API does not tell of them."""
