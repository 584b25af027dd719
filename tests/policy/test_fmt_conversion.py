"""From one syntax to the other, by example."""

from __future__ import annotations

from textwrap import dedent

import pytest

from agentowners.policy.formatting import Syntax
from tests.policy.test_formatting import fmt

LINES = """\
# What agents may do here.

approvals requester_counts=true  # one person works here

# who is who
agent acme/*   login=acme[bot]  # ours
default        @agents @bots  require_approval  @acme/core  # unless a rule says more
unprotect /a/  @acme/*        # its own
mode observe-only  @codex  # for a while

# a rule that is not there:
# /c/ @agents block

/infra/  @agents  block  # production
/docs/   @agents  allow
# the end
"""
YAML = """\
# What agents may do here.
version: 1

approvals:  # one person works here
  requester_counts: true

agents:
  # who is who
  "acme/*":  # ours
    logins: ["acme[bot]"]
defaults:
  "@agents": {decision: require_approval, approvers: ["@acme/core"]}  # unless a rule says more
  "@bots": {decision: require_approval, approvers: ["@acme/core"]}
unprotect:
  - patterns: ["/a/"]
    principals: ["@acme/*"]
    reason: "its own"
modes:
  - mode: observe-only  # for a while
    principals: ["@codex"]

rules:
  # a rule that is not there:
  # /c/ @agents block

  - patterns: ["/infra/"]
    principals: ["@agents"]
    decision: block
    reason: "production"
  - patterns: ["/docs/"]
    principals: ["@agents"]
    decision: allow
# the end
"""


def to_yaml(text: str) -> str:
    return fmt(dedent(text), Syntax.LINE, Syntax.YAML)


def to_lines(text: str) -> str:
    return fmt(dedent(text), Syntax.YAML, Syntax.LINE)


def test_lines_become_yaml_and_come_back() -> None:
    assert to_yaml(LINES) == YAML
    back = LINES.replace("default        @agents @bots  require", "default        @agents        require").replace(
        "# unless a rule says more\n", "# unless a rule says more\ndefault @bots require_approval @acme/core\n"
    )
    assert to_lines(YAML) == fmt(back, Syntax.LINE)


def test_what_no_line_can_hold_at_its_end_stands_above_it() -> None:
    assert to_lines("""\
        version: 1  # v
        # the rules
        rules:  # r
          # first
          - patterns:  # p
              - a  # a
            decision: block  # d
            reason: why  # w
          # behind
        modes:
          - mode: read-only
            principals: [x]  # who
        """) == dedent("""\
        # v

        # the rules
        # r
        # first
        # p
        # a
        # d
        # w
        a  @agents  block  # why
        # behind
        # who
        mode read-only  @x
        """)


@pytest.mark.parametrize(
    ("lines", "yaml"),
    [
        ("", "version: 1\n"),
        ("# only\n\n# this\n", "# only\n\n# this\nversion: 1\n"),
        ("# about it\nmode read-only  @x\n", 'version: 1\nmodes:\n  # about it\n  - mode: read-only\n    principals: ["@x"]\n'),
        ("# yaml-language-server: $schema=x\napprovals\n", "# yaml-language-server: $schema=x\nversion: 1\napprovals: {}\n"),
        ("approvals dismiss_stale=true\n", "version: 1\napprovals:\n  dismiss_stale: true\n"),
    ],
)
def test_small_files(lines: str, yaml: str) -> None:
    assert to_yaml(lines) == yaml
    assert fmt(to_lines(yaml), Syntax.LINE) == to_lines(yaml)


def test_an_empty_section_leaves_its_comments() -> None:
    assert to_lines("# a\ndefaults: {}  # b\n# c\nagents: {}\n") == "# a\n# b\n# c\n"


def test_rules_and_modes_go_to_their_sections() -> None:
    mixed = "a  @x  block\nmode read-only  @y\nb  @x  block\n"
    assert to_lines(to_yaml(mixed)) == "mode read-only  @y\na               @x  block\nb               @x  block\n"
