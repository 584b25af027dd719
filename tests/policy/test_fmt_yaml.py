"""YAML in canonical form, by example."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from agentowners.diagnostics import Source
from agentowners.policy.formatting import Syntax
from agentowners.policy.yaml_syntax import parse_yaml
from tests.docs.pages import pages
from tests.examples import examples
from tests.policy.reading import DATA, YAML
from tests.policy.test_formatting import check, fmt


def yaml(text: str) -> str:
    text = dedent(text)
    check(text, Syntax.YAML)
    return fmt(text, Syntax.YAML)


def same(text: str) -> None:
    assert yaml(text) == dedent(text)


def test_comments_stay_where_they_were() -> None:
    same("""\
        # yaml-language-server: $schema=x
        # head

        version: 1  # of the language

        # who is who
        agents:  # ours
          # the first
          "a/*":  # a
            logins: ["a[bot]"]  # its account

          "b":
            oidc:
              # its token
              - {issuer: "https://issuer.example", claims: {"sub": "b:*"}}  # beside
              - {issuer: "i", claims: {"sub": "b"}, keys: "b.json", algorithms: [ES256], audience: "b"}
        rules:
          # first
          - patterns:  # all of them
              - "a"
              # about b
              - "b"  # beside b
            # why
            decision: block  # beside

          # a rule that is not there
          # - patterns: ["x"]

          - patterns: ["c"]
            decision: allow
          # - patterns: ["d"]

        # foot
        """)


def test_what_is_short_stands_on_one_line_and_what_is_long_does_not() -> None:
    assert yaml(f"""\
        rules:
        - patterns:
          - a
          -   'b'
          decision: block
        - patterns: ["{"a" * 50}", "{"b" * 50}"]
          decision: block
        - patterns: ["{"a" * 150}"]
          decision: block
        defaults: {{agents: {{decision: require_approval, approvers: [x]}}, bots: {{decision: block}}}}
        """) == dedent(f"""\
        rules:
          - patterns: ["a", "b"]
            decision: block
          - patterns:
              - "{"a" * 50}"
              - "{"b" * 50}"
            decision: block
          - patterns: ["{"a" * 150}"]
            decision: block
        defaults:
          "@agents": {{decision: require_approval, approvers: ["@x"]}}
          "@bots": block
        """)


def test_fields_stand_in_one_order_and_take_their_comments_along() -> None:
    assert yaml("""\
        rules:
          - decision: require_approval # d
            # who
            approvers: [x]
            # what
            patterns: [a] # p
            actions: [shell_execute, file_read]
            approvals: 2
            id: n
        """) == dedent("""\
        rules:
          - id: "n"
            # what
            patterns: ["a"]  # p
            actions: [file_read, shell_execute]
            decision: require_approval  # d
            approvals: 2
            # who
            approvers: ["@x"]
        """)


def test_the_smallest_policy_is_canonical() -> None:
    same((DATA / "acp.yml").read_text(encoding="utf-8"))


def test_what_an_author_left_out_is_not_put_in() -> None:
    same('rules:\n  - patterns: ["a"]\n    branches: ["main"]\n    decision: require_approval\n    approvals: 1\n')


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("", ""),
        ("\n\n", ""),
        ("# only\r\n\r\n\r\n# this\r\n", "# only\n\n# this\n"),
        ("\ufeffversion: 1", "version: 1\n"),
        ("--- # a\nversion: 1\n... # b\n# c\n", "# a\nversion: 1  # b\n# c\n"),
        ("%YAML 1.2 # a\n---\nversion: 1", "# a\nversion: 1\n"),
        ("--- !!map\n!!str version: !!int 1 # c", "version: 1  # c\n"),
        ("'version': 1\n  # c", "version: 1\n# c\n"),
        ("version:\n  # a\n  1 # b\n", "# a\nversion: 1  # b\n"),
        ("defaults: {}  # c", "defaults: {}  # c\n"),
        ("approvals:\n  {dismiss_stale: TRUE}", "approvals:\n  dismiss_stale: true\n"),
        ("{defaults: {agents: block}} # c", 'defaults:  # c\n  "@agents": block\n'),
        (
            "{\n  # a\n  defaults: { # b\n    agents: block, # c\n    # d\n  } # e\n} # f\n",
            '# a\n# e\n# f\ndefaults:  # b\n  "@agents": block  # c\n  # d\n',
        ),
        ("? defaults # a\n:\n  ? agents # b\n  : block # c\n", 'defaults:  # a\n  # c\n  "@agents": block  # b\n'),
        ("defaults:\n  agents:\n    decision: block # c\n", 'defaults:\n  "@agents":\n    decision: block  # c\n'),
        (
            "rules: [{patterns: [\"a#b\", 'c # d'], decision: block}]",
            'rules:\n  - patterns: ["a#b", "c # d"]\n    decision: block\n',
        ),
        (
            r'rules: [{patterns: ["\\a\\#"], decision: block, reason: "\x7F"}]',
            r"rules:" + '\n  - patterns: ["a#"]\n    decision: block\n    reason: "\\u007f"\n',
        ),
    ],
)
def test_one_way_to_write_it(written: str, canonical: str) -> None:
    assert yaml(written) == canonical


def test_comments_find_their_part_in_unusual_places() -> None:
    assert yaml("""\
        modes:
        - # a
          mode: read-only
          principals: &p # b
          - x # c
        - {mode: observe-only, principals: *p} # d
        """) == dedent("""\
        modes:
          # a
          - mode: read-only
            principals:  # b
              - "@x"  # c
          - mode: observe-only  # d
            principals: ["@x"]
        """)


def test_scalars_of_many_lines_become_one() -> None:
    assert yaml("""\
        rules:
        - patterns: [a]
          decision: block
          reason: |  # r
            # no comment

             text
          # c

        - patterns: [b] # d
          decision:
            allow
          reason: two
            lines # e

        # foot
        """) == dedent("""\
        rules:
          - patterns: ["a"]
            decision: block
            reason: "# no comment\\n\\n text\\n"  # r
          # c

          - patterns: ["b"]  # d
            decision: allow
            reason: "two lines"  # e

        # foot
        """)


def test_aliases_are_written_out() -> None:
    assert yaml("""\
        rules:
          - &r # the first
            patterns: &p [a, b] # theirs
            decision: block
          - *r # again
          - patterns: *p # and here
            decision: allow
        """) == dedent("""\
        rules:
          # the first
          - patterns: ["a", "b"]  # theirs
            decision: block
          - patterns: ["a", "b"]  # again
            decision: block
          - patterns: ["a", "b"]  # and here
            decision: allow
        """)


EVERYTHING = """\
# head
version: 1
agents:
  acme/*: {logins: ["acme[bot]"], ids: [1]}
  other:
    oidc:
      - issuer: "https://issuer.example"
        claims: {sub: "a:*",
          aud: b}
defaults:
  agents: {decision: require_approval, approvers: [x]}
rules:
- &r
  patterns: &p [a, "b",
    'c']
  decision: block
  reason: |
    # text

    more
- *r
- {patterns: *p, decision: allow}
-
  ? branches
  : - main
  decision: >-
    allow
# foot
"""
WEDGES = [
    " # c\n",
    "\n",
    "\n# c\n",
    " # c\n      ",
    "\n  # c\n    ",
    "- ",
    "  ",
    "&a ",
    "!!str ",
    "|\n  ",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    ",",
    ": ",
    "? ",
]


@examples(75, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.lists(st.tuples(st.integers(0, len(EVERYTHING)), st.sampled_from(WEDGES)), min_size=1, max_size=4))
def test_wherever_a_comment_is_wedged_in_it_is_kept(wedges: list[tuple[int, str]]) -> None:
    text = EVERYTHING
    for place, wedge in wedges:
        text = text[:place] + wedge + text[place:]
    assume(parse_yaml(Source(YAML, text.encode()))[1] == ())
    check(text, Syntax.YAML)


def test_the_policies_of_the_documentation() -> None:
    shown = [block.text for page in pages() for block in page.blocks if block.language == "yaml"]
    valid = [text for text in shown if parse_yaml(Source(YAML, text.encode()))[1] == ()]
    assert valid
    for text in valid:
        check(text, Syntax.YAML)
