"""Section 3 of the policy reference: what YAML means."""

from __future__ import annotations

import pytest

from agentowners.policy.model import (
    Action,
    AgentEntry,
    AgentGroup,
    ApprovalSettings,
    Decision,
    Mode,
    OidcClaims,
    Outcome,
    Permission,
)
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern, RefPattern
from tests.policy.reading import lines, yaml

FULL = """\
    version: 1
    defaults:                             # by principal; a word, or {decision, approvals, approvers}
      agents: {decision: require_approval, approvals: 1, approvers: ["@acme/core"]}
      "@dependabot": allow
    agents:                               # section 4: who is who
      smooth-operative/*:
        logins: ["smooth-operative[bot]"]
        group: agents                     # or bots; loosening only by login or id
        ids: [123456]
        emails: ["*@operatives.smoo.ai"]
        branches: ["operative/**"]
        oidc: [{issuer: "https://issuer.example", claims: {sub: "operative:*"}}]
    modes: [{mode: read-only, principals: ["@ci-bot"]}]
    approvals:                            # section 7
      dismiss_stale: true
      minimum_permission: write
      requester_counts: false             # true where one person works alone
      contributors_count: false
    rules:
      - id: infra-on-main                 # optional; stable name; default <path>:<line>
        patterns: ["infra/**", "!infra/README.md"]
        refs: ["refs/heads/main"]         # or `branches: [main]`, short for refs/heads/main
        principals: ["@agents"]           # default: @agents; the leading @ may be left out; `agents` is an alias
        actions: [file_write]             # default: every action
        decision: require_approval
        approvals: 2
        approvers: ["@acme/sre"]
        reason: "Infra changes need two SREs"
"""


def one_rule(fields: str) -> str:
    return "rules:\n  - decision: block\n" + "".join(f"    {field}\n" for field in fields.split("\n"))


def test_the_full_form_of_the_reference() -> None:
    layer = yaml(FULL)
    (rule,) = layer.rules
    assert rule.patterns == (PathPattern("infra/**"), PathPattern("infra/README.md", negative=True))
    assert rule.refs == (RefPattern("refs/heads/main"),)
    assert rule.principals == (PrincipalPattern("agents"),)
    assert rule.actions == {Action.FILE_WRITE}
    assert rule.outcome == Outcome(Decision.REQUIRE_APPROVAL, 2, (Approver("acme/sre"),))
    assert (rule.id, rule.name, rule.reason) == ("infra-on-main", "infra-on-main", "Infra changes need two SREs")
    assert [(str(d.principal), d.outcome) for d in layer.defaults] == [
        ("@agents", Outcome(Decision.REQUIRE_APPROVAL, 1, (Approver("acme/core"),))),
        ("@dependabot", Outcome(Decision.ALLOW)),
    ]
    assert layer.agents == (
        AgentEntry(
            "smooth-operative/*",
            ("smooth-operative[bot]",),
            (123456,),
            ("*@operatives.smoo.ai",),
            ("operative/**",),
            (OidcClaims("https://issuer.example", (("sub", "operative:*"),)),),
            AgentGroup.AGENTS,
        ),
    )
    assert [(m.mode, m.principals) for m in layer.modes] == [(Mode.READ_ONLY, (PrincipalPattern("ci-bot"),))]
    assert layer.approvals == ApprovalSettings(True, Permission.WRITE, False, False)


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing\n", "---\n", "--- # nothing\n...\n", "version: 1\n", "{}", "approvals: {}"]
)
def test_a_file_without_rules_restricts_nothing(text: str) -> None:
    assert yaml(text) == lines("")


def test_a_rule_of_yaml_equals_the_same_rule_of_a_line() -> None:
    text = r"""a\ b [a\ b] !\#c refs/heads/main @agents require_approval(2) @acme/sre @x actions=file_read id=n # why"""
    as_yaml = """\
        rules:
          - id: n
            patterns: ["a b", "[a b]", "!#c"]
            branches: [main]
            decision: require_approval
            approvals: 2
            approvers: [acme/sre, "@x", "@ACME/sre"]
            actions: [file_read]
            reason: why
    """
    assert yaml(as_yaml) == lines(text)


def test_principals_default_to_agents() -> None:
    assert yaml(one_rule("patterns: [a]")).rules[0].principals == (PrincipalPattern("agents"),)


def test_the_at_sign_may_be_left_out() -> None:
    assert yaml(one_rule('patterns: [a]\nprincipals: [agents, "@claude"]')).rules[0] == lines("a @agents @claude block").rules[0]


def test_branches_are_short_for_refs_and_may_be_negative() -> None:
    rule = yaml(one_rule('branches: [main, "!release/**", 1.0]\nrefs: [refs/tags/v*]')).rules[0]
    assert [str(ref) for ref in rule.refs] == ["refs/tags/v*", "refs/heads/main", "!refs/heads/release/**", "refs/heads/1.0"]


def test_strings_are_taken_verbatim() -> None:
    rule = yaml(one_rule(r"""patterns: ["@a", '#b', 'c d', 'e\*f', "g\x68"]""")).rules[0]
    assert [pattern.text for pattern in rule.patterns] == ["@a", "#b", "c d", r"e\*f", "gh"]


def test_plain_numbers_are_strings_where_strings_are_wanted() -> None:
    rule = yaml(one_rule("patterns: [123, 0x10, 1e3, 007]\nid: 5\nreason: 1.10")).rules[0]
    assert [pattern.text for pattern in rule.patterns] == ["123", "0x10", "1e3", "007"]
    assert (rule.name, rule.reason) == ("5", "1.10")


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "No", "y", "<<", "2024-01-01", "1_000", "12:30", "="])
def test_words_of_older_yaml_are_strings(word: str) -> None:
    assert yaml(one_rule(f"patterns: [{word}]")).rules[0].patterns == (PathPattern(word),)


@pytest.mark.parametrize(
    ("word", "value"), [(w, w.lower() == "true") for w in ("true", "True", "TRUE", "false", "False", "FALSE")]
)
def test_booleans_of_the_core_schema(word: str, value: bool) -> None:
    assert yaml(f"approvals: {{dismiss_stale: {word}}}").approvals.dismiss_stale is value


def test_core_tags_are_understood() -> None:
    text = '!!map {version: !!int "1", rules: !!seq [{patterns: [!!str true, ! 5], decision: block}]}'
    assert [pattern.text for pattern in yaml(text).rules[0].patterns] == ["true", "5"]
    assert yaml('approvals: {dismiss_stale: !!bool "true"}').approvals.dismiss_stale is True
    assert yaml("rules: [{patterns: [!!float 1], decision: block}]").rules[0].patterns == (PathPattern("1"),)


def test_an_empty_reason_is_none() -> None:
    assert yaml(one_rule('patterns: [a]\nreason: ""')).rules[0].reason is None


def test_anchors_and_aliases() -> None:
    text = """\
        rules:
          - &first {patterns: &p [a, b], decision: block}
          - {patterns: *p, decision: allow}
          - *first
    """
    layer = yaml(text)
    assert [r.decision.value for r in layer.rules] == ["block", "allow", "block"]
    assert layer.rules[0] == layer.rules[2]
    assert [r.id for r in layer.rules] == [".agentowners.yml:2", ".agentowners.yml:3", ".agentowners.yml:4"]


def test_an_anchor_that_is_given_twice_means_the_last() -> None:
    text = "rules: [{patterns: [&a x, &a y, *a], decision: block}]"
    assert [pattern.text for pattern in yaml(text).rules[0].patterns] == ["x", "y", "y"]


def test_modes_with_both_lists() -> None:
    (mode,) = yaml('modes: [{mode: approved-online, principals: [x], workspace: [src/, "!src/x"], approved: [a]}]').modes
    assert mode.workspace == (PathPattern("src/"), PathPattern("src/x", negative=True))
    assert mode.approved == (PathPattern("a"),)


def test_unprotect() -> None:
    (found,) = yaml('unprotect: [{patterns: [AGENTS.md], principals: ["@copilot"], reason: theirs}]').unprotects
    assert lines("unprotect AGENTS.md @copilot # theirs").unprotects == (found,)


def test_agents() -> None:
    text = """\
        agents:
          "@x": {group: bots}
          y/*: {logins: ["@y-*[bot]"], ids: [1, 2]}
    """
    assert yaml(text).agents == lines("agent x group=bots\nagent y/* login=y-*[bot] id=1 id=2").agents


def test_claims_are_sorted() -> None:
    (agent,) = yaml("agents: {x: {oidc: [{issuer: i, claims: {sub: 's:*', aud: 1}}]}}").agents
    assert agent.oidc == (OidcClaims("i", (("aud", "1"), ("sub", "s:*"))),)


def test_ids_count_on_within_a_line_for_whatever_stands_there() -> None:
    text = (
        "{rules: [{patterns: [a], decision: block}, {patterns: [b], decision: block, id: n}, {patterns: [c], decision: allow}],"
        " modes: [{mode: reviewed-egress, principals: [x]}, {mode: observe-only, principals: [y]},"
        " {mode: read-only, principals: [y]}],"
        " defaults: {x: block}}"
    )
    layer = yaml(text, path="p.yml")
    assert [r.id for r in layer.rules] == ["p.yml:1", "n", "p.yml:1#3"]
    assert [m.id for m in layer.modes] == ["p.yml:1#4", "p.yml:1#7", "p.yml:1#8"]
    assert [d.id for d in layer.defaults] == ["p.yml:1#9"]


def test_a_rules_place_is_from_its_first_to_its_last_token() -> None:
    text = """\
        # é
        rules:

          - patterns: [é😀]
            decision: block
            reason: |
              one
              two


          - {decision: allow, patterns: [
              a] }
    """
    one, two = (rule.span for rule in yaml(text).rules)
    assert one is not None
    assert two is not None
    assert (one.line, one.column, one.end_line, one.end_column) == (4, 5, 8, 10)
    assert one.text == "  - patterns: [é😀]"
    assert (two.line, two.column, two.end_line, two.end_column) == (11, 5, 12, 11)


def test_a_byte_order_mark_is_accepted() -> None:
    layer = yaml(b"\xef\xbb\xbfrules: [{patterns: [a], decision: block}]\r\n")
    assert layer.rules[0].span is not None
    assert layer.rules[0].span.column == 9


def test_a_block_scalar_at_the_end_of_the_file() -> None:
    rule = yaml("rules:\n  - patterns: [a]\n    decision: block\n    reason: >\n      one\n      two").rules[0]
    assert rule.reason == "one two"
    assert rule.span is not None
    assert (rule.span.end_line, rule.span.end_column) == (6, 10)
