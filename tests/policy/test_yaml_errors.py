"""Every error of a YAML policy: what is said, and where."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from agentowners.diagnostics import Source
from agentowners.policy import draft as drafting
from agentowners.policy.yaml_syntax import parse_yaml
from agentowners.text.problems import Problems
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import MAX_ALIASED, MAX_DEPTH, Scalar, compose
from tests.policy.reading import error_cases, first_line, shown, yaml_errors
from tests.policy.reading import yaml as read_yaml

LOADERS = [pytest.param(yaml.CSafeLoader, id="libyaml"), pytest.param(yaml.SafeLoader, id="python")]


@pytest.mark.parametrize("case", error_cases("yaml_errors.txt"), ids=first_line)
def test_one_error(case: str) -> None:
    text, wanted = case.split("\n", maxsplit=1)
    (found,) = yaml_errors(f"# first\n{text}\n".encode())
    assert shown(found) == f"{text}\n{wanted}"
    assert found.span.path == ".agentowners.yml"
    assert (found.span.line, found.span.end_line) == (2, 2)


@pytest.mark.parametrize(
    ("text", "place", "id", "message", "help"),
    [
        ("? [a]\n: b", (1, 3), "wrong-type", "a key must be a string, not a list", None),
        ("rules:\n", (1, 7), "wrong-type", "`rules` must be a list, not nothing", "leave it out, or say what it holds"),
        ("version: 1\n---\na: b", (2, 1), "yaml-documents", "second document in one file", "put it into a file of its own"),
        ("version: 1 # \x07", (1, 14), "control-character", "control character U+0007", "remove it"),
        ("version: 1 # \x85", (1, 14), "control-character", "control character U+0085", "remove it"),
        ("version: 1\rrules: x", (1, 11), "control-character", "carriage return inside a line", "end lines with LF or CRLF"),
    ],
)  # fmt: skip
def test_what_does_not_fit_on_one_line(text: str, place: tuple[int, int], id: str, message: str, help: str | None) -> None:
    (found,) = yaml_errors(text.encode())
    assert (found.span.line, found.span.column, found.id, found.message) == (*place, id, message)
    assert found.help == help


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff"])
def test_characters_that_readers_of_yaml_disagree_about(char: str) -> None:
    (found,) = yaml_errors(f"version: 1 # {char}")
    name = f"{ord(char):04X}"
    assert (found.id, found.message) == ("control-character", f"character U+{name} cannot stand in YAML as it is")
    assert (found.span.column, found.help) == (14, f'write it as `"\\u{name.lower()}"`')


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "place", "help"),
    [
        ("rules: [*.pem]", (1, 9), 'put it in quotes: `"*.pem"`'),
        ("rules:\n  - patterns: [**/x, b]", (2, 16), 'put it in quotes: `"**/x"`'),
        ("é: [@copilot]", (1, 5), 'put it in quotes: `"@copilot"`'),
        ("a: @copilot", (1, 4), 'put it in quotes: `"@copilot"`'),
        ("*.pem: x", (1, 1), 'put it in quotes: `"*.pem"`'),
        ("a: b: c", (1, 5), "put a text with a colon in it in quotes"),
        ('a: "x', (1, 4), None),
        ("a: [x", (1, 4), None),
        ("a:\n\t- b", (2, 1), "indent with spaces: YAML takes no tabs"),
        ("a:\n  b: c\n \td: e", (3, 2), "indent with spaces: YAML takes no tabs"),
        ("%YAML 3.0\n---\na: b", (1, 1), 'put it in quotes: `"%YAML"`'),
    ],
)
def test_yamls_own_errors_stand_alone(loader: Any, text: str, place: tuple[int, int], help: str | None) -> None:
    source = Source("p.yml", text.encode())
    problems = Problems(source, read_source(source, YAML_REFUSES))
    assert compose(problems, loader) is None
    (found,) = problems.by_place()
    assert found.id == "yaml-syntax"
    assert found.message.startswith("not valid YAML: ")
    assert "'" not in found.message
    assert (found.span.line, found.span.column, found.help) == (*place, help)


@pytest.mark.parametrize("loader", LOADERS)
def test_columns_count_characters(loader: Any) -> None:
    source = Source("p.yml", 'é😀: [a, "😀b", c]\n'.encode())
    root = compose(Problems(source, read_source(source, YAML_REFUSES)), loader)
    assert root is not None
    ((key, value),) = root.pairs  # type: ignore[attr-defined]  # a mapping, or the test fails here
    assert (key.column, key.end_column) == (1, 3)
    assert [(item.column, item.end_column) for item in value.items] == [(6, 7), (9, 13), (15, 16)]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("escape", [r"\ud800", r"\U00110000"])
def test_an_escape_that_is_no_character(loader: Any, escape: str) -> None:
    source = Source("p.yml", f'version: 1\nrules: ["{escape}"]'.encode())
    problems = Problems(source, read_source(source, YAML_REFUSES))
    compose(problems, loader)
    (found,) = problems.by_place()
    assert found.id == "yaml-syntax"


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000, "[" * 5000 + "]" * 5000])
def test_deep_nesting_is_refused(loader: Any, text: str) -> None:
    source = Source("p.yml", text.encode())
    problems = Problems(source, read_source(source, YAML_REFUSES))
    assert compose(problems, loader) is None
    (found,) = problems.by_place()
    assert (found.id, found.message) == ("yaml-too-deep", f"nested more than {MAX_DEPTH} levels deep")


def test_aliases_that_unfold_too_far_are_refused() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    text += "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    (found,) = yaml_errors(text)
    assert (found.id, found.help) == ("yaml-alias", "write it out")
    assert found.message == f"aliases stand for more than {MAX_ALIASED:,} values"
    assert found.span.line == 5


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentowners.yamltext.compose.MAX_NODES", 1000)
    assert yaml_errors("unprotect: [{principals: [x], patterns: [1" + ",1" * 990 + "]}]") == ()
    (found,) = yaml_errors("unprotect: [{principals: [x], patterns: [1" + ",1" * 1000 + "]}]")
    assert (found.id, found.message) == ("yaml-too-large", "more than 1,000 values")


def test_the_reading_ends_where_nobody_reads_on() -> None:
    found = yaml_errors("rules: [{decision: block, patterns: [" + "a//," * 20_000 + "]}]")
    assert len(found) == 10_001
    assert (found[-1].id, found[-1].message) == ("too-many-errors", "more than 10,000 errors, the rest of the file is not read")


def test_errors_of_one_file_are_reported_together() -> None:
    text = """\
        version: 2
        rules:
          - patterns: [a//b, true]
            decision: blok
            id: n
          - {decision: block, patterns: [], principals: []}
          - {decision: allow, patterns: [x], id: n}
        modes: [{mode: x}]
    """
    assert [f"{error.id} {error.span.line}:{error.span.column}" for error in yaml_errors(text)] == [
        "invalid-version 1:10",
        "invalid-pattern 3:17",
        "wrong-type 3:22",
        "unknown-decision 4:15",
        "empty-list 6:33",
        "empty-list 6:49",
        "duplicate-id 7:42",
        "missing-key 8:9",
        "unknown-mode 8:16",
    ]


def test_approvals_beside_another_decision_is_an_error_whatever_else_is_wrong_with_them() -> None:
    found = yaml_errors('rules: [{patterns: [a], decision: block, approvals: 0, approvers: ["@agents"]}]')
    assert [each.id for each in found] == ["misplaced-approver", "invalid-count", "misplaced-approver", "invalid-approver"]


def test_an_error_behind_an_alias_is_reported_once() -> None:
    (found,) = yaml_errors("rules: [&a {patterns: [a//b], decision: block}, *a]")
    assert found.id == "invalid-pattern"


def test_utf16_is_one_error_that_says_so() -> None:
    (found,) = yaml_errors("version: 1\n".encode("utf-16"))
    assert (found.id, found.message, found.help) == ("invalid-utf8", "file is UTF-16, and not UTF-8", "save the file as UTF-8")


@pytest.mark.parametrize(
    ("fields", "message", "columns"),
    [
        ('patterns: ["security/** "]', "blank at the end of a pattern", (33, 34)),
        ('patterns: [" security/**"]', "blank at the beginning of a pattern", (22, 23)),
        ('patterns: ["! security/**"]', "blank at the beginning of a pattern", (23, 24)),
        ('patterns: ["security/**\u00a0"]', "blank at the end of a pattern", (33, 34)),
        ('patterns: ["a\\\\\\\\ "]', "blank at the end of a pattern", (21, 29)),
        ('patterns: ["a\tb"]', "control character U+0009 in a pattern", (23, 24)),
        ('patterns: ["a\\nb"]', "line break in a pattern", (21, 27)),
        ('patterns: ["a\\u2028b"]', "line break in a pattern", (21, 31)),
        ('patterns: ["a\u200bb"]', "character U+200B shows as nothing", (23, 24)),
        ('patterns: ["a\\u200bb"]', "character U+200B shows as nothing", (21, 31)),
        ('patterns: ["a\\u202eb"]', "character U+202E turns the text around", (21, 31)),
        ('branches: ["main "]', "blank at the end of a pattern", (26, 27)),
        ('branches: ["ma\\tin"]', "control character U+0009 in a pattern", (21, 29)),
        ('refs: ["refs/heads/ma in"]', "` ` is in no ref", (31, 32)),
        ('refs: ["refs/heads/a:b"]', "`:` is in no ref", (30, 31)),
        ('refs: ["refs/heads/*..x"]', "`..` is in no ref", (30, 32)),
        ('refs: ["refs/heads/*.lock"]', "no part of a ref ends in `.lock`", (30, 35)),
        ('refs: ["!refs/heads/.x"]', "no part of a ref begins with `.`", (30, 31)),
        ('refs: ["refs/heads/x."]', "no ref ends in `.`", (30, 31)),
        ('refs: ["refs/heads/a@{b"]', "`@{` is in no ref", (30, 32)),
        ('refs: ["refs/heads/a\\\\*"]', "`*` itself is in no ref", (17, 34)),
        ('patterns: [a], principals: ["@copilot "]', "` ` cannot stand in the name of a principal", (47, 48)),
        ('patterns: [a], principals: ["@cop\u200bilot"]', "character U+200B shows as nothing", (43, 44)),
        ('patterns: [a], principals: ["a\\nb"]', "`\\u000a` cannot stand in the name of a principal", (38, 44)),
        ('patterns: [a], reason: "\\u202e"', "character U+202E turns the text around", (33, 41)),
        ('patterns: [a], id: "a\u3164"', "id `a\\u3164` holds a character that cannot be shown", (29, 33)),
    ],
)
def test_what_cannot_be_meant(fields: str, message: str, columns: tuple[int, int]) -> None:
    (found,) = yaml_errors(f"rules: [{{{fields}, decision: block}}]\n")
    assert (found.message, found.span.column, found.span.end_column) == (message, *columns)


@pytest.mark.parametrize("item", ["|\n      security/**\n", ">-\n      security/**\n      infra/**\n"])
def test_patterns_written_as_blocks(item: str) -> None:
    found = yaml_errors(f"rules:\n  - decision: block\n    patterns:\n    - {item}")
    assert [error.id for error in found] == (["invalid-pattern"] if item[0] == "|" else [])


@pytest.mark.parametrize(
    "ref", ["refs/heads/release/*.x", "refs/heads/?", "refs/heads/[.a]b", "refs/heads/x/", "refs/heads/**", "refs/"]
)
def test_a_ref_that_git_may_take(ref: str) -> None:
    assert yaml_errors(f'rules: [{{refs: ["{ref}"], decision: block}}]') == ()


def test_a_blank_that_is_escaped_is_meant() -> None:
    (rule,) = read_yaml(r"""rules: [{patterns: ["\\ a b\\ ", "a\\\tb"], decision: block}]""").rules
    assert [pattern.text for pattern in rule.patterns] == [" a b ", "a\tb"]
    assert [str(pattern) for pattern in rule.patterns] == ["\\ a b\\ ", "a\\\tb"]


def test_nothing_turns_the_text_around_wherever_it_stands() -> None:
    (found,) = yaml_errors("# \u202e\nversion: 1\n")
    assert (found.id, found.span.line, found.span.column) == ("bidirectional-character", 1, 3)
    assert yaml_errors("# \u200b\nversion: 1\n") == ()


@pytest.mark.parametrize(
    ("key", "item", "what"),
    [
        ("rules", "{patterns: [a], decision: block}", "rules"),
        ("unprotect", "{patterns: [a], principals: [x]}", "statements beside the rules"),
        ("modes", "{mode: read-only, principals: [x]}", "statements beside the rules"),
    ],
)
def test_too_many_statements(monkeypatch: pytest.MonkeyPatch, key: str, item: str, what: str) -> None:
    monkeypatch.setattr(drafting, "MAX_RULES", 10)
    (found,) = yaml_errors(f"{key}:\n" + f"- {item}\n" * 20)
    assert (found.id, found.span.line, found.message) == ("too-many-rules", 12, f"more than 10 {what}")


_EVERYTHING = """\
version: 1
defaults: {agents: {decision: require_approval, approvals: 1, approvers: [x]}, "@bots": allow}
agents: {x: {logins: [x], group: agents, ids: [1], emails: ["*@x"], branches: [x], trailers: [x], descriptions: [x],
  oidc: [{issuer: "https://issuer.example", claims: {sub: x}, keys: k.json, algorithms: [RS256], audience: a}]}}
modes: [{mode: workspace-write, principals: [x], workspace: [a]}, {mode: approved-online, principals: [x], approved: [a]}]
approvals: {dismiss_stale: true, minimum_permission: write, reviewers: [1], by_comment: never}
dispatch: {opaque: flow, at_call: ask, tools: {x: {actions: [file_read], paths: [path]}}}
unprotect: [{patterns: [a, "!b"], principals: [x], reason: why}]
asserts: [{patterns: [a], principals: [x, "!y"], bound: at-least, decision: block, actions: [file_read]}]
rules: [{id: n, patterns: [a], refs: [refs/heads/x], agents: [x, "!y"], decision: require_approval, approvals: 1, approvers: [x]},
  {patterns: [a], branches: [x], decision: block, reason: why}]
"""
_VALUES = [found.start() for found in re.finditer(r"(?<=[\[{ ])[^ ]", _EVERYTHING)]
"""Where a key, a value, a list or a mapping may begin."""


@pytest.mark.parametrize("mark", ["!x ", "!!str ", "!!set ", "!!binary ", "*x ", "&x "])
def test_a_value_that_yaml_refuses_is_complained_about_and_never_read(mark: str) -> None:
    """What it leaves out of its statement makes no statement about nothing or nobody, and no error that it is missing."""
    for at in _VALUES:
        ids = [
            found.id
            for found in parse_yaml(Source(".agentowners.yml", f"{_EVERYTHING[:at]}{mark}{_EVERYTHING[at:]}".encode()))[1]
        ]
        assert bool(ids) or mark in ("!!str ", "&x "), at
        assert "no-principal" not in ids, at


@pytest.mark.parametrize(("key", "value"), [("defaults", "allow"), ("agents", "{ids: [1]}")])
def test_too_many_names(monkeypatch: pytest.MonkeyPatch, key: str, value: str) -> None:
    monkeypatch.setattr(drafting, "MAX_RULES", 10)
    (found,) = yaml_errors(f"{key}:\n" + "".join(f"  x{n}: {value}\n" for n in range(20)))
    assert (found.id, found.span.line) == ("too-many-rules", 12)


def test_a_message_is_one_line_whatever_it_quotes() -> None:
    (found,) = yaml_errors('rules: [{patterns: [a], decision: "bl\\nock\\u202e"}]')
    assert found.message == "`bl\\nock\\u202e` is not a decision"


def test_numbers_of_the_python_scanner_that_are_out_of_range() -> None:
    source = Source("p.yml", b'a: "\\UFFFFFFFF"')
    problems = Problems(source, read_source(source, YAML_REFUSES))
    assert compose(problems, yaml.SafeLoader) is None
    assert problems.by_place()[0].id == "yaml-syntax"


def test_a_scalar_alone_is_a_node() -> None:
    source = Source("p.yml", b"x")
    root = compose(Problems(source, read_source(source, YAML_REFUSES)))
    assert isinstance(root, Scalar)
    assert root.text == "x"
