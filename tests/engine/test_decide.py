"""Sections 1, 4, 5, 6 and 8: what is decided for each path, action, principal and ref."""

from __future__ import annotations

import pytest

from agentowners.change.model import Account, AccountType, Change, Evidence, Kind, Signal, Status, Strength
from agentowners.diagnostics import AgentownersError, Source
from agentowners.engine.decide import decide
from agentowners.engine.facts import NO_FACTS, KindsOf, Known, MembersOf, PermissionOf, Reply, Unavailable
from agentowners.engine.path_changes import actions_of
from agentowners.engine.settle import evaluate, inquire
from agentowners.policy.load import load_policy
from agentowners.policy.model import Action, Decision, Permission
from tests.engine.build import (
    ALICE,
    BOB,
    COPILOT,
    DEPENDABOT,
    UNKNOWN_BOT,
    by,
    change,
    decisions,
    declared,
    facts,
    file,
    policy,
    rules,
    verdict,
)

STRANGER = Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="X", email="x@nowhere.example", where="commit 1a2b3c4")
CLAUDE = Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, name="Claude", email="noreply@anthropic.com", where="commit 1a2b3c4")


def test_the_strictest_rule_stands_whatever_the_order() -> None:
    lines = ["** @agents allow", "src/** @agents require_approval", "src/x.py @agents block"]
    for order in (lines, lines[::-1], [lines[1], lines[2], lines[0]]):
        result = verdict("\n".join(order), change("src/x.py", "src/y.py", "z.py"))
        assert decisions(result) == {"src/x.py": "block", "src/y.py": "require_approval", "z.py": "allow"}


def test_among_rules_of_one_decision_the_first_in_file_order_is_reported_first() -> None:
    result = verdict("*.py @agents block\nsrc/** @agents allow\nsrc/x.py @agents block\n", change("src/x.py"))
    assert rules(result) == {"src/x.py": ("AGENTOWNERS:1", "AGENTOWNERS:3")}
    assert result.files[0].judgement.matched == ("AGENTOWNERS:1", "AGENTOWNERS:2", "AGENTOWNERS:3")


def test_threat_02_one_allowed_file_launders_nothing() -> None:
    text = "docs/** @agents allow\nsecurity/** @agents block\ndefault @agents require_approval\n"
    result = verdict(text, change("docs/a.md", "security/x", "src/y"))
    assert decisions(result) == {"docs/a.md": "allow", "security/x": "block", "src/y": "require_approval"}
    assert result.decision is Decision.BLOCK
    assert result.approvals.required == 1


def test_threat_01_a_rename_is_judged_at_both_ends() -> None:
    text = "security/** @agents block\n"
    out = verdict(text, change(file("src/x.py", Status.RENAMED, "security/x.py")))
    assert decisions(out) == {"security/x.py": "block", "src/x.py": "allow"}
    into = verdict(text, change(file("security/x.py", Status.RENAMED, "src/x.py")))
    assert decisions(into) == {"security/x.py": "block", "src/x.py": "allow"}


def test_the_actions_of_a_rename() -> None:
    ruling = decide(policy(""), change(file("new", Status.RENAMED, "old")))
    assert {f.path: set(f.actions) for f in ruling.files} == {
        "new": {Action.FILE_RENAME, Action.FILE_CREATE},
        "old": {Action.FILE_RENAME, Action.FILE_DELETE},
    }


def test_a_path_that_is_left_and_taken_again_gets_the_actions_of_both() -> None:
    ruling = decide(policy(""), change(file("new", Status.RENAMED, "old"), file("old", Status.ADDED)))
    actions = {f.path: set(f.actions) for f in ruling.files}
    assert actions["old"] == {Action.FILE_CREATE, Action.FILE_RENAME, Action.FILE_DELETE}


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (Status.ADDED, Action.FILE_CREATE),
        (Status.COPIED, Action.FILE_CREATE),
        (Status.MODIFIED, Action.FILE_MODIFY),
        (Status.CHANGED, Action.FILE_MODIFY),
        (Status.REMOVED, Action.FILE_DELETE),
        (Status.WRITTEN, Action.FILE_WRITE),
        (Status.READ, Action.FILE_READ),
        (Status.EXECUTED, Action.SHELL_EXECUTE),
    ],
)
def test_what_a_status_means(status: Status, action: Action) -> None:
    assert actions_of(status) == (action,)


@pytest.mark.parametrize("status", [Status.ADDED, Status.MODIFIED, Status.REMOVED, Status.CHANGED])
def test_file_write_includes_every_kind_of_it(status: Status) -> None:
    assert decisions(verdict("x @agents block actions=file_write\n", change(file("x", status)))) == {"x": "block"}
    assert decisions(verdict("x @agents block actions=file_read\n", change(file("x", status)))) == {"x": "allow"}


def test_where_only_the_general_write_is_known_doubt_is_strict() -> None:
    subject = change(file("x", Status.WRITTEN))
    assert decisions(verdict("x @agents block actions=file_delete\n", subject)) == {"x": "block"}
    partly = "default @agents block\nx @agents allow actions=file_create,file_modify,file_delete\n"
    assert decisions(verdict(partly, subject)) == {"x": "block"}
    wholly = "default @agents block\nx @agents allow actions=file_create,file_modify,file_delete,file_rename\n"
    assert decisions(verdict(wholly, subject)) == {"x": "allow"}
    assert decisions(verdict("default @agents block\nx @agents allow actions=file_write\n", subject)) == {"x": "allow"}


def test_each_action_is_decided_by_itself() -> None:
    text = "default @agents block\nx @agents allow actions=file_delete\n"
    # Taking x away is allowed; that it is done by renaming is not.
    assert decisions(verdict(text, change(file("y", Status.RENAMED, "x")))) == {"x": "block", "y": "block"}
    assert decisions(verdict(text, change(file("x", Status.REMOVED)))) == {"x": "allow"}


def test_a_rule_for_a_ref_holds_on_that_ref_only() -> None:
    text = "src/** refs/heads/main @agents block\n"
    assert decisions(verdict(text, change("src/x"))) == {"src/x": "block"}
    assert decisions(verdict(text, change("src/x", ref="refs/heads/main2"))) == {"src/x": "allow"}
    negative = "src/** !refs/heads/dev @agents block\n"
    assert decisions(verdict(negative, change("src/x"))) == {"src/x": "block"}
    assert decisions(verdict(negative, change("src/x", ref="refs/heads/dev"))) == {"src/x": "allow"}


def test_a_rule_without_path_patterns_covers_every_path() -> None:
    result = verdict("refs/heads/production @agents require_approval(2)\n", change("a", "b/c", ref="refs/heads/production"))
    assert decisions(result) == {"a": "require_approval", "b/c": "require_approval"}
    assert result.approvals.required == 2


def test_an_exclusion_counts_in_its_own_rule_only() -> None:
    text = "docs/ !docs/legal/ @agents block\n!src/ @agents require_approval\ndocs/legal/x @agents require_approval(3)\n"
    assert decisions(verdict(text, change("docs/a", "docs/legal/x", "src/y"))) == {
        "docs/a": "block",
        "docs/legal/x": "require_approval",
        "src/y": "allow",
    }


def test_defaults_by_name_then_group_then_anyone() -> None:
    text = "default @anyone block\ndefault @agents require_approval\ndefault @copilot allow\n"
    assert decisions(verdict(text, change("x"))) == {"x": "allow"}
    assert decisions(verdict(text, change("x", evidence=by(UNKNOWN_BOT), author=UNKNOWN_BOT))) == {"x": "require_approval"}
    assert decisions(verdict(text, change("x", evidence=by(ALICE), author=ALICE))) == {"x": "block"}


def test_of_the_defaults_that_name_a_principal_the_strictest() -> None:
    text = "default @copilot allow\ndefault @cop* block\n"
    assert decisions(verdict(text, change("x"))) == {"x": "block"}


def test_a_default_for_an_unattributed_contributor_is_its_own_else_the_humans() -> None:
    someone = change("x", evidence=[STRANGER], author=None)
    assert decisions(verdict("default @humans block\n", someone)) == {"x": "block"}
    assert decisions(verdict("default @humans block\ndefault @unattributed require_approval\n", someone)) == {
        "x": "require_approval"
    }
    assert decisions(verdict("default @agents block\n", someone)) == {"x": "allow"}
    assert decisions(verdict("default @anyone block\n", someone)) == {"x": "block"}


def test_threat_07_an_unattributed_commit_beside_an_agent_is_judged_as_the_agents_too() -> None:
    text = "default @agents block\n"
    assert decisions(verdict(text, change("x", evidence=[*by(COPILOT), STRANGER]))) == {"x": "block"}


def test_a_default_is_reported_as_what_decided() -> None:
    result = verdict("# first\ndefault @agents require_approval(2) @alice\n", change("x"))
    (rule,) = result.files[0].judgement.rules
    assert (rule.id, rule.line, rule.text, rule.is_default) == (
        "AGENTOWNERS:2",
        2,
        "default @agents require_approval(2) @alice",
        True,
    )
    assert result.files[0].judgement.matched == ()


def test_a_matching_rule_of_any_kind_replaces_the_default_of_its_layer_only() -> None:
    first = "default @agents block\ndocs/ @agents allow\n"
    assert decisions(verdict(first, change("docs/x"))) == {"docs/x": "allow"}
    both = policy(first, "default @agents require_approval\n")
    assert decisions(evaluate(both, change("docs/x"), facts())) == {"docs/x": "require_approval"}


def test_layers_decide_by_themselves_and_the_strictest_stands() -> None:
    both = policy("src/** @agents block\n", "src/** @agents allow\n")
    assert decisions(evaluate(both, change("src/x"), facts())) == {"src/x": "block"}


def test_rules_of_two_files_may_have_one_id_and_both_are_reported() -> None:
    layers = policy("a @agents block id=x\n** @agents allow id=y\n", "a @agents block id=x\n** @agents require_approval id=y\n")
    (judged,) = evaluate(layers, change("a"), facts()).files
    assert [(rule.id, rule.source) for rule in judged.judgement.rules] == [("x", "AGENTOWNERS"), ("x", "layer1")]
    assert judged.judgement.matched == ("x", "y", "x", "y")


def test_one_default_for_several_contributors_is_reported_once() -> None:
    text = "default @agents require_approval\ndefault @claude require_approval(2)\n"
    evidence = [declared("copilot"), declared("codex"), declared("claude")]
    (judged,) = verdict(text, change("a", evidence=evidence, author=None)).files
    assert [rule.id for rule in judged.judgement.rules] == ["AGENTOWNERS:1", "AGENTOWNERS:2"]


def test_allow_takes_a_verified_principal_and_restricting_any() -> None:
    text = "default @agents block\ndefault @humans allow\n** @claude allow\n"
    asserted = change("x", evidence=[*by(ALICE), CLAUDE], author=ALICE)
    assert decisions(verdict(text, asserted, facts(alice=Permission.READ))) == {"x": "block"}
    assert decisions(verdict(text, change("x", evidence=[declared("@claude")], author=None))) == {"x": "allow"}
    assert decisions(verdict("** @claude block\n", asserted)) == {"x": "block"}


def test_a_default_that_allows_takes_a_verified_principal_too() -> None:
    text = "default @anyone block\ndefault @humans allow\ndefault @claude allow\n"
    asserted = change("x", evidence=[*by(ALICE), CLAUDE], author=ALICE)
    assert decisions(verdict(text, asserted, facts(alice=Permission.READ))) == {"x": "block"}


def test_every_contributor_is_judged() -> None:
    text = "src/** @dependabot block\n"
    result = verdict(text, change("src/x", evidence=by(COPILOT, DEPENDABOT)))
    assert decisions(result) == {"src/x": "block"}
    assert result.files[0].judgement.principal is not None
    assert result.files[0].judgement.principal.name == "@dependabot"


@pytest.mark.parametrize(
    ("who", "name", "matches"),
    [
        (COPILOT, "@copilot", True),
        (COPILOT, "@COPILOT", True),
        (COPILOT, "@copilot-swe-agent[bot]", True),
        (COPILOT, "@login:Copilot", True),
        (COPILOT, "@claude", False),
        (COPILOT, "@agents", True),
        (COPILOT, "@anyone", True),
        (COPILOT, "@bots", False),
        (COPILOT, "@humans", False),
        (DEPENDABOT, "@dependabot", True),
        (DEPENDABOT, "@dependabot[bot]", True),
        (DEPENDABOT, "@bots", True),
        (DEPENDABOT, "@agents", False),
        (UNKNOWN_BOT, "@deploy-helper", True),
        (UNKNOWN_BOT, "@deploy-helper[bot]", True),
        (UNKNOWN_BOT, "@deploy-*", True),
        (UNKNOWN_BOT, "@*", True),
        (UNKNOWN_BOT, "@agents", True),
        (Account("github-actions[bot]", 41898282, AccountType.BOT), "@agents", True),
        (ALICE, "@alice", True),
        (ALICE, "@Alice", True),
        (ALICE, "@humans", True),
        (ALICE, "@agents", False),
        (ALICE, "@ali", False),
        (Account("claude", 12, AccountType.USER), "@claude", False),
        (Account("claude", 12, AccountType.USER), "@login:claude", True),
        (Account("agents", 13, AccountType.USER), "@agents", False),
        (Account("agents", 13, AccountType.USER), "@login:agents", True),
        (Account("deploy", 14, AccountType.USER), "@deploy[bot]", False),
    ],
)
def test_who_a_principal_means(who: Account, name: str, matches: bool) -> None:
    result = verdict(f"x {name} block\n", change("x", evidence=by(who), author=who))
    assert decisions(result) == {"x": "block" if matches else "allow"}


def test_a_namespaced_agent_that_the_policy_defines() -> None:
    text = "agent smooth-operative/* login=smooth-*[bot]\nx @smooth-operative/* block\ny @smooth-operative/smooth-beta block\n"
    alpha = Account("smooth-alpha[bot]", 31, AccountType.BOT)
    result = verdict(text, change("x", "y", evidence=by(alpha), author=alpha))
    assert decisions(result) == {"x": "block", "y": "allow"}
    assert result.principals[0].name == "@smooth-operative/smooth-alpha"


def test_a_rule_on_a_team_matches_its_members() -> None:
    text = "x @acme/contractors block\n"
    subject = change("x", evidence=by(ALICE), author=ALICE)
    assert decide(policy(text), subject).needs == {MembersOf("acme", "contractors")}
    assert decisions(verdict(text, subject, facts(teams={"acme/contractors": [ALICE]}))) == {"x": "block"}
    assert decisions(verdict(text, subject, facts(teams={"acme/contractors": [BOB]}))) == {"x": "allow"}


def test_a_team_that_cannot_be_read_restricts_and_allows_nothing() -> None:
    known = facts(teams={"acme/core": Unavailable("no")})
    subject = change("x", evidence=by(ALICE), author=ALICE)
    assert decisions(verdict("x @acme/core block\n", subject, known)) == {"x": "block"}
    assert decisions(verdict("default @humans block\nx @acme/core allow\n", subject, known)) == {"x": "block"}


def test_a_bot_is_in_no_team() -> None:
    assert decide(policy("x @acme/core block\n"), change("x")).needs == frozenset()
    assert decisions(verdict("x @acme/core block\n", change("x"))) == {"x": "allow"}


def test_a_name_of_another_owner_is_no_team() -> None:
    subject = change("x", evidence=by(ALICE), author=ALICE)
    result = verdict("x @elsewhere/core block\n", subject)
    assert decisions(result) == {"x": "allow"}
    assert [d.id for d in result.diagnostics] == ["undefined-name"]


@pytest.mark.parametrize("kind", [Kind.SYMLINK, Kind.SUBMODULE])
@pytest.mark.parametrize("pattern", ["x/", "x/**", "x/*", "/x/", "a/../x".replace("a/../", "")])
def test_threat_32_a_link_or_submodule_at_a_directorys_name(kind: Kind, pattern: str) -> None:
    subject = change(file("x", Status.ADDED, kind=kind))
    assert decisions(verdict(f"{pattern} @agents block\n", subject)) == {"x": "block"}


def test_a_plain_file_is_no_directory() -> None:
    assert decisions(verdict("x/ @agents block\n", change("x"))) == {"x": "allow"}


def test_what_stands_at_a_path_is_asked_only_where_it_matters() -> None:
    text = "x/ @agents block\ny/** @agents allow\n"
    unknown = change(file("x", kind=Kind.UNKNOWN), file("z", kind=Kind.UNKNOWN))
    assert decide(policy(text), unknown).needs == {KindsOf("x")}
    answers: list[tuple[Reply, str]] = [
        (Known((Kind.FILE, Kind.FILE)), "allow"),
        (Known((Kind.FILE, Kind.SYMLINK)), "block"),
        (Known((Kind.SUBMODULE, Kind.FILE)), "block"),
        (Unavailable("no"), "block"),
    ]
    for answer, decision in answers:
        assert decisions(verdict(text, unknown, {KindsOf("x"): answer})) == {"x": decision, "z": "allow"}


def test_a_link_of_unknown_kind_is_not_let_through_by_an_exclusion() -> None:
    text = "** !x/ @agents block\n"
    unknown = change(file("x", kind=Kind.UNKNOWN))
    assert decisions(verdict(text, unknown, {KindsOf("x"): Unavailable("no")})) == {"x": "block"}


def test_built_in_rules_ask_for_one_human_approval() -> None:
    result = verdict("", change(".github/workflows/ci.yml", "src/x"))
    assert decisions(result) == {".github/workflows/ci.yml": "require_approval", "src/x": "allow"}
    assert result.approvals.required == 1
    assert result.files[0].judgement.rules[0].id.startswith("builtin:")
    assert result.files[0].judgement.rules[0].line is None


@pytest.mark.parametrize(
    ("evidence", "decision"),
    [
        (by(COPILOT), "require_approval"),
        (by(DEPENDABOT), "require_approval"),
        ([STRANGER], "require_approval"),
        (by(ALICE), "allow"),
    ],
)
def test_built_in_rules_hold_for_agents_bots_and_the_unattributed(evidence: list[Evidence], decision: str) -> None:
    author = evidence[0].account
    assert decisions(verdict("", change("AGENTS.md", evidence=evidence, author=author))) == {"AGENTS.md": decision}


def test_a_policy_can_strengthen_what_is_built_in_and_not_weaken_it() -> None:
    assert decisions(verdict("AGENTS.md @agents allow\n", change("AGENTS.md"))) == {"AGENTS.md": "require_approval"}
    assert decisions(verdict("AGENTS.md @agents block\n", change("AGENTS.md"))) == {"AGENTS.md": "block"}


def test_unprotect_takes_paths_out_for_those_it_names() -> None:
    text = "unprotect .github/workflows/ @copilot # it keeps them\n"
    result = verdict(text, change(".github/workflows/ci.yml", "AGENTS.md"))
    assert decisions(result) == {".github/workflows/ci.yml": "allow", "AGENTS.md": "require_approval"}
    assert {f.path: f.judgement.unprotected for f in result.files}[".github/workflows/ci.yml"] == ("AGENTOWNERS:1",)
    assert decisions(verdict(text, change(".github/workflows/ci.yml", evidence=by(DEPENDABOT), author=DEPENDABOT))) == {
        ".github/workflows/ci.yml": "require_approval"
    }


def test_unprotect_lifts_nothing_but_the_built_in_layer() -> None:
    text = "unprotect .github/workflows/ @copilot\n.github/** @copilot block\n"
    assert decisions(verdict(text, change(".github/workflows/ci.yml"))) == {".github/workflows/ci.yml": "block"}


def test_unprotect_for_asserted_principals_takes_an_author_who_may_write() -> None:
    text = "unprotect AGENTS.md @claude\n"
    subject = change("AGENTS.md", evidence=[*by(ALICE), CLAUDE], author=ALICE)
    assert decide(policy(text), subject).needs == {PermissionOf(ALICE)}
    assert decisions(verdict(text, subject)) == {"AGENTS.md": "allow"}
    assert decisions(verdict(text, subject, facts(alice=Permission.READ))) == {"AGENTS.md": "require_approval"}
    assert decisions(verdict(text, subject, {PermissionOf(ALICE): Unavailable("no")})) == {"AGENTS.md": "require_approval"}
    pushed = change("AGENTS.md", evidence=[CLAUDE], author=None)
    assert decisions(verdict(text, pushed)) == {"AGENTS.md": "require_approval"}


@pytest.mark.parametrize(
    ("mode", "path", "decision"),
    [
        ("read-only", "src/x", "block"),
        ("workspace-write", "src/x", "allow"),
        ("workspace-write", "AGENTS.md", "require_approval"),
        ("reviewed-egress", "src/x", "allow"),
        ("reviewed-egress", "deep/package.json", "require_approval"),
        ("approved-online", "deep/package.json", "require_approval"),
    ],
)
def test_modes(mode: str, path: str, decision: str) -> None:
    assert decisions(verdict(f"mode {mode} @agents\n", change(path))) == {path: decision}


def test_a_workspace() -> None:
    text = "mode workspace-write @agents src/ !src/core/\n"
    assert decisions(verdict(text, change("src/x", "src/core/y", "z"))) == {
        "src/x": "allow",
        "src/core/y": "require_approval",
        "z": "require_approval",
    }
    assert decisions(verdict(text, change(file("z", Status.READ)))) == {"z": "allow"}


def test_approved_exceptions() -> None:
    text = "mode approved-online @agents /package.json\n"
    assert decisions(verdict(text, change("package.json", "b/package.json"))) == {
        "package.json": "allow",
        "b/package.json": "require_approval",
    }


def test_observe_only_reports_and_enforces_nothing_of_its_layer() -> None:
    text = "mode observe-only @agents\nsrc/** @agents block\n"
    result = verdict(text, change("src/x"))
    assert result.observed_only
    assert result.decision is Decision.BLOCK
    assert result.files[0].judgement.decision is Decision.ALLOW
    layered = evaluate(policy(text, "src/** @agents require_approval\n"), change("src/x"), facts())
    assert not layered.observed_only
    assert layered.decision is Decision.REQUIRE_APPROVAL
    assert layered.files[0].judgement.observed is Decision.BLOCK


def test_observe_only_takes_a_verified_principal() -> None:
    text = "mode observe-only @claude\nx @claude block\n"
    assert not verdict(text, change("x", evidence=[*by(ALICE), CLAUDE], author=ALICE)).observed_only


def test_nobody_known_to_have_changed_files_is_an_error() -> None:
    with pytest.raises(AgentownersError, match="nothing tells who changed them"):
        decide(policy(""), change("x", evidence=[], author=None))


def test_an_empty_change_is_allowed() -> None:
    result = evaluate(policy("** @agents block\n"), change(evidence=[], author=None), NO_FACTS)
    assert (result.decision, list(result.files)) == (Decision.ALLOW, [])


def test_facts_are_asked_for_once() -> None:
    asked: list[object] = []

    def answer(need: object) -> Reply:
        asked.append(need)
        return Known(Permission.WRITE) if isinstance(need, PermissionOf) else Known((Kind.FILE, Kind.FILE))

    text = "unprotect AGENTS.md @claude\nx/ @claude block\n"
    subject = change("AGENTS.md", file("x", kind=Kind.UNKNOWN), evidence=[*by(ALICE), CLAUDE], author=ALICE)
    assert decisions(inquire(policy(text), subject, answer)) == {"AGENTS.md": "allow", "x": "allow"}
    assert sorted(map(repr, asked)) == sorted(map(repr, [PermissionOf(ALICE), KindsOf("x")]))


@pytest.mark.parametrize(
    "path", ["a\nb", "a b", "a\tb", "\u202egpj.x", "caf\u00e9", "x\udcff", "-rf", "\U0001f525", "a\x1b[31m", "*", "a\\b"]
)
def test_threat_17_any_byte_in_a_name_is_matched_like_any_other(path: str) -> None:
    result = verdict(
        "security/** @agents block\n*.pem @agents block\n", change(f"security/{path}", f"{path}/k.pem", f"{path}.pem")
    )
    assert set(decisions(result).values()) == {"block"}


def test_threat_18_a_pattern_that_backtracks_elsewhere_is_linear_here() -> None:
    text = "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b @agents block\n"
    assert decisions(verdict(text, change("a" * 3000))) == {"a" * 3000: "allow"}


def test_the_seed_policy_decides_as_its_text_says() -> None:
    text = (
        "security/** @smooth-operative/* block\n.github/secrets/** @smooth-operative/* block\n"
        "refs/heads/production @smooth-operative/* require_approval\n"
        "Cargo.toml @smooth-operative/* require_approval\npackage.json @smooth-operative/* require_approval\n"
    )

    def judged(*paths: str, ref: str = "refs/heads/main") -> dict[str, str]:
        subject: Change = change(*paths, evidence=[declared("@smooth-operative/alpha")], author=None, ref=ref)
        return decisions(verdict(text, subject))

    assert judged("security/a/b", ".github/secrets/k", "web/package.json", "Cargo.toml", "src/x") == {
        "security/a/b": "block",
        ".github/secrets/k": "block",
        "web/package.json": "require_approval",
        "Cargo.toml": "require_approval",
        "src/x": "allow",
    }
    assert judged("src/x", ref="refs/heads/production") == {"src/x": "require_approval"}


@pytest.mark.parametrize(
    ("catch_all", "allowed", "warned"),
    [
        ("@agents", "@copilot", True),
        ("@agents", "@agents", True),
        ("@anyone", "@alice", True),
        ("@agents", "@smooth-operative/alpha", True),
        ("@agents", "@dependabot", False),
        ("@bots", "@dependabot", True),
        ("@agents", "@alice", False),
        ("@agents", "@cop*", False),
        ("@agents", "@copilot @alice", False),
    ],
)
def test_a_catch_all_that_outweighs_an_allow_is_warned_of(catch_all: str, allowed: str, warned: bool) -> None:
    text = f"agent smooth-operative/* login=smooth-*[bot]\n** {catch_all} require_approval\ndocs/ {allowed} allow\n"
    found = [d for d in verdict(text, change("src/x")).diagnostics if d.id == "catch-all-outweighs-allow"]
    assert [d.span.line for d in found] == ([2] if warned else [])


def test_an_allow_that_takes_proof_is_named_where_it_is_withheld() -> None:
    text = "default @agents require_approval\ndocs/ @claude allow\nsrc/ @claude allow actions=file_delete\n"
    subject = change("docs/a.md", "src/x", "z", evidence=[*by(ALICE), CLAUDE], author=ALICE)
    asserted = verdict(text, subject, facts(alice=Permission.READ))
    assert {f.path: f.judgement.withheld for f in asserted.files} == {"docs/a.md": ("AGENTOWNERS:2",), "src/x": (), "z": ()}
    assert asserted.files[0].judgement.matched == ()
    proved = verdict(text, change("docs/a.md", evidence=[declared("@claude")], author=None))
    assert (decisions(proved), proved.files[0].judgement.withheld) == ({"docs/a.md": "allow"}, ())


def test_the_digest_tells_policies_apart_whatever_their_names() -> None:
    def digest(path: str, data: bytes) -> str:
        return evaluate(load_policy([Source(path, data)]), change("x"), facts()).digest

    assert digest("A", b"") == digest("A", b"") != digest("A", b"\n")
    assert len({digest(path, b"") for path in ("A", "B", "\udc80", "\ud800", "\u00e9")}) == 5
