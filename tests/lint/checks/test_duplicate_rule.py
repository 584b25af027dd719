from __future__ import annotations

import pytest

from agentowners.lint.fixes import repair
from tests.lint.linting import YAML, findings, helps, said, subject

ID = "duplicate-rule"


def test_it_names_the_earlier_one() -> None:
    looked_at = subject("/a /b  @agents @Copilot  block\n/c @agents allow\n/b /a @copilot @agents block # again\n")
    found = findings(ID, looked_at)
    assert said(found) == ["3 `/b /a @copilot @agents block`: rule `AGENTOWNERS:1` says the same"]
    assert [(text, span.line) for text, span in found[0].related] == [("the earlier one", 1)]


@pytest.mark.parametrize(
    "later",
    [
        "**/docs/ @agents block",
        "docs/ docs/ @agents block",
        "docs/ @agents block actions=file_read,shell_execute,file_write",
        "docs/ @agents block actions=file_read,shell_execute,file_create,file_modify,file_delete,file_rename",
    ],
)
def test_what_matters_is_the_meaning(later: str) -> None:
    looked_at = subject(f"docs/ @agents block\n{later}\n")
    assert [f.diagnostic.span.line for f in findings(ID, looked_at)] == [2]
    (layer, _) = repair(looked_at).subject.policy.layers
    assert layer.source is not None
    assert layer.source.data == b"docs/ @agents block\n"


def test_approvers_are_a_set() -> None:
    text = "docs/ @agents require_approval(2) @Alice @acme/core\ndocs/ @agents require_approval(2) @acme/Core @alice\n"
    assert len(findings(ID, subject(text))) == 1


def test_modes_and_unprotect_lines() -> None:
    text = """\
    mode workspace-write @copilot src/
    unprotect AGENTS.md @copilot
    mode workspace-write @Copilot **/src/
    unprotect AGENTS.md AGENTS.md @copilot
    """
    assert [f.diagnostic.span.line for f in findings(ID, subject(text))] == [3, 4]


def test_nothing_that_has_a_name_or_a_reason_of_its_own_is_taken_away() -> None:
    for later in ("docs/ @agents block id=docs", "docs/ @agents block # because"):
        (found,) = findings(ID, subject(f"docs/ @agents block\n{later}\n"))
        assert found.fix is None
        assert helps([found]) == ["remove one of them; each has a name or a reason that the other has not"]
    (found,) = findings(ID, subject("docs/ @agents block id=docs # because\ndocs/ @agents block # because\n"))
    assert found.fix is not None


def test_yaml() -> None:
    text = """\
    rules:
      - patterns: ["docs/"]
        decision: block
      - {patterns: ["docs/"], principals: [agents], decision: block}
    """
    looked_at = subject(text, name=YAML)
    assert [f.diagnostic.span.line for f in findings(ID, looked_at)] == [4]
    source = repair(looked_at).subject.policy.layers[0].source
    assert source is not None
    assert source.data.decode() == 'rules:\n  - patterns: ["docs/"]\n    decision: block\n'


@pytest.mark.parametrize(
    "later",
    [
        "docs/ @agents allow",
        "docs/ @agents @bots block",
        "docs/ refs/heads/main @agents block",
        "docs/* @agents block",
        "docs/ !docs/a @agents block",
        "docs/ @agents block actions=file_write",
        "/docs/ @agents block",
    ],
)
def test_silent(later: str) -> None:
    assert findings(ID, subject(f"docs/ @agents block\n{later}\n")) == ()


def test_a_number_of_approvals_is_a_difference() -> None:
    assert findings(ID, subject("docs/ @agents require_approval\ndocs/ @agents require_approval(2)\n")) == ()
