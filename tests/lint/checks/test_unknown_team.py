from __future__ import annotations

from agentowners.lint.model import AccountStatus
from tests.lint.linting import findings, said, subject

ID = "unknown-team"
TEXT = "x/  @acme/sre @acme/core  require_approval  @Acme/SRE @other/sre\n"


def test_every_place_where_it_is_named() -> None:
    standings = {"acme/sre": AccountStatus.MISSING, "acme/core": AccountStatus.UNKNOWN, "other/sre": AccountStatus.MISSING}
    assert said(findings(ID, subject(TEXT, owner="acme", standings=standings))) == [
        "1 `@acme/sre`: there is no team `@acme/sre`",
        "1 `@Acme/SRE`: there is no team `@acme/sre`",
    ]


def test_silent_where_nobody_was_asked_or_nothing_was_said() -> None:
    assert findings(ID, subject(TEXT, owner="acme")) == ()
    assert findings(ID, subject(TEXT, owner="acme", standings={"acme/sre": AccountStatus.UNKNOWN})) == ()
