from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "catch-all-outweighs-allow"


@pytest.mark.parametrize(
    ("rule", "place", "tip"),
    [
        ("** @agents block", "**", "for an allow-list write `default @agents block` instead"),
        (
            "x /** @agents @Copilot require_approval(2) @acme/core",
            "/**",
            "for an allow-list write `default @agents @Copilot require_approval(2) @acme/core` instead",
        ),
        (
            "refs/heads/main @agents block",
            "refs/heads/main @agents block",
            "except the allowed paths inside the rule, as `!pattern`",
        ),
        ("** @agents block actions=file_write", "**", "except the allowed paths inside the rule, as `!pattern`"),
    ],
)
def test_the_default_to_write_is_spelled_out(rule: str, place: str, tip: str) -> None:
    refs = "refs/heads/main" if rule.startswith("refs") else ""
    found = findings(ID, subject(f"/docs/ {refs} @agents allow actions=file_write\n{rule}\n"))
    assert said(found) == [
        f"2 `{place}`: this rule covers every path and outweighs the `allow` of rule `AGENTOWNERS:1`: the strictest rule wins"
    ]
    assert helps(found) == [tip]
    assert [span.line for _, span in found[0].related] == [1]


def test_in_yaml_too() -> None:
    text = """\
    rules:
      - {patterns: ["**"], decision: require_approval, approvals: 2, approvers: ["@acme/core"]}
      - {patterns: ["/docs/"], decision: allow}
    """
    assert helps(findings(ID, subject(text, name=YAML))) == [
        'for an allow-list write `defaults: {"@agents": '
        '{decision: require_approval, approvals: 2, approvers: ["@acme/core"]}}` instead'
    ]


def test_the_tip_is_a_policy() -> None:
    subject('defaults: {"@agents": {decision: require_approval, approvals: 2, approvers: ["@acme/core"]}}', name=YAML)
    subject("default @agents @Copilot require_approval(2) @acme/core")


def test_where_there_is_a_default_already() -> None:
    found = findings(ID, subject("default @agents allow\n** @agents block\n/docs/ @agents allow\n"))
    assert helps(found) == ["remove it: line 1 has a default for `@agents`, which can say the same"]


@pytest.mark.parametrize(
    "text", ["** @agents block", "** !/docs/ @agents block\n/docs/ @agents allow", "** @bots block\n/a @agents allow"]
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()
