from __future__ import annotations

import pytest

from tests.lint.linting import findings, helps, said, subject

ID = "login-by-wildcard"
FLEET = "agent fleet/* login=acme-fleet-*"


@pytest.mark.parametrize(
    "line",
    [
        "docs/ @fleet/* allow",
        "docs/ @fleet/alpha allow",
        "docs/ @f** allow",
        "unprotect AGENTS.md @fleet/*",
        "default @fleet/* allow",
        "docs/ @agents !@fleet/* block",
    ],
)
def test_e6_what_would_let_anybody_in(line: str) -> None:
    found = findings(ID, subject(f"{FLEET}\n{line}\n"))
    (one,) = said(found)
    assert one.startswith("1 `fleet/*`: `AGENTOWNERS:2` rests on `acme-fleet-*`, which anybody's login can fit")
    assert helps(found) == ["add the accounts' ids, `id=<number>`, or name each login"]


def test_e6_a_group_that_loosens() -> None:
    (one,) = said(findings(ID, subject(f"{FLEET} group=bots\n")))
    assert "`group=bots` rests on `acme-fleet-*`" in one


@pytest.mark.parametrize(
    "text",
    [
        f"{FLEET}\ndocs/ @fleet/* block",
        f"{FLEET} id=5\ndocs/ @fleet/* allow",
        "agent fleet/* login=acme[bot]\ndocs/ @fleet/* allow",
        f"{FLEET}\ndocs/ @agents allow",
        f"{FLEET}\ndocs/ @fleets/* allow",
        f"{FLEET}\ndocs/ @anyone !@fleet/* allow",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(f"{text}\n")) == ()
