"""What cases reach of a policy, and what they do not."""

from __future__ import annotations

from agentowners.cases.coverage import Coverage, CoverageLevel, StatementKind, coverage, together
from agentowners.cases.run import judge
from tests.cases.build import cases, policy

POLICY = """\
default  @agents  require_approval
default  @bots  block
/a  @agents  block  id=a
/a  @agents  allow
/b  @agents  allow
mode  workspace-write  @ci  /w/
unprotect  CLAUDE.md  @agents
"""


def covered(text: str, *policies: str) -> Coverage:
    held = policy(*policies)
    return coverage(held, judge(cases(text).cases, held))


def reach(found: Coverage, layer: int = 0) -> dict[str, CoverageLevel]:
    return {one.id: one.reach for one in found.layers[layer].statements}


def test_a_rule_is_reached_where_it_matches_and_decides_where_it_carries() -> None:
    found = covered("tests:\n  - {paths: [a, c, CLAUDE.md], expect: block}\n", POLICY)
    assert reach(found) == {
        "AGENTOWNERS:1": CoverageLevel.DECIDES,
        "AGENTOWNERS:2": CoverageLevel.UNREACHED,
        "a": CoverageLevel.DECIDES,
        "AGENTOWNERS:4": CoverageLevel.MATCHES,
        "AGENTOWNERS:5": CoverageLevel.UNREACHED,
        "AGENTOWNERS:6": CoverageLevel.UNREACHED,
        "AGENTOWNERS:6#2": CoverageLevel.UNREACHED,
        "AGENTOWNERS:7": CoverageLevel.DECIDES,
    }
    assert (found.reached, found.total, found.percent) == (4, 8, 50)


def test_every_kind_of_statement_has_its_text() -> None:
    (own, built_in) = covered("", POLICY).layers
    assert [(one.kind, one.text) for one in own.statements[-3:]] == [
        (StatementKind.MODE_RULE, "/w/ @ci allow actions=file_write"),
        (StatementKind.MODE_RULE, "!/w/ @ci require_approval actions=file_write"),
        (StatementKind.UNPROTECT, "unprotect CLAUDE.md @agents"),
    ]
    assert {one.kind for one in own.statements} == set(StatementKind)
    assert (built_in.built_in, built_in.name) == (True, "builtin")


def test_built_in_rules_are_listed_and_not_counted() -> None:
    found = covered("tests:\n  - {paths: [AGENTOWNERS], expect: block}\n", "/a @agents block\n")
    assert (found.reached, found.total) == (0, 1)
    assert reach(found, 1)["builtin:policy"] is CoverageLevel.DECIDES


def test_nothing_to_cover_is_covered() -> None:
    found = covered("", "# nothing\n")
    assert (found.total, found.percent) == (0, 100)


def test_a_hundred_per_cent_is_every_one() -> None:
    rules = "".join(f"/{number} @agents block\n" for number in range(300))
    text = "".join(f"  - {{paths: ['{number}'], expect: block}}\n" for number in range(299))
    found = covered("tests:\n" + text, rules)
    assert (found.reached, found.percent) == (299, 99)


def test_rules_of_the_same_id_in_two_files_are_told_apart() -> None:
    found = covered("tests:\n  - {paths: [b], expect: block}\n", "/a @agents block id=x\n", "/b @agents block id=x\n")
    assert [list(reach(found, layer).values()) for layer in (0, 1)] == [[CoverageLevel.UNREACHED], [CoverageLevel.DECIDES]]


def test_what_a_layer_only_observes_is_reached_too() -> None:
    found = covered("tests:\n  - {paths: [a], expect: allow}\n", "mode observe-only @agents\n/a @agents block\n")
    assert reach(found) == {"AGENTOWNERS:2": CoverageLevel.DECIDES}


def test_of_several_files_the_furthest_counts() -> None:
    one = covered("tests:\n  - {paths: [a], expect: block}\n", POLICY)
    other = covered("tests:\n  - {paths: [b], expect: block}\n", POLICY)
    both = together([one, other])
    assert (one.reached, other.reached, both.reached) == (2, 1, 3)
    assert reach(both)["AGENTOWNERS:5"] is CoverageLevel.DECIDES
