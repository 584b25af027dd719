"""Files and folders by path."""

from __future__ import annotations

import base64

from tests.github_server.gitstore import TreeEntry, show
from tests.github_server.render.common import Json
from tests.github_server.render.history import address, git_commit
from tests.github_server.web import ApiError, Reply, Request, not_found, operation


@operation("repos/get-content", "contents:read")
def get(request: Request) -> Reply:
    """A file in base64 up to 1 MB (above: empty, `encoding: none`, raw only), a folder, a link, a submodule.

    A folder shows its first 1,000 entries and does not say that it has more.
    """
    repo = request.repo
    commit = repo.resolve(request.query.get("ref", repo.default_branch))
    if commit is None:
        raise ApiError(404, f"No commit found for the ref {request.query.get('ref', repo.default_branch)}")
    path: str = request.params["path"]
    try:
        raw = path.strip("/").encode()
    except UnicodeEncodeError:
        raise not_found() from None
    entry = repo.store.lookup(commit, raw)
    if entry is None:
        raise not_found()
    ref = request.query.get("ref", repo.default_branch)
    if entry.type == "tree":
        prefix = raw + b"/" if raw else b""
        inside = repo.store.tree(entry.sha)[:1000]
        shown = [_common(request, TreeEntry(it.mode, it.type, it.sha, it.size, prefix + it.path), ref) for it in inside]
        # a folder shows a submodule as a file, GitHub says for compatibility
        return Reply(200, [it | ({"type": "file"} if it["type"] == "submodule" else {}) for it in shown])
    common = _common(request, entry, ref)
    if entry.type == "commit":
        return Reply(200, common | {"submodule_git_url": f"{request.server.html_url}/{repo.owner.login}/submodule.git"})
    content = repo.store.read(entry.sha)[1]
    if entry.mode == "120000":
        return _link(request, common, entry, commit, content, ref)
    return _file(request, common, content)


@operation("repos/create-or-update-file-contents", "contents:write")
def put(request: Request) -> Reply:
    """A commit that writes one file; what is there has to be named by its id, so that nothing newer is written over."""
    repo, body, path = request.repo, request.body, request.params["path"].strip("/")
    branch = body.get("branch", repo.default_branch)
    if branch not in repo.branches():
        raise ApiError(404, f"Branch {branch} not found")
    entry = repo.store.lookup(repo.tip(branch), path.encode())
    if entry is not None and "sha" not in body:
        raise ApiError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if (entry.sha if entry is not None else None) != body.get("sha"):
        raise ApiError(409, f"{path} does not match {body.get('sha')}")
    content = base64.b64decode(body["content"])
    author = request.token.account.login
    sha = repo.commit(branch, {path: content}, message=body["message"], author=author, pushed_by=author)
    found = repo.store.lookup(sha, path.encode())
    assert found is not None
    shown = _common(request, found, branch) | {"type": "file"}
    return Reply(200 if entry is not None else 201, {"content": shown, "commit": git_commit(repo, sha)})


def _file(request: Request, common: Json, content: bytes) -> Reply:
    limit = request.server.limits.content_bytes
    if len(content) > 100 * limit:
        raise ApiError(403, "This API returns blobs up to 100 MB in size.")
    if "raw" in request.accept:
        return Reply(200, raw=content)
    if len(content) > limit:
        return Reply(200, common | {"type": "file", "content": "", "encoding": "none"})
    return Reply(200, common | {"type": "file", "content": base64.encodebytes(content).decode(), "encoding": "base64"})


def _link(request: Request, common: Json, entry: TreeEntry, commit: str, content: bytes, ref: str) -> Reply:
    """A link to a file of the same repository answers that file's content, as GitHub does; any other the link itself."""
    parts = entry.path.split(b"/")[:-1]
    for part in content.split(b"/"):
        if part == b"..":
            parts = parts[:-1]
        elif part != b".":
            parts.append(part)
    target = None if content.startswith(b"/") else request.repo.store.lookup(commit, b"/".join(parts))
    if target is not None and target.type == "blob" and target.mode != "120000":
        found = _common(request, target, ref)
        kept = {name: found[name] for name in ("sha", "size")}
        return _file(request, common | kept, request.repo.store.read(target.sha)[1])
    return Reply(200, common | {"target": show(content)})


def _common(request: Request, entry: TreeEntry, ref: str) -> Json:
    repo, path = request.repo, address(entry.path)
    url = f"{request.server.url}/repos/{repo.full_name}"
    page = f"{request.server.html_url}/{repo.full_name}"
    kind = "symlink" if entry.mode == "120000" else {"tree": "dir", "blob": "file", "commit": "submodule"}[entry.type]
    folder = "tree" if kind in {"dir", "submodule"} else "blob"
    self_url = f"{url}/contents/{path}?ref={address(ref)}"
    git_url = f"{url}/git/{folder}s/{entry.sha}"
    html_url = f"{page}/{folder}/{address(ref)}/{path}"
    return {
        "name": show(entry.path.split(b"/")[-1]),
        "path": show(entry.path),
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": self_url,
        "html_url": html_url,
        "git_url": git_url,
        "download_url": f"{page}/raw/{address(ref)}/{path}" if folder == "blob" else None,
        "type": kind,
        "_links": {"self": self_url, "git": git_url, "html": html_url},
    }
