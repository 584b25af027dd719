from __future__ import annotations

from agentowners.lint.model import AccountStatus
from agentowners.lint.walk import accounts, teams
from tests.lint.linting import findings, said, subject

ID = "unknown-user"
TEXT = """\
agent helper login=helper-app
x/  @octocat @login:Agents @helper @copilot @a* @agents @acme/sre  require_approval  @Ghosty @acme/sre @octocat
default  @nobody  block
"""


def test_every_place_where_it_is_named() -> None:
    standings = {
        "octocat": AccountStatus.THERE,
        "ghosty": AccountStatus.MISSING,
        "nobody": AccountStatus.MISSING,
        "agents": AccountStatus.UNKNOWN,
    }
    assert said(findings(ID, subject(TEXT, standings=standings))) == [
        "2 `@Ghosty`: there is no account `@Ghosty`",
        "3 `@nobody`: there is no account `@nobody`",
    ]


def test_silent_where_nobody_was_asked() -> None:
    assert findings(ID, subject(TEXT)) == ()


def test_what_is_asked_about() -> None:
    assert set(accounts(subject(TEXT, owner="acme"))) == {"octocat", "agents", "ghosty", "nobody"}
    assert set(teams(subject(TEXT, owner="acme"))) == {"acme/sre"}
