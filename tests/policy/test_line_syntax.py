"""Section 2 of the policy reference: what lines mean."""

from __future__ import annotations

import pytest

from agentowners.policy.model import Action, Decision, Outcome
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern, RefPattern
from tests.policy.reading import LINES, lines, rule

EXAMPLE = """\
    # comment
    security/**                @smooth-operative/*  block
    .github/secrets/**         @smooth-operative/*  block             # keys live here
    refs/heads/production      @smooth-operative/*  require_approval(2)
    Cargo.toml package.json    @agents              require_approval  @acme/platform
    /docs/ !/docs/legal/       @copilot @claude     allow
    infra/**  refs/heads/main  @agents              require_approval(2) @acme/sre
    default   @agents          require_approval
    mode      read-only        @ci-bot
"""


def texts(values: tuple[object, ...]) -> list[str]:
    return [str(value) for value in values]


def test_the_example_of_the_reference() -> None:
    layer = lines(EXAMPLE)
    assert [r.decision.value for r in layer.rules] == [
        "block",
        "block",
        "require_approval",
        "require_approval",
        "allow",
        "require_approval",
    ]
    assert texts(layer.rules[4].patterns) == ["/docs/", "!/docs/legal/"]
    assert texts(layer.rules[4].principals) == ["@copilot", "@claude"]
    assert texts(layer.rules[5].refs) == ["refs/heads/main"]
    assert layer.rules[5].outcome == Outcome(Decision.REQUIRE_APPROVAL, 2, (Approver("acme/sre"),))
    assert [str(d.principal) for d in layer.defaults] == ["@agents"]
    assert [m.mode.value for m in layer.modes] == ["read-only"]
    assert layer.name == LINES
    assert layer.source is not None


def test_a_byte_order_mark_is_accepted_and_counts_as_no_column() -> None:
    layer = lines(b"\xef\xbb\xbfx @agents block\n")
    assert texts(layer.rules[0].patterns) == ["x"]
    assert layer.rules[0].span is not None
    assert layer.rules[0].span.column == 1


def test_lines_end_at_lf_or_crlf() -> None:
    assert lines(b"a @x block\r\nb @x block\nc @x block") == lines(b"a @x block\nb @x block\nc @x block\n")
    assert [r.id for r in lines(b"a @x block\r\n\r\nb @x block").rules] == ["AGENTOWNERS:1", "AGENTOWNERS:3"]


@pytest.mark.parametrize("char", ["\u3000", "\u00a0"])
def test_no_other_character_ends_a_line_or_a_token(char: str) -> None:
    assert texts(rule(f"a{char}b @agents block").patterns) == [f"a{char}b"]


def test_blank_lines_and_comments_are_ignored() -> None:
    assert lines("\n  \t \n# one\n  \t# two @x block\n") == lines("")


def test_a_file_without_rules_restricts_nothing() -> None:
    layer = lines("")
    assert (layer.rules, layer.defaults, layer.modes, layer.unprotects, layer.agents) == ((), (), (), (), ())


def test_tokens_are_separated_by_blanks_and_tabs() -> None:
    assert rule("\ta\t \tb  @x\tblock\t") == rule("a b @x block")


@pytest.mark.parametrize(
    ("written", "pattern"),
    [(r"a\ b", "a b"), (r"\#x", "#x"), (r"\@x", "@x"), ("a\\\tb", "a\tb"), (r"a#b", "a#b"), (r"a@b", "a@b"), (r"\\x", "\\\\x")],
)
def test_a_backslash_escapes_the_next_character(written: str, pattern: str) -> None:
    assert rule(f"{written} @agents block").patterns == (PathPattern(pattern),)


def test_an_escape_holds_in_a_character_class_too() -> None:
    assert rule(r"[a\ b] @agents block").patterns == (PathPattern.parse("[a b]"),)


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("# keys live here", "keys live here"),
        ("#keys", "keys"),
        ("#", None),
        ("#   ", None),
        ("# a # b \t", "a # b"),
        ("## a", "# a"),
        ("", None),
    ],
)
def test_a_hash_that_starts_a_token_begins_the_reason(comment: str, reason: str | None) -> None:
    assert rule(f"a @x block {comment}").reason == reason


def test_a_reason_is_taken_as_it_is() -> None:
    assert rule(r"a @x block # it\'s a\ b @y allow").reason == r"it\'s a\ b @y allow"


def test_a_token_with_an_at_sign_is_a_principal_before_and_an_approver_after_the_decision() -> None:
    found = rule("a @x @y require_approval @z @acme/core @Z")
    assert found.principals == (PrincipalPattern("x"), PrincipalPattern("y"))
    assert found.outcome.approvers == (Approver("z"), Approver("acme/core"))


@pytest.mark.parametrize("word", ["block", "allow", "require_approval", "require_approval(2)"])
def test_a_file_may_be_called_like_a_decision(word: str) -> None:
    found = rule(f"{word} @agents block")
    assert texts(found.patterns) == [word]
    assert found.decision is Decision.BLOCK


def test_approvers_and_attributes_stand_in_any_order() -> None:
    one = rule("a @x require_approval @y actions=file_read id=n @z")
    assert one == rule("a @x require_approval id=n @y @z actions=file_read")
    assert one.actions == {Action.FILE_READ}
    assert (one.name, one.id) == ("n", "n")


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        ("allow", Outcome(Decision.ALLOW)),
        ("block", Outcome(Decision.BLOCK)),
        ("require_approval", Outcome(Decision.REQUIRE_APPROVAL, 1)),
        *((f"require_approval({n})", Outcome(Decision.REQUIRE_APPROVAL, n)) for n in range(1, 11)),
    ],
)
def test_decisions(decision: str, outcome: Outcome) -> None:
    assert rule(f"a @x {decision}").outcome == outcome


def test_refs_and_paths_are_told_apart_by_how_they_start() -> None:
    found = rule("refs/heads/main !refs/heads/x src/refs/ /refs/heads/main @x block")
    assert found.refs == (RefPattern("refs/heads/main"), RefPattern("refs/heads/x", negative=True))
    assert found.patterns == (PathPattern("src/refs/"), PathPattern("/refs/heads/main"))


def test_a_rule_may_have_only_refs_or_only_negative_patterns() -> None:
    assert rule("refs/heads/main @x block").patterns == ()
    assert rule("!docs/ @x block").refs == ()
    assert texts(rule("!docs/ @x block").patterns) == ["!docs/"]


@pytest.mark.parametrize("word", ["default", "mode", "unprotect", "agent", "approvals", "assert"])
def test_a_file_called_like_a_directive_is_written_with_a_slash_or_an_escape(word: str) -> None:
    assert texts(rule(f"/{word} @x block").patterns) == [f"/{word}"]
    assert texts(rule(f"\\{word} @x block").patterns) == [word]
    assert texts(rule(f"a {word} @x block").patterns) == ["a", word]


def test_actions() -> None:
    assert rule("a @x block actions=file_write,shell_execute").actions == {Action.FILE_WRITE, Action.SHELL_EXECUTE}
    assert rule("a @x block").actions == frozenset()


def test_an_id_may_hold_blanks_where_they_are_escaped() -> None:
    assert rule(r"a @x block id=no\ keys\\").name == "no keys\\"


def test_ids_come_from_places_and_count_on_within_a_line() -> None:
    layer = lines("a @x block\ndefault @x @y @z allow\nb @x block id=named\n", path=".github/AGENTOWNERS")
    assert [r.id for r in layer.rules] == [".github/AGENTOWNERS:1", "named"]
    assert [d.id for d in layer.defaults] == [".github/AGENTOWNERS:2", ".github/AGENTOWNERS:2#2", ".github/AGENTOWNERS:2#3"]


def test_a_rules_place_is_from_its_first_to_its_last_token() -> None:
    span = lines("\n  é😀 @x block id=n   # why\n").rules[0].span
    assert span is not None
    assert (span.path, span.line, span.column, span.end_line, span.end_column) == (LINES, 2, 1, 2, 17)
    assert span.text == "é😀 @x block id=n   # why"


def test_fifty_thousand_rules_are_read() -> None:
    assert len(lines(b"a @x block\n" * 50_000).rules) == 50_000
