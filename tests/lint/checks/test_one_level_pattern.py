from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "one-level-pattern"
FILES = ("deploy/main.tf", "deploy/eu/main.tf", "deploy/eu/west/main.tf", "docs/usage.md", "README.md")


def test_it_says_which_file_escapes() -> None:
    found = findings(ID, subject("deploy/*  @agents  block\n", FILES))
    assert said(found) == ["1 `deploy/*`: `deploy/*` covers one level only: it lets `deploy/eu/main.tf` escape"]
    assert helps(found) == [
        "write `deploy/**` for everything below; if one level is meant, write `# lint: ignore=one-level-pattern` above the rule"
    ]


def test_a_directory_that_is_not_there_yet() -> None:
    found = findings(ID, subject("secrets/*  @agents  block\ndocs/*  @agents  block\n", FILES))
    assert said(found) == ["1 `secrets/*`: `secrets/*` covers one level only"]
    assert findings(ID, subject("secrets/*  @agents  block\nsecrets/**  @agents  block\n", FILES)) == ()


def test_yaml_and_a_slash_in_front() -> None:
    text = """
    rules:
      - patterns: ["/deploy/*"]
        decision: require_approval
    """
    assert said(findings(ID, subject(text, FILES, name=YAML))) == [
        '3 `"/deploy/*"`: `/deploy/*` covers one level only: it lets `deploy/eu/main.tf` escape'
    ]


@pytest.mark.parametrize(
    "text",
    [
        "docs/*  @agents  block",  # nothing lies deeper
        "deploy/*  @agents  allow",  # it restricts nothing
        "deploy/**  @agents  block",
        "/*  @agents  block",  # the files at the root
        "*  @agents  block",
        "deploy/** !deploy/*  @agents  block",  # an exception of one level
        "deploy/* deploy/*/**  @agents  block",
        "deploy/* deploy/*/*  @agents  block\ndeploy/eu/west/ @agents block",
        "deploy/* !deploy/eu/ @agents block",  # what lies deeper is taken out on purpose
        "deploy/*  @agents  block\ndeploy/**  @agents  block",
        "deploy/*  @agents  require_approval\n**/eu/  @agents  block",
        "deploy/*  @copilot  block\ndeploy/  @agents  block",  # Copilot is one of them
        "deploy/*  @copilot  block\ndeploy/  @anyone  block",
        "deploy/* refs/heads/main  @agents  block\ndeploy/  @agents  block",
        "deploy/* @agents  block actions=file_read\ndeploy/  @agents  block",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text, FILES)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "deploy/*  @agents  block\ndeploy/**  @agents  require_approval",  # less strict
        "deploy/*  @agents  block\ndeploy/**  @copilot  block",  # for some of them
        "deploy/*  @agents  block\ndeploy/** refs/heads/main  @agents  block",  # on one branch
        "deploy/*  @agents  block\ndeploy/**  @agents  block actions=file_read",
        "deploy/*  @agents  block\ndeploy/** !deploy/eu/  @agents  block",
        "deploy/*  @agents  block\n**  @agents  allow",
    ],
)
def test_another_rule_that_does_not_make_up_for_it(text: str) -> None:
    assert len(findings(ID, subject(text, FILES))) == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("deploy/*  @agents  block", 1),
        ("**/deploy/*  @agents  block", 1),
        ("deploy/* deploy/*/**  @agents  block", 0),
        ("deploy/*  @agents  block\ndeploy/  @agents  block", 0),
        ("deploy/*  @agents  block\ndeploy/eu/west.tf  @agents  allow", 0),  # somebody thought of what is deeper
        ("a/deploy/*  @agents  block\na/**  @agents  block", 0),
        ("deploy/*  @agents  block\n**  @agents  require_approval", 0),
    ],
)
def test_where_the_files_are_not_known(text: str, number: int) -> None:
    assert len(findings(ID, subject(text))) == number
    assert len(findings(ID, subject(text, ()))) == number  # a repository without files tells nothing either
