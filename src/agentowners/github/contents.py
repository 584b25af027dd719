"""Files by their path, for servers that have no git trees to ask for (mirrors and proxies that know the usual requests only)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import quote

from agentowners.diagnostics import AgentownersError, Source
from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.reading import JsonNode, MalformedError, maybe_text


class Contents:
    """The repository's files."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def on_branch(self, branch: str, names: Sequence[str]) -> tuple[Source, ...] | None:
        """The files of the given names that a branch has, in that order; None where nothing shows that it can be read at all.

        Source: https://docs.github.com/en/rest/repos/contents#get-repository-content

        Raises:
            AgentownersError: what stands there is no file.
            PlatformError: GitHub does not answer, or the token may not ask.
        """
        full = f"refs/heads/{branch}"
        for ref in (full, branch):
            root = self._at("", ref)
            found = [(name, self._at(quote(name), ref)) for name in names]
            sources = tuple(Source(name, _data(name, node, full), full) for name, node in found if node is not None)
            if sources or root is not None:
                return sources
        return None

    def _at(self, path: str, ref: str) -> JsonNode | None:
        try:
            return self._api.get(f"{self._api.root}/contents/{path}", {"ref": ref})
        except PlatformError as error:
            if error.trouble is not Trouble.NOT_FOUND:
                raise
            return None


def _data(name: str, node: JsonNode, ref: str) -> bytes:
    kind = "a directory" if isinstance(node.value, list) else maybe_text(node.get("type"), "file")
    if kind != "file":
        raise AgentownersError(f"`{name}` on {ref} is {kind}, not a file", help="put the policy itself there")
    if maybe_text(node.get("encoding"), "base64") != "base64":
        raise MalformedError(f"GitHub sent a file in the encoding `{maybe_text(node.get('encoding'))}`")
    try:
        data = base64.b64decode(node["content"].text())
    except binascii.Error:
        raise MalformedError("GitHub sent a file that is not valid base64") from None
    size = node.get("size")
    if size is not None and len(data) != size.number():
        raise MalformedError("GitHub sent a part of a file only")
    return data
