from __future__ import annotations

import pytest

from tests.lint.linting import findings, helps, said, subject

ID = "undefined-name"


def test_a_slip_in_a_namespace_is_mended() -> None:
    text = "agent smooth-operative/* login=smooth-operative[bot]\nx  @smooth-operativ/alpha  block\n"
    found = findings(ID, subject(text, owner="acme"))
    assert said(found) == ["2 `@smooth-operativ/alpha`: nothing defines `@smooth-operativ/alpha`"]
    assert helps(found) == ["did you mean `@smooth-operative/alpha`?"]


def test_a_slip_in_the_owner_or_in_an_identity() -> None:
    found = findings(ID, subject("agent fleet/one login=x\nx  @acmee/sre @flot/wen @zzz/y  block\n", owner="Acme"))
    assert helps(found) == [
        "did you mean `@acme/sre`?",
        "define it with an `agent` line or under `agents:`; a team of this repository is `@Acme/<team>`",
        "define it with an `agent` line or under `agents:`; a team of this repository is `@Acme/<team>`",
    ]
    assert helps(findings(ID, subject("agent fleet/one login=x\nx  @fleet/on  block\n", owner="acme"))) == [
        "did you mean `@fleet/one`?"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x @acme/sre block",
        "x @ACME/sre block",
        "x @*/sre block",
        "agent fleet/* login=f*\nx @fleet/one @fleet/* block",
        "x @copilot block",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text, owner="acme")) == ()


def test_any_owner_may_be_the_one_where_it_is_not_known() -> None:
    assert findings(ID, subject("x @whoever/sre block")) == ()


SPACES = "agent smooth-operative/* login=smooth-operative[bot]\nagent fleet/deployer login=x\n"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("@smoth-operative/alpha", "@smooth-operative/alpha"),
        ("@Smooth-Operatives/*", "@smooth-operative/*"),
        ("@fleet/deployre", "@fleet/deployer"),
    ],
)
def test_a_slip_is_one_whoever_the_owner_is(name: str, meant: str) -> None:
    found = findings(ID, subject(f"{SPACES}x {name} block\n"))
    assert said(found) == [f"3 `{name}`: nothing defines `{name}`"]
    assert helps(found) == [f"did you mean `{meant}`?"]


@pytest.mark.parametrize(
    "name", ["@acme/sre", "@fleet/deploy", "@fleets/deployer", "@smooth/alpha", "@login:fleet", "@*/deployre"]
)
def test_any_other_name_may_be_a_team_where_the_owner_is_not_known(name: str) -> None:
    assert findings(ID, subject(f"{SPACES}agent acme/sra login=y\nx {name} block\n")) == ()
