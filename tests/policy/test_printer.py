"""Printing: canonical text in either syntax, and what has none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentowners.policy.model import AgentEntry, Layer, Mode, ModeLine, OidcClaims, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern
from agentowners.policy.printer import ConversionRefused, default_text, rule_text, to_lines, to_yaml
from tests.policy.reading import lines, rule, yaml

LINES = r"""
approvals dismiss_stale=false minimum_permission=admin requester_counts=true by_comment=others reviewer=7 reviewer=8
agent smooth-operative/*          login=smooth-*[bot] id=123 email=*@x.example branch=a\\b group=bots
agent tidy                        trailer=Assisted-by:\ Tidy* description=*tidy.example/session/*
agent x                           group=agents
default                           @agents              require_approval(3)  @acme/core @x
default                           @bots                allow
unprotect AGENTS.md !x/AGENTS.md  @copilot             # theirs
assert docs/  refs/heads/x        @x                   at-least allow
security/**                       @smooth-operative/*  block
mode workspace-write              @x                   src/ !src/y
a\ b \#c !\@d  refs/heads/main    @agents !@login:x    require_approval     @acme/sre actions=file_read,file_write id=k\ \\  # why
\default                          @x                   block
mode approved-online              @x                   package.json
!refs/heads/*                     @x                   allow
""".lstrip()
YAML = r"""
version: 1
approvals:
  dismiss_stale: false
  minimum_permission: admin
  requester_counts: true
  by_comment: others
  reviewers: [7, 8]
agents:
  "smooth-operative/*":
    logins: ["smooth-*[bot]"]
    ids: [123]
    emails: ["*@x.example"]
    branches: ["a\\b"]
    group: bots
  "tidy":
    trailers: ["Assisted-by: Tidy*"]
    descriptions: ["*tidy.example/session/*"]
  "x":
    group: agents
defaults:
  "@agents": {decision: require_approval, approvals: 3, approvers: ["@acme/core", "@x"]}
  "@bots": allow
unprotect:
  - patterns: ["AGENTS.md", "!x/AGENTS.md"]
    principals: ["@copilot"]
    reason: "theirs"
modes:
  - mode: workspace-write
    principals: ["@x"]
    workspace: ["src/", "!src/y"]
  - mode: approved-online
    principals: ["@x"]
    approved: ["package.json"]
asserts:
  - patterns: ["docs/"]
    refs: ["refs/heads/x"]
    principals: ["@x"]
    bound: at-least
    decision: allow
rules:
  - patterns: ["security/**"]
    principals: ["@smooth-operative/*"]
    decision: block
  - id: "k \\"
    patterns: ["a b", "#c", "!@d"]
    refs: ["refs/heads/main"]
    principals: ["@agents", "!@login:x"]
    actions: [file_read, file_write]
    decision: require_approval
    approvers: ["@acme/sre"]
    reason: "why"
  - patterns: ["default"]
    principals: ["@x"]
    decision: block
  - refs: ["!refs/heads/*"]
    principals: ["@x"]
    decision: allow
""".lstrip()


def test_canonical_lines_are_printed_as_they_stand() -> None:
    assert to_lines(lines(LINES)) == LINES


def test_canonical_yaml_is_printed_as_it_stands() -> None:
    assert to_yaml(yaml(YAML)) == YAML


def test_the_two_are_the_same_policy() -> None:
    assert lines(LINES) == yaml(YAML)
    assert to_yaml(lines(LINES)) == YAML


def test_a_layer_of_nothing() -> None:
    assert to_lines(Layer()) == ""
    assert to_yaml(Layer()) == "version: 1\n"
    assert yaml(to_yaml(Layer())) == Layer()


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("  a\t@x   block  ", "a @x block"),
        ("refs/heads/x a @x block", "a refs/heads/x @x block"),
        (r"\a\.b @x block", "a.b @x block"),
        ("a @x require_approval(1)", "a @x require_approval"),
        ("a @x block id=n actions=shell_execute,file_read # why", "a @x block actions=file_read,shell_execute id=n"),
        (r"\mode a @x block", r"\mode a @x block"),
        ("/mode @x block", "/mode @x block"),
        (r"a \#b \@c @x block", r"a \#b \@c @x block"),
        (r"a\#b @x block", "a#b @x block"),
        (r"!\@a x @x block", r"!\@a x @x block"),
        (r"\ a\  @x !@y block", r"\ a\  @x !@y block"),
    ],
)
def test_a_rule_as_a_verdict_shows_it(written: str, canonical: str) -> None:
    assert rule_text(rule(written)) == canonical
    assert replace(rule(canonical), reason=rule(written).reason) == rule(written)


def test_a_rule_that_was_never_text_covers_every_path() -> None:
    assert rule_text(replace(rule("a @x block"), patterns=())) == "** @x block"


def test_a_default_as_a_verdict_shows_it() -> None:
    assert default_text(lines("default @agents require_approval(2) @x").defaults[0]) == "default @agents require_approval(2) @x"


def refused(layer: Layer) -> tuple[str, str | None]:
    with pytest.raises(ConversionRefused) as caught:
        to_lines(layer)
    assert yaml(to_yaml(layer)) == layer
    return caught.value.message, caught.value.help


def test_oidc_claims_have_no_line_form() -> None:
    layer = Layer(agents=(AgentEntry("x", oidc=(OidcClaims("https://i.example", (("aud", "a"), ("sub", "s:*"))),)),))
    assert refused(layer) == ("agent `x` has OIDC claims, which have no line form", "keep this policy in YAML")


def test_a_workspace_of_approved_online_has_no_line_form() -> None:
    mode = ModeLine(Mode.APPROVED_ONLINE, (PrincipalPattern("x"),), (PathPattern("a"),), (PathPattern("b"),), id="p.yml:1")
    message = "mode `p.yml:1` has a `workspace`, and the patterns of an `approved-online` line are those approved"
    assert refused(Layer(modes=(mode,))) == (message, "keep this policy in YAML, or write the mode's rules out")
    assert refused(Layer(modes=(replace(mode, approved=()),)))[0] == message


@pytest.mark.parametrize("blank", [" a", "a ", "\ta"])
def test_blanks_at_the_ends_of_a_reason_have_no_line_form(blank: str) -> None:
    layer = Layer(rules=(replace(rule("a @x block"), reason=blank, id="r"),))
    assert refused(layer) == (
        "the reason of rule `r` begins or ends with a blank, which has no line form",
        "take the blank away",
    )


@pytest.mark.parametrize("char", ["\n", "\r", "\x00", "\x1f", "\x7f", "\x85", "\x9f"])
def test_control_characters_have_no_line_form(char: str) -> None:
    name = f"U+{ord(char):04X}"
    block = replace(rule("a @x block"), id="r")
    in_reason = Layer(rules=(replace(block, reason=f"a{char}b"),))
    assert refused(in_reason)[0] == f"the reason of rule `r` holds the character {name}, which has no form in the line syntax"


@pytest.mark.parametrize("reason", ["\t", "a\tb", "a\u2028b", "\u00a0a\u00a0", "# a", "\ufeffa", "é😀", '"', "\\", "\uffff"])
def test_other_reasons_do(reason: str) -> None:
    layer = Layer(rules=(replace(rule("a @x block"), reason=reason),))
    if reason != "\t":
        assert lines(to_lines(layer)) == layer
    assert yaml(to_yaml(layer)) == layer


def test_bytes_that_are_not_utf8_have_no_form_at_all() -> None:
    layer = Layer(rules=(replace(rule("a @x block"), patterns=(PathPattern("a\udcff"),), id="r"),))
    with pytest.raises(ConversionRefused, match=r"rule `r` holds the character U\+DCFF, which has no form in the line syntax"):
        to_lines(layer)
    with pytest.raises(ConversionRefused, match=r"a text holds the character U\+DCFF, which has no form in YAML"):
        to_yaml(layer)


def test_the_longest_names_can_be_keys_of_yaml() -> None:
    layer = lines(f"default @{'é' * 256} block\nagent {'a' * 256} id=1\n")
    assert yaml(to_yaml(layer)) == layer


def test_rules_and_modes_without_places_keep_their_order() -> None:
    unplaced: tuple[Rule, ...] = tuple(replace(one, span=None) for one in lines("b @x block\na @x block\n").rules)
    mode = ModeLine(Mode.READ_ONLY, unplaced[0].principals)
    assert (
        to_lines(Layer(rules=unplaced, modes=(mode,)))
        == "b               @x  block\na               @x  block\nmode read-only  @x\n"
    )
