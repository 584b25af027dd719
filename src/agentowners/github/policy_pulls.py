"""A pull request that changes the policy and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from agentowners.diagnostics import AgentownersError, Source
from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.policy_files import PolicyFiles
from agentowners.github.reading import JsonNode
from agentowners.github.trees import Trees
from agentowners.policy.builtin import POLICY_NAMES

_BRANCHES: Final = "agentowners/"


class PolicyPull(Struct, frozen=True):
    """A pull request that was opened."""

    number: int
    url: str
    branch: str


def open_policy_pull(
    api: Api, base: str, old: Sequence[Source], new: Sequence[Source], *, id: str, title: str, body: str
) -> PolicyPull:
    """Put new policy files onto a branch of their own, and ask to merge it.

    Args:
        api: the repository, with a token that may write contents and pull requests.
        base: full name of the branch to merge into.
        old: the policy files there, which GitHub has to have too.
        new: the same after the change.
        id: names the branch.
        title: of the pull request.
        body: its description, in Markdown.

    Raises:
        AgentownersError: GitHub has another policy there.
        PlatformError: GitHub refuses something; what was made before stays.
    """
    name = base.removeprefix("refs/heads/")
    tip = api.get(f"{api.root}/branches/{quote(name, safe='')}")["commit"]["sha"].text()
    there = PolicyFiles(Trees(api)).at_commit(tip, POLICY_NAMES, base)
    if [(source.path, source.data) for source in there] != [(source.path, source.data) for source in old]:
        raise AgentownersError(f"the policy on `{name}` is another on GitHub than here", help="`git fetch`, and propose again")
    branch = f"{_BRANCHES}{id}"
    ref = f"refs/heads/{branch}"
    api.send_once("POST", f"{api.root}/git/refs", {"ref": ref, "sha": tip}, lambda: _made(api, branch))
    before = {source.path: source.data for source in old}
    for source in new:
        if before.get(source.path) != source.data:
            _put(api, branch, source, before.get(source.path), id)
    pull = api.send_once(
        "POST",
        f"{api.root}/pulls",
        {"title": title, "body": body, "head": branch, "base": name},
        lambda: next(iter(api.get(f"{api.root}/pulls", {"head": f"{api.owner}:{branch}", "base": name}).items()), None),
    )
    return PolicyPull(pull["number"].number(), pull["html_url"].text(), branch)


def _put(api: Api, branch: str, source: Source, before: bytes | None, id: str) -> None:
    body = {
        "message": f"Change the policy as proposal {id} asks",
        "content": base64.b64encode(source.data).decode("ascii"),
        "branch": branch,
    }
    if before is not None:
        body["sha"] = _blob(before)
    path = f"{api.root}/contents/{quote(source.path)}"

    def done() -> JsonNode | None:
        found = api.get(path, {"ref": branch})
        return found if found["sha"].text() == _blob(source.data) else None

    api.send_once("PUT", path, body, done)


def _made(api: Api, branch: str) -> JsonNode | None:
    try:
        return api.get(f"{api.root}/branches/{quote(branch, safe='')}")
    except PlatformError as error:
        if error.trouble is Trouble.NOT_FOUND:
            return None
        raise


def _blob(data: bytes) -> str:
    """Git's name for a file's bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324 (git's, not ours)
