"""Commits, files of a diff, trees and blobs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.github_server.diffs import FileDiff
from tests.github_server.gitstore import EMPTY_TREE, Commit, Signature, show
from tests.github_server.render.common import Json, node, time, user
from tests.github_server.repository import Repository


def address(text: str | bytes) -> str:
    """A path or name in a URL."""
    return quote(text, safe="/")


def verification(repo: Repository, commit: Commit) -> Json:
    """`verification`: what the server was told about the commit's signature."""
    reason = repo.server.verification.get(commit.sha, "unsigned")
    signed = reason != "unsigned"
    return {
        "verified": reason == "valid",
        "reason": reason,
        "signature": "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----" if signed else None,
        "payload": f"tree {commit.tree}\n" if signed else None,
        "verified_at": time(commit.committer.date) if reason == "valid" else None,
    }


def _who(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": time(signature.date)}


def _account(repo: Repository, signature: Signature) -> Json | None:
    account = repo.server.find_account(signature.email)
    return None if account is None else user(repo.server, account)


def _parents(repo: Repository, commit: Commit, kind: str) -> list[Json]:
    root, page = f"{repo.server.url}/repos/{repo.full_name}", f"{repo.server.html_url}/{repo.full_name}"
    return [{"sha": sha, "url": f"{root}/{kind}/{sha}", "html_url": f"{page}/commit/{sha}"} for sha in commit.parents]


def git_commit(repo: Repository, sha: str) -> Json:
    """`git-commit`: the object alone."""
    commit = repo.store.read_commit(sha)
    root, page = f"{repo.server.url}/repos/{repo.full_name}", f"{repo.server.html_url}/{repo.full_name}"
    return {
        "sha": sha,
        "node_id": node("C", sha),
        "url": f"{root}/git/commits/{sha}",
        "html_url": f"{page}/commit/{sha}",
        "author": _who(commit.author),
        "committer": _who(commit.committer),
        "tree": {"sha": commit.tree, "url": f"{root}/git/trees/{commit.tree}"},
        "message": commit.message.removesuffix("\n"),
        "parents": _parents(repo, commit, "git/commits"),
        "verification": verification(repo, commit),
    }


def commit(repo: Repository, sha: str) -> Json:
    """`commit`, without files: the object with the accounts that its e-mails are linked to."""
    it = repo.store.read_commit(sha)
    root, page = f"{repo.server.url}/repos/{repo.full_name}", f"{repo.server.html_url}/{repo.full_name}"
    return {
        "sha": sha,
        "node_id": node("C", sha),
        "commit": {
            "author": _who(it.author),
            "committer": _who(it.committer),
            "message": it.message.removesuffix("\n"),
            "tree": {"sha": it.tree, "url": f"{root}/git/trees/{it.tree}"},
            "url": f"{root}/git/commits/{sha}",
            "comment_count": 0,
            "verification": verification(repo, it),
        },
        "url": f"{root}/commits/{sha}",
        "html_url": f"{page}/commit/{sha}",
        "comments_url": f"{root}/commits/{sha}/comments",
        "author": _account(repo, it.author),
        "committer": _account(repo, it.committer),
        "parents": _parents(repo, it, "commits"),
    }


def commit_files(repo: Repository, sha: str) -> list[FileDiff]:
    """What a commit changed against its first parent."""
    parents = repo.store.read_commit(sha).parents
    return repo.differ.diff(parents[0] if parents else EMPTY_TREE, sha)


def file(repo: Repository, it: FileDiff, at: str) -> Json:
    """`diff-entry`; the patch is left out where git shows none and where it is too large."""
    page, path = f"{repo.server.html_url}/{repo.full_name}", address(it.path)
    entry: dict[str, Any] = {
        "sha": it.sha,
        "filename": show(it.path),
        "status": it.status,
        "additions": it.additions,
        "deletions": it.deletions,
        "changes": it.additions + it.deletions,
        "blob_url": f"{page}/blob/{at}/{path}",
        "raw_url": f"{page}/raw/{at}/{path}",
        "contents_url": f"{repo.server.url}/repos/{repo.full_name}/contents/{path}?ref={at}",
    }
    if it.previous is not None:
        entry["previous_filename"] = show(it.previous)
    if it.patch is not None and len(it.patch) <= repo.server.limits.patch_bytes:
        entry["patch"] = show(it.patch)
    return entry


def minimal_commit(repo: Repository, sha: str) -> Json:
    """`simple-commit`, as suites and workflow runs embed it."""
    it = repo.store.read_commit(sha)
    return {
        "id": sha,
        "tree_id": it.tree,
        "message": it.message,
        "timestamp": time(it.committer.date),
        "author": {"name": it.author.name, "email": it.author.email},
        "committer": {"name": it.committer.name, "email": it.committer.email},
    }
