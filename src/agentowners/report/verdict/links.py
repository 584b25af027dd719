"""Places on GitHub that a report links to: a file in the diff, a rule on its branch, an approver's page.

A link is made only where every part of it has the form that GitHub gives it, and everything else in it is percent-encoded or a
hash: no text from outside can lead elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from agentowners.engine.verdict import AppliedRule, FileDecision, Verdict
from agentowners.policy.patterns import bare_name
from agentowners.report.shared.escape import for_markdown

GITHUB: Final = "https://github.com"
ONE_PERSON: Final = f"{GITHUB}/agentowners/agentowners-action/blob/main/docs/recipes.md#a-repository-of-one-person"
"""The recipe for whoever has nobody to ask."""
_BRANCH: Final = "refs/heads/"
_REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_USER: Final = re.compile(r"@([\w-]+)", re.ASCII)
_TEAM: Final = re.compile(r"@([\w-]+)/([\w.-]+)", re.ASCII)


class Links(Struct, frozen=True):
    """Addresses about one pull request; empty where there is none."""

    server: str
    repository: str | None
    pull_request: int | None
    branches: dict[str, str]
    """Branch from which each policy file was read, by path."""

    @classmethod
    def of(cls, verdict: Verdict, server: str) -> Links:
        """The links of a verdict on a server such as ``https://github.com``."""
        repository = verdict.repository
        if repository is not None and _REPOSITORY.fullmatch(repository) is None:
            repository = None
        branches = {s.path: s.ref.removeprefix(_BRANCH) for s in verdict.sources if s.ref and s.ref.startswith(_BRANCH)}
        return cls(server.rstrip("/"), repository, verdict.pull_request, branches)

    @property
    def changes(self) -> str:
        """The pull request's diff, where a review is written."""
        if self.repository is None or self.pull_request is None:
            return ""
        return f"{self.server}/{self.repository}/pull/{self.pull_request}/files"

    def file(self, file: FileDecision) -> str:
        """A file's place in the diff, on its first changed line where that is known."""
        if not self.changes:
            return ""
        is_bytes = all(not 0xD800 <= ord(c) <= 0xDFFF or 0xDC80 <= ord(c) <= 0xDCFF for c in file.path)
        anchor = hashlib.sha256(file.path.encode("utf-8", "surrogateescape" if is_bytes else "surrogatepass"))
        return f"{self.changes}#diff-{anchor.hexdigest()}" + (f"R{file.first_line}" if file.first_line else "")

    def rule(self, rule: AppliedRule) -> str:
        """A rule's line on the base branch; none for a built-in one and for one of another repository."""
        branch = self.branches.get(rule.source)
        if branch is None or self.repository is None or rule.line is None or ":" in rule.source:
            return ""
        return f"{self.server}/{self.repository}/blob/{_quoted(branch)}/{_quoted(rule.source)}?plain=1#L{rule.line}"

    def approver(self, name: str) -> str:
        """The page of a user or team, given with its at-sign."""
        if self.repository is None:
            return ""
        name = f"@{bare_name(name)}"
        if user := _USER.fullmatch(name):
            return f"{self.server}/{user[1]}"
        team = _TEAM.fullmatch(name)
        return f"{self.server}/orgs/{team[1]}/teams/{team[2]}" if team else ""


def linked(text: str, address: str) -> str:
    """User text as a code span in Markdown, linked where there is an address."""
    return f"[{for_markdown(text)}]({address})" if address else for_markdown(text)


def _quoted(path: str) -> str:
    return quote(path.encode("utf-8", "surrogatepass"), safe="/")
