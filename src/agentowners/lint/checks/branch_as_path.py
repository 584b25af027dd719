"""The name of a branch where a path is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import rule_patterns
from agentowners.text.wording import quote

_BRANCHES: Final = frozenset({"main", "master", "develop", "trunk", "production", "staging", "release"})
_PREFIXES: Final = ("heads/", "origin/", "remotes/origin/")
"""Names of branches in other tools."""


@check("branch-as-path", "the name of a branch is written as a path")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern that is such a name, where there is no file or directory of that name."""
    asked = [(at, branch) for at in rule_patterns(subject) if (branch := _branch(at.pattern.text)) is not None]
    tree = subject.files if asked else None
    if tree is None:
        return
    for at, branch in asked:
        name = at.pattern.text.partition("/")[0]
        if not any(path.rpartition("/")[2] == name for path in tree.by_name.get(name, ())):
            mark = "!" if at.pattern.negative else ""
            help = f"the branch is {quote(f'{mark}refs/heads/{branch}')} (in YAML under `branches`: {quote(mark + branch)})"
            yield mistake.finding(f"{quote(str(at.pattern))} is a path, and there is none of that name", at.span(subject), help)


def _branch(text: str) -> str | None:
    """The branch that a pattern names, where it can hardly be meant as anything else."""
    prefix = next((prefix for prefix in _PREFIXES if text.startswith(prefix)), "")
    name = text[len(prefix) :]
    return name if name in _BRANCHES else None
