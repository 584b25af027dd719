from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "misspelled-group"


@pytest.mark.parametrize(
    ("name", "group"), [("agent", "agents"), ("Agetns", "agents"), ("everyone", "anyone"), ("human", "humans"), ("bot", "bots")]
)
def test_it_suggests_the_group(name: str, group: str) -> None:
    found = findings(ID, subject(f"default  @copilot @{name}  block\n"))
    assert said(found) == [f"1 `@{name}`: `@{name}` is an account of that name, and no group"]
    assert helps(found) == [f"did you mean `@{group}`? if it is an account, write `@login:{name}`"]


def test_every_place_by_itself() -> None:
    text = """
    rules:
      - {patterns: [a], principals: [agent], decision: block}
      - {patterns: [b], principals: ["@agent"], decision: block}
    """
    assert [line.partition(":")[0] for line in said(findings(ID, subject(text, name=YAML)))] == ["3 `agent`", '4 `"@agent"`']


@pytest.mark.parametrize(
    "text", ["x @login:agent block", "agent agent login=a\nx @agent block", "x @agents @agenda block", "x @a* block"]
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()
