"""The other AGENTOWNERS: the converted policy is nowhere milder, and decides one file as the original does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agentowners.convert.from_agentowners_yaml import from_agentowners_yaml
from agentowners.convert.globs import glob_patterns
from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion
from agentowners.convert.policy_text import policy_text
from agentowners.diagnostics import PolicyError, Source
from tests.convert.judging import ANYONE, answer, in_segments, loaded
from tests.examples import examples

COPILOT = "login:github-copilot[bot]"
MINIMAL = """\
version: 1
defaults: {known_agent: require_approval, unknown_agent: require_approval, docs_only: allow, workflows: block, secrets: block}
rules:
  - {name: Allow docs-only changes, when: {docs_only: true}, effect: allow, reason: low risk}
  - {name: Block workflow edits, when: {files: [".github/workflows/**"]}, effect: block, reason: no}
  - {name: Require approval for dependency changes, when: {changes_package_files: true}, effect: require_approval, reason: review}
"""
"""The policy of its fixtures of pull requests, and of its minimal example."""
STRICT = """\
version: 1
defaults: {known_agent: require_approval, unknown_agent: require_approval, docs_only: require_approval, workflows: block}
rules:
  - name: Block sensitive paths
    when: {files: [".github/workflows/**", ".github/actions/**", "**/auth/**", "**/security/**", "infra/**"]}
    effect: block
    reason: sensitive
  - {name: Large diffs, when: {diff_lines_over: 300}, effect: require_approval, reason: hard to review}
  - {name: Dependencies, when: {changes_package_files: true}, effect: require_approval, reason: supply chain}
"""
"""Its example `strict-oss`."""
BOTS = """\
version: 1
agents:
  dependabot:
    match: {actors: ["dependabot[bot]"]}
    allowed: [open_pr, update_pr]
    requires_approval: [modify_dependencies]
    blocked: [edit_workflows, modify_auth, touch_secrets]
defaults: {known_agent: require_approval, unknown_agent: block, docs_only: require_approval, workflows: block, secrets: block}
"""
"""Its example `dependency-bots`."""


def convert(text: str) -> Conversion:
    return from_agentowners_yaml(Source("AGENTOWNERS.yml", text.encode()), ANYONE)


def of_agent(match: str, rest: str = "") -> str:
    return f"version: 1\nagents:\n  x:\n    match: {match}\n{rest}"


def ids(conversion: Conversion) -> list[tuple[int, str]]:
    return sorted((remark.span.line, remark.id) for remark in conversion.remarks)


@pytest.mark.parametrize(
    ("text", "path", "who", "decision"),
    [
        # its fixtures: docs-only-pr, workflow-edit-pr, dependency-change-pr, auth-change-pr, unknown-agent-pr
        (MINIMAL, "README.md", COPILOT, "allow"),
        (MINIMAL, "docs/guide.md", COPILOT, "allow"),
        (MINIMAL, ".github/workflows/test.yml", COPILOT, "block"),
        (MINIMAL, "package.json", COPILOT, "1:"),
        (MINIMAL, "src/auth/session.ts", COPILOT, "1:"),
        (MINIMAL, "src/utils/helpers.ts", "random-contributor", "1:"),
        # the fixtures of strict-oss
        (STRICT, "docs/guide.md", COPILOT, "1:"),
        (STRICT, ".github/workflows/release.yml", COPILOT, "block"),
        (STRICT, "package.json", COPILOT, "1:"),
        # its adversarial corpus
        ("version: 1\ndefaults: {unknown_agent: block, known_agent: allow}\n", "src/index.ts", "untrusted-human", "block"),
        ("version: 1\ndefaults: {secrets: block}\n", ".env.local", "unknown-user", "block"),
        ("version: 1\ndefaults: {workflows: block}\n", ".github/workflows/release/nested.yml", "unknown-user", "block"),
        ("version: 1\ndefaults: {known_agent: require_approval, docs_only: allow}\n", "docs\\guide.md", COPILOT, "allow"),
        (
            of_agent("{bodyPatterns: ['^Generated']}", "defaults: {unknown_agent: require_approval}\n"),
            "src/index.ts",
            "untrusted-human",
            "1:",
        ),
        (of_agent("{bodyPatterns: ['[']}", "defaults: {unknown_agent: block}\n"), "src/index.ts", "somebody", "block"),
        (
            of_agent(
                "{actors: ['x[bot]']}\n    blocked: [edit_workflows]",
                "rules: [{name: r, when: {changes_workflows: true}, effect: allow, reason: r}]\n",
            ),
            ".github/workflows/ci.yml",
            "login:x[bot]",
            "block",
        ),
        (of_agent("{actors: ['x[bot]']}\n    allowed: [open_pr]"), "tests/policy.test.ts", "login:x[bot]", "1:"),
        # the reference: what is not said is conservative
        ("version: 1\n", "src/a.ts", "octocat", "1:"),
        ("version: 1\n", "README.md", "octocat", "allow"),
        ("version: 1\n", "id_rsa", "octocat", "block"),
        (BOTS, "package.json", "login:dependabot[bot]", "1:"),
        (BOTS, "src/a.ts", "login:dependabot[bot]", "allow"),
        (BOTS, "src/auth/a.ts", "login:dependabot[bot]", "block"),
        (BOTS, "src/a.ts", "octocat", "block"),
        (BOTS, "src/a.ts", COPILOT, "1:"),
    ],
)
def test_its_own_fixtures_are_decided_as_there(text: str, path: str, who: str, decision: str) -> None:
    assert answer(loaded(convert(text)), path, who) == decision


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (of_agent("{actors: [a], commitNames: [b]}"), LOOSER),
        (of_agent("{labels: [a]}"), STRICTER),
        (of_agent("{actors: [a]}\n    blocked: [merge_pr]"), LEFT_OUT),
        (of_agent("{actors: [a]}\n    allowed: [modify_docs]"), STRICTER),
        ("version: 1\nrules:\n  - {name: r, when: {pr_title: [x]}, effect: block, reason: r}\n", STRICTER),
        ("version: 1\nrules:\n  - {name: r, when: {labels: [x], docs_only: true}, effect: allow, reason: r}\n", STRICTER),
        ("version: 1\nrules:\n  - {name: r, when: {issue_title: [x]}, effect: block, reason: r}\n", LEFT_OUT),
        ("version: 1\nrules:\n  - {name: r, when: {actions: [comment]}, effect: block, reason: r}\n", LEFT_OUT),
        ("version: 1\nrules:\n  - {name: r, when: {agents: [nobody]}, effect: block, reason: r}\n", LEFT_OUT),
        ("version: 1\nrules:\n  - {name: r, when: {files: ['!(a)']}, effect: block, reason: r}\n", STRICTER),
        ("version: 1\nrules:\n  - {name: r, when: {files: [a]}, effect: block, reviewers: ['@x'], reason: r}\n", LEFT_OUT),
        ("version: 1\nrules:\n  - {name: r, when: {files: [a]}, effect: block, labels: [x], reason: r}\n", LEFT_OUT),
        ("version: 1\naudit: {enabled: true}\n", LEFT_OUT),
    ],
)
def test_what_does_not_carry_over_is_said(text: str, said: str) -> None:
    found = convert(text)
    assert said in {remark.id for remark in found.remarks}
    line = next(remark.span.line for remark in found.remarks if remark.id == said)
    assert f"#   {said}, line {line}: " in policy_text(found)


def test_reviewers_have_to_approve() -> None:
    text = "version: 1\nrules: [{name: r, when: {files: [a]}, effect: require_approval, reviewers: ['@acme/core'], reason: r}]\n"
    assert answer(loaded(convert(text)), "a") == "1: @acme/core"


def test_an_uncertain_rule_lifts_no_default() -> None:
    """A rule about large changes may not match, so secrets stay blocked."""
    policy = loaded(convert(STRICT))
    assert [answer(policy, path) for path in (".env", ".github/workflows/x")] == ["block", "block"]


@pytest.mark.parametrize(
    "text",
    [
        "version: 2\n",
        "rules: []\n",
        "version: 1\nrules: [{name: r, when: {}, effect: blok, reason: r}]\n",
        "version: 1\nrules: [{name: r, when: {fils: [a]}, effect: block, reason: r}]\n",
        "version: 1\nrules: [{name: r, effect: block}]\n",
        "version: 1\ndefaults: {other: allow}\n",
        "version: 1\nagents: {x: {match: {actors: [a]}, blocked: [fly]}}\n",
        "version: 1\nmore: 1\n",
    ],
)
def test_what_the_other_tool_would_not_read_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match=r"AGENTOWNERS\.yml:"):
        convert(text)


@pytest.mark.parametrize(
    ("glob", "patterns"),
    [
        ("docs/**", ("/docs",)),
        ("**/auth/**", ("**/auth",)),
        ("*.{tf,tfvars}", ("/*.tf", "/*.tfvars")),
        ("src/*.ts", ("/src/*.ts",)),
        ("**", ("**",)),
        ("!(a)", None),
        ("{a..c}", None),
        ("a/", None),
        ("/a", None),
    ],
)
def test_globs_match_from_the_root(glob: str, patterns: tuple[str, ...] | None) -> None:
    assert glob_patterns(glob) == patterns


CLASSES = {
    "docs": "*.md docs/** *.rst",
    "tests": "**/*.test.* tests/**",
    "dependencies": "package.json go.mod",
    "workflows": ".github/workflows/** .github/actions/**",
    "auth": "**/auth/** **/security/**",
    "infra": "infra/** Dockerfile *.tf",
    "secrets": ".env .env.* *.pem",
}
BY_ACTION = {
    "edit_workflows": "workflows",
    "modify_tests": "tests",
    "modify_docs": "docs",
    "modify_dependencies": "dependencies",
    "modify_auth": "auth",
    "modify_infra": "infra",
    "touch_secrets": "secrets",
}
RANK = {"allow": 0, "require_approval": 1, "block": 2}


def hits(globs: Sequence[str], path: str) -> bool:
    """True if picomatch finds a path by one of these globs."""
    for glob in globs:
        segments = glob.split("/")
        if in_segments(segments, path.split("/")):
            return True
    return False


@dataclass
class Opened:
    """A pull request as the other tool sees it."""

    files: Sequence[str]
    actor: str
    event: str
    lines: int


def decided(policy: dict[str, Any], request: Opened) -> str:
    """The effect, by ``evaluator.ts``."""
    some = {name: any(hits(globs.split(), path) for path in request.files) for name, globs in CLASSES.items()}
    only = {name: all(hits(globs.split(), path) for path in request.files) for name, globs in CLASSES.items()}
    actions = {request.event} | {action for action, name in BY_ACTION.items() if (only if name == "docs" else some)[name]}
    named = next((name for name, agent in policy["agents"].items() if request.actor in agent["match"]["actors"]), None)
    confirmed = named is not None or request.actor in ("renovate[bot]", "dependabot[bot]")
    effects = []
    if named is not None:
        lists = policy["agents"][named]
        if actions & set(lists["blocked"]):
            effects.append("block")
        elif actions & set(lists["requires_approval"]):
            effects.append("require_approval")
        elif actions <= set(lists["allowed"]):
            effects.append("allow")
    flags = {
        "changes_workflows": some["workflows"],
        "changes_auth": some["auth"],
        "docs_only": only["docs"],
        "tests_only": only["tests"],
    }
    for rule in policy["rules"]:
        when = rule["when"]
        matched = all(
            (named or "unknown") in value and (rule["effect"] != "allow" or confirmed)
            if key == "agents"
            else request.actor in value
            if key == "actors"
            else bool(actions & set(value))
            if key == "actions"
            else any(hits(value, path) for path in request.files)
            if key == "files"
            else not any(hits(value, path) for path in request.files)
            if key == "files_not"
            else request.lines > value
            if key == "diff_lines_over"
            else flags[key] or not value
            for key, value in when.items()
        )
        effects += [rule["effect"]] * matched
    if effects:
        return max(effects, key=RANK.__getitem__)
    defaults = {"secrets": "block", "workflows": "block", "docs_only": "allow", "known_agent": "require_approval"} | policy[
        "defaults"
    ]
    for name, key in (("secrets", "secrets"), ("workflows", "workflows")):
        if some[name]:
            return str(defaults[key])
    if only["docs"]:
        return str(defaults["docs_only"])
    return str(defaults["known_agent"] if confirmed else defaults.get("unknown_agent", "require_approval"))


_EFFECTS = st.sampled_from(list(RANK))
_ACTIONS = st.lists(st.sampled_from([*BY_ACTION, "open_pr", "update_pr", "merge_pr"]), min_size=1, max_size=3, unique=True)
_GLOBS = st.lists(
    st.sampled_from(["docs/**", "**/auth/**", "*.md", "src/*", "**/*.test.*", "package.json", "**"]),
    min_size=1,
    max_size=2,
    unique=True,
)
_WHEN = st.fixed_dictionaries(
    {},
    optional={
        "agents": st.lists(st.sampled_from(["x", "y", "unknown"]), min_size=1, max_size=2, unique=True),
        "actors": st.lists(st.sampled_from(["x[bot]", "octocat"]), min_size=1, unique=True),
        "actions": _ACTIONS,
        "files": _GLOBS,
        "files_not": _GLOBS,
        "diff_lines_over": st.just(100),
        "changes_workflows": st.booleans(),
        "changes_auth": st.booleans(),
        "docs_only": st.booleans(),
        "tests_only": st.booleans(),
    },
).filter(bool)
_RULE = st.fixed_dictionaries({"name": st.just("r"), "when": _WHEN, "effect": _EFFECTS, "reason": st.just("r")})
_DEFAULTS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("unknown_agent", "known_agent", "docs_only", "workflows", "secrets"), _EFFECTS)
)


@st.composite
def _agents(draw: st.DrawFn) -> dict[str, Any]:
    found = {}
    for name in draw(st.lists(st.sampled_from("xy"), unique=True)):
        lists: dict[str, list[str]] = {"allowed": [], "requires_approval": [], "blocked": []}
        for action in draw(st.lists(st.sampled_from([*BY_ACTION, "open_pr", "update_pr"]), max_size=6, unique=True)):
            lists[draw(st.sampled_from(["allowed", "allowed", "requires_approval", "blocked"]))].append(action)
        found[name] = {"match": {"actors": [f"{name}[bot]"]}, **lists}
    return found


_PATHS = (
    *("docs/a", "README.md", "src/a.py", "src/auth/a.py", "tests/a", "src/a.test.py", "package.json", ".env", "infra/x"),
    *(".github/workflows/ci.yml", "docs/auth/x"),
)
_REQUESTS = st.builds(
    Opened,
    st.lists(
        st.sampled_from(_PATHS),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.sampled_from(["x[bot]", "y[bot]", "octocat", "renovate[bot]"]),
    st.sampled_from(["open_pr", "update_pr"]),
    st.sampled_from([10, 1000]),
)


@examples(30)
@given(_agents(), st.lists(_RULE, max_size=3), _DEFAULTS, st.lists(_REQUESTS, min_size=1, max_size=5))
def test_nothing_is_milder_than_there(agents: Any, written: Any, defaults: Any, requests: list[Opened]) -> None:
    document = {"version": 1, "agents": agents, "rules": written, "defaults": defaults}
    found = convert(yaml.safe_dump(document, sort_keys=False))
    policy = loaded(found)
    for request in requests:
        answers = [answer(policy, path, f"login:{request.actor}") for path in request.files]
        mine = max((re.sub("^1.*", "require_approval", said) for said in answers), key=RANK.__getitem__)
        theirs = decided(document, request)
        assert RANK[mine] >= RANK[theirs], (request, mine, theirs, policy_text(found))
        if len(request.files) == 1 and request.files[0][0] != "." and not any(remark.id == STRICTER for remark in found.remarks):
            assert mine == theirs, (request, policy_text(found))
