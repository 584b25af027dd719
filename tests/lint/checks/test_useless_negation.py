from __future__ import annotations

import pytest

from agentowners.lint.fixes import repair
from tests.lint.linting import YAML, findings, said, subject

ID = "useless-negation"


def test_it_points_at_the_pattern() -> None:
    found = findings(ID, subject("/docs/ !/doc/legal/ /*.md  @agents  block\n"))
    assert said(found) == [
        "1 `!/doc/legal/`: `!/doc/legal/` takes nothing out: it covers nothing that a pattern beside it covers"
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/docs/ !/doc/legal/ @agents block", "/docs/ @agents block"),
        ("/a/*.py !*.md !*.txt @agents block", None),  # a directory may be called x.py, and hold some
        ("/a/ !/b/ !/a/c @agents block", "/a/ !/a/c @agents block"),
        ("/a/ !/a/c/ !/a/c/d @agents block", "/a/ !/a/c/ @agents block"),
        ("/a/ !/a/c !/a/c @agents block", "/a/ !/a/c @agents block"),
        ("unprotect AGENTS.md !/docs @copilot", None),  # docs/AGENTS.md
        ("unprotect /AGENTS.md !/docs @copilot", "unprotect /AGENTS.md @copilot"),
    ],
)
def test_it_is_mended(before: str, after: str | None) -> None:
    source = repair(subject(before + "\n")).subject.policy.layers[0].source
    assert source is not None
    assert source.data.decode() == (before if after is None else after) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "!/docs/ @agents block",
        "!/docs/ !/docs/a @agents block",  # without positive patterns it starts from every path
        "docs/ !/src/ @agents block",  # src/docs/
        "/docs/ !*.md @agents block",
        "/docs/ !legal/ @agents block",
        "/docs !/docs/ @agents block",
        "/docs/* !docs/ @agents block",  # a link called docs
        "/docs/* !/docs/*/* @agents block",  # links below it
        "a* !ab* @agents block",
        "refs/heads/* !refs/heads/main @agents block",
        "!refs/heads/main @agents block",
        "mode workspace-write @copilot src/ !src/gen/",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()


def test_refs_and_workspaces() -> None:
    (found,) = findings(ID, subject("/a refs/heads/release/* !refs/heads/main @agents block\n"))
    assert said([found])[0].startswith("1 `!refs/heads/main`: ")
    assert found.fix is None
    (found,) = findings(ID, subject("mode workspace-write @copilot /src/ !/lib/gen/\n"))
    assert said([found])[0].startswith("1 `!/lib/gen/`: ")


def test_yaml() -> None:
    looked_at = subject('rules: [{patterns: ["/docs/", "!/src/"], decision: block}]\n', name=YAML)
    assert said(findings(ID, looked_at))[0].startswith('1 `"!/src/"`: ')
    source = repair(looked_at).subject.policy.layers[0].source
    assert source is not None
    assert source.data == b'rules: [{patterns: ["/docs/"], decision: block}]\n'
