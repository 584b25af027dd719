"""policy-bot: whatever the converted policy lets pass, policy-bot lets pass; and where nothing is said to differ, the reverse."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agentowners.convert.from_policy_bot import from_policy_bot
from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion
from agentowners.convert.policy_text import policy_text
from agentowners.diagnostics import AgentownersError, PolicyError, Source
from agentowners.engine.settle import evaluate
from agentowners.policy.model import Decision, Policy
from tests.convert.judging import ANYONE, answer, loaded
from tests.engine.build import ALICE, BOB, CAROL, COPILOT, by, change, facts, review
from tests.examples import examples

STAGING = """\
policy:
  approval:
    - or:
      - the devtools team has approved
      - only staging files have changed
approval_rules:
  - name: the devtools team has approved
    requires: {count: 1, teams: ["acme/devtools"]}
  - name: only staging files have changed
    if: {only_changed_files: {paths: ["^staging/.*$"]}}
    requires: {count: 0}
"""
"""The example that the README of policy-bot begins with."""
CATSKILLS = """\
policy: {approval: [{or: [catskills, devtools]}]}
approval_rules:
  - {name: catskills, description: catskills can approve, requires: {count: 1, teams: ["acme/catskills"]}}
  - name: devtools
    if: {only_changed_files: {paths: ['^staging\\.palantir\\.com/.*']}}
    requires: {count: 1, teams: ["acme/devtools"]}
"""
"""``complicated.yml`` among the examples of policy-bot."""


def convert(text: str) -> Conversion:
    return from_policy_bot(Source(".policy.yml", text.encode()), ANYONE)


def rules(*rules: str, approval: str = "[a]", more: str = "") -> str:
    listed = "".join(f"  - {rule}\n" for rule in rules)
    return f"policy:\n  approval: {approval}\n{more}approval_rules:\n{listed}"


def ids(conversion: Conversion) -> list[tuple[int, str]]:
    return sorted((remark.span.line, remark.id) for remark in conversion.remarks)


@pytest.mark.parametrize(
    ("text", "path", "decision"),
    [
        # "allows changes to certain paths without review, but all other changes require review from the devtools team"
        (STAGING, "staging/a", "allow"),
        (STAGING, "staging/a/b.py", "allow"),
        (STAGING, "src/a", "1: @acme/devtools"),
        (CATSKILLS, "src/a", "1: @acme/catskills"),
        ("policy: {approval: [a]}\napproval_rules: [{name: a}]\n", "x", "allow"),  # approve-everything.yml
        ("policy: {}\n", "x", "allow"),  # "No approval policy defined"
        (rules("{name: a, requires: {count: 2, users: [x, y]}}"), "f", "2: @x @y"),
        (
            rules("{name: a, if: {changed_files: {paths: ['\\.go$'], ignore: ['^gen/']}}, requires: {count: 1, users: [x]}}"),
            "a.go",
            "1: @x",
        ),
        # "All rules were skipped. At least one rule must match."
        (
            rules("{name: a, if: {changed_files: {paths: ['\\.go$'], ignore: ['^gen/']}}, requires: {count: 1, users: [x]}}"),
            "gen/a.go",
            "block",
        ),
        (rules("{name: a, if: {changed_files: {paths: ['\\.go$']}}}"), "a.go", "allow"),
        (rules("{name: a, requires: {count: 1}}"), "f", "block"),  # nobody is named
        (rules("{name: a, requires: {count: 11, users: [x]}}"), "f", "block"),
        (rules("{name: a}", more="  disapproval: {if: {changed_files: {paths: ['^locked/']}}}\n"), "locked/f", "block"),
        (rules("{name: a}", more="  disapproval: {if: {no_changed_files: {paths: ['^CHANGELOG']}}}\n"), "f", "block"),
        (rules("{name: a}", more="  disapproval: {if: {no_changed_files: {paths: ['^CHANGELOG']}}}\n"), "CHANGELOG.md", "allow"),
        (rules("{name: a}", more="  disapproval: {if: {targets_branch: {pattern: '^main$'}}}\n"), "f", "block"),
        (
            rules(
                "{name: a, requires: {count: 1, users: [x]}}",
                "{name: b, requires: {count: 1, users: [y]}}",
                approval="[{or: [a, b]}]",
            ),
            "f",
            "1: @x @y",
        ),
        (
            rules(
                "{name: a, requires: {count: 1, users: [x]}}", "{name: b, requires: {count: 1, users: [y]}}", approval="[a, b]"
            ),
            "f",
            "1: @x + 1: @y",
        ),
        (rules("{name: a, requires: {conditions: {has_status: {statuses: [build]}}}}"), "f", "1:"),
    ],
)
def test_a_path_is_decided_as_a_change_of_it_alone(text: str, path: str, decision: str) -> None:
    assert answer(loaded(convert(text)), path) == decision


def test_branches_and_authors_limit_a_rule() -> None:
    text = rules(
        "{name: a, if: {targets_branch: {pattern: '^(main|release/.*)$'}, has_author_in: {users: ['renovate[bot]']}}, "
        "requires: {count: 1, users: [x]}}",
        "{name: b}",
        approval="[a, b]",
    )
    policy = loaded(convert(text))
    asked = [
        answer(policy, "f", who, ref)
        for who in ("renovate", "octocat")
        for ref in ("refs/heads/main", "refs/heads/release/1", "refs/heads/x")
    ]
    assert asked == ["1: @x", "1: @x", "allow", "allow", "allow", "allow"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{name: a, if: {has_labels: [x]}, requires: {count: 1, users: [x]}}", STRICTER),
        ("{name: a, if: {title: {matches: [x]}}, requires: {count: 1, users: [x]}}", STRICTER),
        ("{name: a, if: {changed_files: {paths: ['a{3}']}}, requires: {count: 1, users: [x]}}", STRICTER),
        ("{name: a, if: {has_author_in: {teams: [o/t]}}, requires: {count: 1, users: [x]}}", STRICTER),
        ("{name: a, options: {allow_author: true}, requires: {count: 1, users: [x]}}", STRICTER),
        ("{name: a, options: {methods: {comments: [lgtm]}}, requires: {count: 1, users: [x]}}", STRICTER),
        ("{name: a, options: {methods: {github_review: false}}, requires: {count: 1, users: [x]}}", LOOSER),
        ("{name: a, options: {request_review: {enabled: true}}, requires: {count: 1, users: [x]}}", LEFT_OUT),
        ("{name: a, requires: {count: 1, organizations: [o]}}", LOOSER),
        ("{name: a, requires: {count: 1, users: [x], organizations: [o]}}", STRICTER),
        ("{name: a, requires: {count: 1, users: [x], conditions: {has_labels: [y]}}}", LOOSER),
        ("{name: a, requires: {count: 1, permissions: [read]}}", STRICTER),
        ("{name: a, requires: {count: 1, permissions: [admin]}}", STRICTER),
        ("{name: a, requires: {count: 1, users: ['dependabot[bot]', x]}}", STRICTER),
    ],
)
def test_what_does_not_carry_over_is_said_with_its_line(rule: str, said: str) -> None:
    found = convert(rules("{name: always, requires: {count: 1, users: [z]}}", rule, approval="[always, a]"))
    assert (5, said) in ids(found)
    assert f"#   {said}, line 5: " in policy_text(found)
    assert answer(loaded(found), "f") not in ("allow", "1: @z"), "the rule is gone"


def test_the_least_permission_is_a_setting_of_the_policy() -> None:
    found = policy_text(convert(rules("{name: a, requires: {count: 1, permissions: [admin, maintain]}}")))
    assert "approvals minimum_permission=maintain\n" in found


def test_every_way_that_is_not_taken_is_said() -> None:
    admins = "{name: admins, requires: {count: 1, permissions: [admin]}}"
    people = "{name: people, requires: {count: 1, users: [x]}}"
    said = "one of several ways, and not enough by itself here: the one that asks for the fewest is taken"
    for ways, line in (("admins, people", 5), ("people, admins", 4)):
        found = convert(rules(admins, people, approval=f"[{{or: [{ways}]}}]"))
        assert [remark.span.line for remark in found.remarks if remark.message == said] == [line]


def test_a_rule_that_nothing_names_and_disapproval_by_people_are_said() -> None:
    found = convert(rules("{name: a}", "{name: b}", more="  disapproval: {requires: {users: [x]}, options: {}}\n"))
    assert ids(found) == [(3, LEFT_OUT), (3, LOOSER), (6, LEFT_OUT)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("policy: {approval: [a]}\n", ":1:"),
        ("policy:\n  approval:\n  - nor: [a]\n", ":3:"),
        ("policy:\n  approval:\n  - {or: [a], and: [a]}\n", ":3:"),
        ("policy: [\n", ":"),
        ("policy: {approval: x}\n", ":1:"),
        ("approval_rules: [{name: a, requires: {count: x}}]\n", ":1:"),
    ],
)
def test_what_policy_bot_would_not_read_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(f".policy.yml{place}")):
        convert(text)


def test_a_policy_that_is_elsewhere_is_not_guessed() -> None:
    with pytest.raises(AgentownersError, match="another repository"):
        convert("remote: org/repo\n")


@dataclass
class Request:
    """A pull request as policy-bot sees it."""

    files: Sequence[str]
    author: str
    branch: str
    approved_by: Collection[str]


def _matches(expressions: Sequence[str], path: str) -> bool:
    return any(re.search(expression, path) for expression in expressions)


def _holds(key: str, value: Any, request: Request) -> bool:
    if key == "targets_branch":
        return re.search(value["pattern"], request.branch) is not None
    if key == "has_author_in":
        return request.author in value["users"]
    counted = [path for path in request.files if not _matches(value.get("ignore", []), path)]
    if key == "only_changed_files":
        return bool(request.files) and all(_matches(value["paths"], path) for path in request.files)
    some = any(_matches(value["paths"], path) for path in counted)
    return some if key == "changed_files" else not some


def status(way: Any, known: dict[str, Any], request: Request) -> str:
    """``approved``, ``pending`` or ``skipped``, by ``policy/approval`` of policy-bot."""
    if isinstance(way, dict):
        ((word, ways),) = way.items()
        found = [status(one, known, request) for one in ways]
        if word == "or":
            return "approved" if "approved" in found else "pending" if "pending" in found else "skipped"
        return "pending" if "pending" in found else "approved" if "approved" in found else "skipped"
    rule = known[way]
    if not all(_holds(key, value, request) for key, value in rule.get("if", {}).items()):
        return "skipped"
    requires = rule.get("requires", {})
    given = {who for who in request.approved_by if who in requires.get("users", []) and who != request.author}
    return "approved" if len(given) >= requires.get("count", 0) else "pending"


def passes(policy: Policy, request: Request) -> bool:
    """True if the gate would let the change through."""
    people = {"alice": ALICE, "bob": BOB, "carol": CAROL, "Copilot": COPILOT}
    author = people[request.author]
    reviews = [review(people[who], id=number) for number, who in enumerate(request.approved_by)]
    ref = f"refs/heads/{request.branch}"
    found = evaluate(policy, change(*request.files, evidence=by(author), author=author, ref=ref, reviews=reviews), facts())
    return found.decision is not Decision.BLOCK and found.approvals.granted == found.approvals.required


_USERS = st.lists(st.sampled_from(["alice", "bob", "carol"]), min_size=1, max_size=2, unique=True)
_LISTS = st.lists(st.sampled_from(["^docs/", "^src/.*$", r"\.md$", "b", "^a$"]), min_size=1, max_size=2, unique=True)
_PREDICATES = st.fixed_dictionaries(
    {},
    optional={
        "changed_files": st.fixed_dictionaries({"paths": _LISTS}, optional={"ignore": _LISTS}),
        "only_changed_files": st.fixed_dictionaries({"paths": _LISTS}),
        "no_changed_files": st.fixed_dictionaries({"paths": _LISTS}),
        "targets_branch": st.sampled_from([{"pattern": "^main$"}, {"pattern": "^rel"}, {"pattern": "(main|x)"}]),
        "has_author_in": st.fixed_dictionaries(
            {"users": st.lists(st.sampled_from(["alice", "carol", "Copilot"]), min_size=1, unique=True)}
        ),
    },
)
_SOME: st.SearchStrategy[dict[str, Any]] = st.one_of(st.just({}), _PREDICATES)
_RULE = st.builds(
    lambda when, count, users: {"if": when, "requires": {"count": count, "users": users}}, _SOME, st.integers(0, 2), _USERS
)
_NAMES = st.sampled_from(["r0", "r1", "r2", "r3"])
_WAYS = st.recursive(
    _NAMES,
    lambda inner: st.builds(
        lambda word, ways: {word: ways}, st.sampled_from(["or", "and"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=5,
)
_REQUESTS = st.builds(
    Request,
    st.lists(st.sampled_from(["docs/a", "docs/b.md", "src/a", "src/b.md", "a", "c"]), min_size=1, max_size=3, unique=True),
    st.sampled_from(["Copilot", "alice", "carol"]),
    st.sampled_from(["main", "release/1", "x"]),
    st.lists(st.sampled_from(["alice", "bob", "carol"]), max_size=3, unique=True),
)


@examples(30)
@given(
    st.lists(_RULE, min_size=4, max_size=4), st.lists(_WAYS, min_size=1, max_size=3), st.lists(_REQUESTS, min_size=1, max_size=6)
)
def test_what_passes_here_passes_there(written: list[dict[str, Any]], ways: list[Any], requests: list[Request]) -> None:
    known = {f"r{number}": rule for number, rule in enumerate(written)}
    document = {"policy": {"approval": ways}, "approval_rules": [{"name": name, **rule} for name, rule in known.items()]}
    found = convert(yaml.safe_dump(document))
    policy = loaded(found)
    for request in requests:
        if passes(policy, request):
            assert status({"and": ways}, known, request) == "approved", (request, policy_text(found))
        elif len(request.files) == 1 and not any(remark.id == STRICTER for remark in found.remarks):
            assert status({"and": ways}, known, request) != "approved", (request, policy_text(found))
