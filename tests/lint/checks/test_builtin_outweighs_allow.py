from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "builtin-outweighs-allow"


def test_it_spells_the_line_that_lifts() -> None:
    found = findings(ID, subject("AGENTS.md CLAUDE.md  @copilot  allow\n"))
    assert said(found) == [
        "1 `AGENTS.md CLAUDE.md  @copilot  allow`: this `allow` has no effect on a write: "
        "`builtin:agent-instructions` asks for an approval wherever it matches"
    ]
    assert helps(found) == [
        "remove it; only an `unprotect` line lifts what is protected by default: `unprotect AGENTS.md CLAUDE.md @copilot`"
    ]
    assert findings(ID, subject("AGENTS.md CLAUDE.md  @copilot  allow\nunprotect AGENTS.md CLAUDE.md @copilot\n")) == ()


def test_several_and_yaml() -> None:
    text = 'rules: [{patterns: ["AGENTS.md", "/.github/workflows/"], decision: allow}]'
    (found,) = findings(ID, subject(text, name=YAML))
    assert "`builtin:agent-instructions` and `builtin:workflows` ask for an approval" in found.diagnostic.message
    assert found.diagnostic.help is not None
    assert found.diagnostic.help.endswith(
        '`unprotect: [{patterns: ["AGENTS.md", "/.github/workflows/"], principals: ["@agents"]}]`'
    )


@pytest.mark.parametrize(
    "text",
    [
        "AGENTS.md @humans allow",
        "AGENTS.md @anyone allow",
        "AGENTS.md @copilot allow actions=file_read",
        "/.github/ @copilot allow",
        "AGENTS.md /src/ @copilot allow",
        "AGENTS.md @copilot require_approval",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()
