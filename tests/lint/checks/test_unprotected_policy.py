from __future__ import annotations

import pytest

from tests.lint.linting import findings, said, subject

ID = "unprotected-policy"


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("/.github/", "policy files, workflows, actions and `CODEOWNERS` for @copilot, `.github/AGENTOWNERS` among them"),
        ("AGENTOWNERS", "policy files for @copilot, `.github/AGENTOWNERS` among them"),
        ("docs/", "policy files and `CODEOWNERS` for @copilot, `docs/AGENTOWNERS` among them"),
        ("CODEOWNERS", "`CODEOWNERS` for @copilot, `CODEOWNERS` among them"),
        ("/.github/workflows/ci.yml", "workflows for @copilot, `.github/workflows/ci.yml` among them"),
        ("ci.yml", "workflows for @copilot, `.github/workflows/ci.yml` among them"),
        ("/action.yml", "actions for @copilot, `action.yml` among them"),
    ],
)
def test_it_says_what_is_given_up(pattern: str, what: str) -> None:
    found = findings(ID, subject(f"unprotect AGENTS.md {pattern} @copilot\n"))
    assert said(found) == [f"1 `{pattern}`: `{pattern}` gives up the protection of {what}"]


def test_the_policy_that_is_looked_at_is_one() -> None:
    (found,) = findings(ID, subject("unprotect policies/ @copilot\n", name="policies/agents"))
    assert "`policies/agents` among them" in found.diagnostic.message


@pytest.mark.parametrize("who", ["@agents", "@anyone", "@unattributed", "@dependabot", "@app[bot]", "@copilot-swe-agent", "@c*"])
def test_whom_it_is_given_up_for(who: str) -> None:
    assert len(findings(ID, subject(f"unprotect /.github/ @alice {who}\n"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "unprotect AGENTS.md CLAUDE.md .claude .cursor/ *.md .devcontainer/ @copilot",
        "unprotect **/README* /src/ examples/ @copilot",
        "unprotect /.github/ @humans",
        "unprotect /.github/ @octocat",  # a person, as far as anybody can tell, and nothing is protected from people
        "unprotect /.github/ @acme/core",
        "unprotect /.github/instructions/ /.github/copilot-instructions.md @copilot",
        "unprotect docs/ !/docs/AGENTOWNERS !/docs/CODEOWNERS @copilot",
        "/.github/ @copilot allow",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()
