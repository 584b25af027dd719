"""Operations carried out on a policy's text: exactly these, all or none, every other byte as it was."""

from __future__ import annotations

import pytest

from agentowners.diagnostics import Source
from agentowners.policy.load import load_policy
from agentowners.proposals.merge import merge, merged_layers
from agentowners.proposals.model import AddException, AddRule, Operation, ProposalError, RemoveRule

LINES = "# ours\n/security/  @agents  block   # keys\ndocs/ refs/heads/main @claude allow\nrefs/heads/x @agents block\n"
FLOW = 'version: 1\nrules:\n  - patterns: [/security/]   # keys\n    principals: ["@agents"]\n    decision: block\n'
BLOCK = (
    'version: 1\nrules:\n- patterns:\n    - /security/ # keys\n  principals: ["@agents"]\n  decision: block\n\n# the end\n'
    'defaults:\n  "@agents": allow\n'
)


def merged(text: str, *operations: Operation, name: str = "AGENTOWNERS") -> str:
    (source,) = merge(load_policy([Source(name, text.encode())]), operations)
    return source.data.decode()


def test_lines_are_edited_in_place() -> None:
    assert merged(LINES, AddException("AGENTOWNERS:2", "!/security/list.txt")) == LINES.replace(
        "/security/ ", "/security/ !/security/list.txt ", 1
    )
    assert merged(LINES, AddException("AGENTOWNERS:4", "!/a b")) == LINES.replace("refs/heads/x @", "refs/heads/x ** !/a\\ b @")
    assert merged(LINES, RemoveRule("AGENTOWNERS:3")) == LINES.replace("docs/ refs/heads/main @claude allow\n", "")
    assert merged(LINES, AddRule("src/ @claude allow # why")) == LINES + "src/ @claude allow # why\n"
    assert merged("a @agents block", AddRule("b @agents block")) == "a @agents block\nb @agents block\n"
    assert merged("a @agents block\r\n", RemoveRule("AGENTOWNERS:1"), AddRule("b @agents block")).strip() == "b @agents block"


def test_all_operations_name_rules_as_they_are_before() -> None:
    done = merged(LINES, RemoveRule("AGENTOWNERS:2"), AddException("AGENTOWNERS:3", "!docs/x"), AddRule("a @claude allow"))
    assert done == "# ours\ndocs/ !docs/x refs/heads/main @claude allow\nrefs/heads/x @agents block\na @claude allow\n"
    twice = merged(LINES, AddException("AGENTOWNERS:2", "!/a"), AddException("AGENTOWNERS:2", "!/b"))
    assert "/security/ !/a !/b  @agents" in twice


def test_rules_keep_their_ids_in_what_a_grant_makes() -> None:
    (layer,) = merged_layers(load_policy([Source("AGENTOWNERS", LINES.encode())]), [RemoveRule("AGENTOWNERS:2")])
    assert [rule.id for rule in layer.rules] == ["AGENTOWNERS:3", "AGENTOWNERS:4"]


@pytest.mark.parametrize("text", [FLOW, BLOCK])
def test_yaml_keeps_its_comments_and_its_form(text: str) -> None:
    name = ".agentowners.yml"
    (rule,) = load_policy([Source(name, text.encode())]).layers[0].rules
    excepted = merged(text, AddException(rule.id, "!/security/list.txt"), name=name)
    added = merged(text, AddRule("src/ @claude allow # why"), name=name)
    for before in text.splitlines():
        assert before.partition("[")[0].partition(" #")[0] in excepted
        assert before in added
    assert "# keys" in excepted
    both = merged(text, AddException(rule.id, "!/a"), AddException(rule.id, "!/b"), AddRule("a @claude allow"), name=name)
    layer = load_policy([Source(name, both.encode())]).layers[0]
    assert [[str(pattern) for pattern in one.patterns] for one in layer.rules] == [["/security/", "!/a", "!/b"], ["a"]]


def test_an_anchor_that_another_rule_uses_is_not_edited() -> None:
    text = (
        'version: 1\nrules:\n- {patterns: &p [a], decision: block}\n- {patterns: *p, principals: ["@claude"], decision: block}\n'
    )
    name = ".agentowners.yml"
    with pytest.raises(ProposalError, match="as it is written"):
        merged(text, AddException(f"{name}:3", "!b"), name=name)


def test_the_first_rule_of_a_repository_makes_its_policy() -> None:
    (source,) = merge(load_policy([]), [AddRule("docs/ @claude allow")])
    assert (source.path, source.data) == (".github/AGENTOWNERS", b"docs/ @claude allow\n")


def test_a_rule_goes_to_the_file_that_is_named() -> None:
    policy = load_policy([Source("AGENTOWNERS", b"a @agents block\n"), Source(".acp.yml", FLOW.encode())])
    first, second = merge(policy, [AddRule("b @agents block", ".acp.yml")])
    assert first.data == b"a @agents block\n"
    assert b"- b\n" in second.data or b"[b]" in second.data or b'"b"' in second.data


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        (RemoveRule("AGENTOWNERS:9"), "there is no rule `AGENTOWNERS:9` on the base"),
        (AddException("builtin:policy", "!/x"), "is built in"),
        (AddException("AGENTOWNERS:2", "/x"), "no `!` in front"),
        (AddException("AGENTOWNERS:2", "!"), "no pattern"),
        (AddRule("docs/ @claude allow", "elsewhere"), "no policy file `elsewhere`"),
        (AddRule("docs/ @claude alow"), "does not parse"),
        (AddRule("agent x login=y"), "one rule"),
        (AddRule("approvals minimum_permission=read"), "one rule"),
        (AddRule("mode observe-only @agents"), "one rule"),
        (AddRule("default @agents allow"), "one rule"),
        (AddRule("dispatch opaque=flow"), "one rule"),
        (AddRule("# nothing"), "one rule"),
        (AddRule("a @claude allow\nb @claude allow"), "one rule"),
        (AddRule("/security/ @agents block # keys"), "already"),
    ],
)
def test_what_cannot_be_carried_out_is_said(operation: Operation, says: str) -> None:
    with pytest.raises(ProposalError, match=says):
        merged(LINES, AddRule("fine @agents block"), operation)


def test_an_operation_that_repeats_another_is_refused() -> None:
    for pair in (
        [RemoveRule("AGENTOWNERS:2"), RemoveRule("AGENTOWNERS:2")],
        [RemoveRule("AGENTOWNERS:2"), AddException("AGENTOWNERS:2", "!/x")],
        [AddException("AGENTOWNERS:2", "!/x")] * 2,
        [AddRule("a @agents block")] * 2,
    ):
        with pytest.raises(ProposalError):
            merged(LINES, *pair)
