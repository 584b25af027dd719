"""Commits, comparisons, and the raw git objects."""

from __future__ import annotations

import base64
import re

from tests.github_server import trials
from tests.github_server.gitstore import TreeEntry, show
from tests.github_server.render import history
from tests.github_server.render.common import Json, maybe_user, node, time
from tests.github_server.repository import Repository
from tests.github_server.web import ApiError, Reply, Request, invalid, not_found, operation

SHA = re.compile(r"[0-9a-f]{40}")


@operation("repos/list-commits", "contents:read")
def list_commits(request: Request) -> Reply:
    """Newest first, from a branch, tag or commit."""
    repo = request.repo
    sha = repo.resolve(request.query.get("sha", repo.default_branch))
    if sha is None:
        raise not_found()
    if set(request.query) - {"sha", "page", "per_page"}:
        raise ApiError(400, "this server lists commits by `sha` alone")
    return request.pages(repo.store.commits(sha)[::-1], lambda it: history.commit(repo, it))


@operation("repos/get-commit", "contents:read")
def get_commit(request: Request) -> Reply:
    """A commit with what it changed; its files are paged, 3,000 in all."""
    repo, ref = request.repo, request.params["ref"]
    sha = repo.resolve(ref)
    if sha is None:
        raise ApiError(422, f"No commit found for SHA: {ref}")
    if "raw" in request.accept or "sha" in request.accept.split("."):
        return Reply(200, raw=sha.encode())
    files = history.commit_files(repo, sha)[: request.server.limits.files]
    size, number = min(request.query.get("per_page", 300), 300), request.query.get("page", 1)
    shown = history.commit(repo, sha)
    shown["stats"] = {"additions": sum(it.additions for it in files), "deletions": sum(it.deletions for it in files)}
    shown["stats"]["total"] = shown["stats"]["additions"] + shown["stats"]["deletions"]
    shown["files"] = [history.file(repo, it, sha) for it in files[(number - 1) * size : number * size]]
    return Reply(200, shown, request.links(number, max(1, -(-len(files) // size))))


def _ends(request: Request) -> tuple[str, str]:
    """`base...head`, either of them `owner:branch` of the fork network."""
    base, dots, head = request.params["basehead"].partition("...")
    found = [_end(request, name) for name in (base, head)]
    if not dots or not found[0] or not found[1]:
        raise not_found()
    return found[0], found[1]


def _end(request: Request, name: str) -> str | None:
    owner, colon, branch = name.rpartition(":")
    if not colon:
        return request.repo.resolve(name)
    for repo in request.server.repositories.values():
        if repo.owner.login.lower() == owner.lower() and (repo.parent or repo) is (request.repo.parent or request.repo):
            return repo.resolve(branch)
    return None


@operation("repos/compare-commits-with-basehead", "contents:read")
def compare(request: Request) -> Reply:
    """From the merge base to the head: at most 300 files, on the first page alone; commits are paged, 250 by default."""
    repo = request.repo
    base, head = _ends(request)
    ancestor = repo.store.merge_base(base, head)
    if ancestor is None:
        raise not_found()
    ahead, behind = repo.store.commits(head, [base]), repo.store.commits(base, [head])
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind", (False, False): "identical"}
    number = request.query.get("page", 1)
    size = min(request.query.get("per_page", 250), request.server.limits.compare_commits)
    api, page = (
        f"{request.server.url}/repos/{repo.full_name}",
        f"{request.server.html_url}/{repo.full_name}/compare/{base}...{head}",
    )
    files = repo.differ.diff(ancestor, head)[: request.server.limits.compare_files] if number == 1 else []
    shown: Json = {
        "url": f"{api}/compare/{base}...{head}",
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": history.commit(repo, base),
        "merge_base_commit": history.commit(repo, ancestor),
        "status": status[bool(ahead), bool(behind)],
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [history.commit(repo, sha) for sha in ahead[(number - 1) * size : number * size]],
        "files": [history.file(repo, it, head) for it in files],
    }
    return Reply(200, shown, request.links(number, max(1, -(-len(ahead) // size))))


@operation("git/get-commit", "contents:read")
def get_git_commit(request: Request) -> Reply:
    """The object alone."""
    try:
        return Reply(200, history.git_commit(request.repo, request.params["commit_sha"]))
    except KeyError:
        raise not_found() from None


@operation("git/get-tree", "contents:read")
def get_tree(request: Request) -> Reply:
    """A tree by its id or by a commit's name; `recursive` with any value, cut at 100,000 entries with `truncated`."""
    repo, name = request.repo, request.params["tree_sha"]
    sha = name
    if not SHA.fullmatch(name) or repo.resolve(name):
        commit = repo.resolve(name)
        if commit is None:
            raise not_found()
        sha = repo.store.read_commit(commit).tree
    try:
        if repo.store.read(sha)[0] != "tree":
            raise not_found()
    except KeyError:
        raise not_found() from None
    entries = repo.store.tree(sha, recursive="recursive" in request.query)
    limit = request.server.limits.tree_entries
    url = f"{request.server.url}/repos/{repo.full_name}/git"
    shown = [_entry(url, it) for it in entries[:limit]]
    return Reply(200, {"sha": sha, "url": f"{url}/trees/{sha}", "tree": shown, "truncated": len(entries) > limit})


def _entry(url: str, it: TreeEntry) -> Json:
    entry: Json = {"path": show(it.path), "mode": it.mode, "type": it.type, "sha": it.sha}
    if it.type == "blob":
        entry["size"] = it.size
    if it.type != "commit":
        entry["url"] = f"{url}/{it.type}s/{it.sha}"
    return entry


@operation("git/get-blob", "contents:read")
def get_blob(request: Request) -> Reply:
    """A blob in base64, or raw; 100 MB at most."""
    repo, sha = request.repo, request.params["file_sha"]
    try:
        kind, content = repo.store.read(sha)
    except KeyError:
        kind, content = "", b""
    if kind != "blob":
        raise (
            not_found()
            if SHA.fullmatch(sha)
            else ApiError(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
        )
    if len(content) > request.server.limits.blob_bytes:
        raise ApiError(403, "This API returns blobs up to 100 MB in size.")
    if "raw" in request.accept:
        return Reply(200, raw=content)
    url = f"{request.server.url}/repos/{repo.full_name}/git/blobs/{sha}"
    return Reply(200, {"sha": sha, "node_id": node("B", sha), "size": len(content), "url": url, **_base64(content)})


def _base64(content: bytes) -> Json:
    return {"content": base64.encodebytes(content).decode(), "encoding": "base64"}


def git_ref(repo: Repository, ref: str, sha: str) -> Json:
    """`git-ref`."""
    url = f"{repo.server.url}/repos/{repo.full_name}/git"
    target = {"sha": sha, "type": "commit", "url": f"{url}/commits/{sha}"}
    return {"ref": ref, "node_id": node("REF", ref), "url": f"{url}/{history.address(ref)}", "object": target}


@operation("git/get-ref", "contents:read")
def get_ref(request: Request) -> Reply:
    """`heads/x`, `tags/x`, `pull/N/head`: the whole name without `refs/`."""
    ref = f"refs/{request.params['ref']}"
    trials.refresh(request.repo.pulls, ref)
    if ref not in request.repo.store.refs:
        raise not_found()
    return Reply(200, git_ref(request.repo, ref, request.repo.store.refs[ref]))


@operation("git/list-matching-refs", "contents:read")
def matching_refs(request: Request) -> Reply:
    """All refs that begin with a name."""
    repo = request.repo
    trials.refresh(repo.pulls, f"refs/{request.params['ref']}")
    found = sorted(ref for ref in repo.store.refs if ref.startswith(f"refs/{request.params['ref']}"))
    return Reply(200, [git_ref(repo, ref, repo.store.refs[ref]) for ref in found])


@operation("repos/list-activities", "contents:read")
def activity(request: Request) -> Reply:
    """Who moved which branch, newest first; paged by cursor."""
    repo, query = request.repo, request.query
    entries = [it for it in repo.activity if query.get("ref", it[3]) in (it[3], it[3].removeprefix("refs/heads/"))]
    entries = [it for it in entries if query.get("activity_type", it[4]) == it[4]]
    entries = [it for it in entries if query.get("actor", it[5].login).lower() == it[5].login.lower()]
    if repo.activity_told is not None:
        entries = entries[max(0, len(entries) - repo.activity_told) :]
    if query.get("direction", "desc") == "desc":
        entries.reverse()
    ids = [str(it[0]) for it in entries]
    start = 0
    if "after" in query:
        if query["after"] not in ids:
            raise invalid("Activity", "after")
        start = ids.index(query["after"]) + 1
    size = min(query.get("per_page", 30), 100)
    headers = {}
    if start + size < len(entries):
        cursor = ids[start + size - 1]
        headers["Link"] = f'<{request.server.url}{request.path}?per_page={size}&after={cursor}>; rel="next"'
    shown = [
        {
            "id": number,
            "node_id": node("PSH", number),
            "before": before,
            "after": after,
            "ref": ref,
            "timestamp": time(when),
            "activity_type": kind,
            "actor": maybe_user(request.server, actor),
        }
        for number, before, after, ref, kind, actor, when in entries[start : start + size]
    ]
    return Reply(200, shown, headers)
