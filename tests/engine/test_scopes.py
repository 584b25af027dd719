"""Who is judged on which path, and whose commits are looked into to know it."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Because, Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.engine.decide import decide
from agentowners.engine.facts import Known, Need, PathsOf, PermissionOf, Reply, Requesters, Unavailable
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.explain.explain import explain
from agentowners.policy.model import Decision, Permission
from tests.engine.build import ALICE, BOB, COPILOT, change, decisions, file, policy

AGENTS_OUT = "security/** @agents block\n"
CLAUDE = "Claude", "noreply@anthropic.com"
LANDS_FOR_LIB = FileChange(
    "security/k", Status.MODIFIED, before=Kind.FILE, after=Kind.FILE, because=Because.LANDS, stands_for="lib/k"
)


def opened(account: Account = ALICE) -> Evidence:
    return Evidence(Signal.AUTHOR, Strength.VERIFIED, account)


def wrote(sha: str, account: Account | None = None, name: str | None = None, email: str | None = None) -> Evidence:
    return Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, account, name, email, where=f"commit {sha}", commits=(sha,))


def by_claude(sha: str) -> Evidence:
    return wrote(sha, None, *CLAUDE)


class Commits:
    """Answers what is asked, and remembers it."""

    def __init__(self, paths: Mapping[str, set[str] | None]) -> None:
        self.paths = paths
        self.asked: list[Need] = []

    def __call__(self, need: Need) -> Reply:
        self.asked.append(need)
        if isinstance(need, PathsOf):
            paths = self.paths.get(need.commit)
            return Unavailable("not looked into") if paths is None else Known(frozenset(paths))
        if isinstance(need, PermissionOf):
            return Known(Permission.WRITE)
        return Known(()) if isinstance(need, Requesters) else Unavailable("not known here")

    @property
    def commits(self) -> list[str]:
        return [need.commit for need in self.asked if isinstance(need, PathsOf)]


def people_and(*more: Evidence, files: tuple[str | FileChange, ...], commits: tuple[str, ...] = ("c2", "c1")) -> Change:
    subject = change(*files, evidence=[opened(), *more], author=ALICE)
    return replace(subject, commits=commits)


def judged_on(result: Verdict) -> dict[str, list[str]]:
    return {f.path: [principal.name for principal in f.principals] for f in result.files}


def test_a_persons_security_change_beside_an_agents_docs_commit_is_two_peoples_work() -> None:
    commits = Commits({"c1": {"security/k"}, "c2": {"docs/a"}})
    subject = people_and(wrote("c1", ALICE), by_claude("c2"), files=("docs/a", "security/k"))
    result = inquire(policy(AGENTS_OUT), subject, commits)
    assert result.decision is Decision.ALLOW
    assert judged_on(result) == {"docs/a": ["@alice", "@claude"], "security/k": ["@alice"]}
    assert result.paths == (None, ("docs/a",))
    assert commits.commits == ["c2"]


def test_an_agents_own_security_commit_is_blocked_wherever_else_people_worked() -> None:
    commits = Commits({"c1": {"docs/a"}, "c2": {"security/k"}})
    subject = people_and(wrote("c1", ALICE), by_claude("c2"), files=("docs/a", "security/k"))
    assert decisions(inquire(policy(AGENTS_OUT), subject, commits)) == {"docs/a": "allow", "security/k": "block"}


@pytest.mark.parametrize("paths", [None, {"security/k", "docs/a"}])
def test_a_commit_that_is_not_looked_into_counts_for_every_path(paths: set[str] | None) -> None:
    subject = people_and(by_claude("c2"), files=("docs/a", "security/k"))
    result = inquire(policy(AGENTS_OUT), subject, Commits({"c2": paths}))
    assert decisions(result) == {"docs/a": "allow", "security/k": "block"}
    assert result.paths == (None, None if paths is None else ("docs/a", "security/k"))


def test_until_it_is_answered_a_commit_counts_for_every_path() -> None:
    subject = people_and(by_claude("c2"), files=("security/k",))
    ruling = decide(policy(AGENTS_OUT), subject)
    assert ruling.needs == {PathsOf("c2")}
    assert [judgement.decision for judgement in ruling.judgements] == [Decision.BLOCK]


def test_nobodys_commits_are_looked_into_where_no_rule_restricts_them() -> None:
    commits = Commits({})
    subject = people_and(by_claude("c2"), wrote("c1", BOB), files=("docs/a", "security/k"))
    assert inquire(policy("security/** @bots block\ndocs/ @agents allow\n"), subject, commits).decision is Decision.ALLOW
    assert commits.commits == []


def test_commits_are_looked_into_where_only_a_default_restricts() -> None:
    commits = Commits({"c2": set()})
    subject = people_and(by_claude("c2"), files=("src/a",))
    assert inquire(policy("default @agents block\n"), subject, commits).decision is Decision.ALLOW
    assert commits.commits == ["c2"]


def test_a_contributors_commits_are_not_looked_into_where_somebody_else_is_restricted_alike() -> None:
    commits = Commits({})
    subject = replace(change("security/k", evidence=[opened(COPILOT), by_claude("c2")], author=COPILOT), commits=("c2",))
    result = inquire(policy(AGENTS_OUT), subject, commits)
    assert result.blocked
    assert commits.commits == []


def test_only_the_commits_of_contributors_who_are_restricted_are_looked_into() -> None:
    commits = Commits({"c1": {"security/k"}, "c2": {"docs/a"}, "c3": {"docs/b"}})
    subject = people_and(wrote("c1", BOB), by_claude("c2"), by_claude("c3"), files=("docs/a", "security/k"))
    inquire(policy(AGENTS_OUT), replace(subject, commits=("c3", "c2", "c1")), commits)
    assert commits.commits == ["c3", "c2"]


def test_the_newest_commits_are_asked_about_first() -> None:
    shas = [f"{number:040x}" for number in (7, 3, 9, 1)]
    commits = Commits({sha: set() for sha in shas})
    subject = people_and(*(by_claude(sha) for sha in sorted(shas)), files=("security/k",))
    inquire(policy(AGENTS_OUT), replace(subject, commits=tuple(shas)), commits)
    assert commits.commits == shas


def test_both_paths_of_a_rename_are_judged_for_whoever_changed_one() -> None:
    moved = file("docs/new", Status.RENAMED, "security/old")
    result = inquire(policy(AGENTS_OUT), people_and(by_claude("c2"), files=(moved,)), Commits({"c2": {"docs/new"}}))
    assert decisions(result) == {"docs/new": "allow", "security/old": "block"}


def test_what_the_base_has_moved_is_judged_for_whoever_changed_it_where_it_was() -> None:
    subject = people_and(by_claude("c2"), files=(LANDS_FOR_LIB, "lib/k", "docs/a"))
    of_claude = inquire(policy(AGENTS_OUT), subject, Commits({"c2": {"lib/k"}}))
    assert decisions(of_claude) == {"docs/a": "allow", "lib/k": "allow", "security/k": "block"}
    (landing,) = [f for f in of_claude.files if f.because is Because.LANDS]
    assert (landing.path, landing.stands_for) == ("security/k", "lib/k")
    assert inquire(policy(AGENTS_OUT), subject, Commits({"c2": {"docs/a"}})).decision is Decision.ALLOW


def test_what_is_judged_on_its_own_path_too_need_not_stand_for_another() -> None:
    subject = people_and(by_claude("c2"), files=(LANDS_FOR_LIB, "lib/k"))
    assert inquire(policy(AGENTS_OUT), subject, Commits({"c2": {"security/k"}})).blocked


def anybodys(path: str) -> FileChange:
    return FileChange(path, Status.MODIFIED, before=Kind.FILE, after=Kind.FILE, because=Because.LANDS, everybodys=True)


def test_a_path_that_no_commit_explains_is_everybodys() -> None:
    subject = people_and(by_claude("c2"), files=(anybodys("security/k"), "docs/a"))
    result = inquire(policy(AGENTS_OUT), subject, Commits({"c1": set(), "c2": {"docs/a"}}))
    assert decisions(result) == {"docs/a": "allow", "security/k": "block"}


def test_a_path_that_somebodys_commit_explains_is_not_everybodys() -> None:
    commits = Commits({"c1": {"security/k"}, "c2": {"docs/a"}})
    subject = people_and(wrote("c1", ALICE), by_claude("c2"), files=(anybodys("security/k"), "docs/a"))
    assert inquire(policy(AGENTS_OUT), subject, commits).decision is Decision.ALLOW
    assert commits.commits == ["c2", "c1"]


def test_a_commit_that_cannot_be_looked_into_explains_nothing() -> None:
    subject = people_and(wrote("c1", ALICE), by_claude("c2"), files=(anybodys("security/k"), "docs/a"))
    assert inquire(policy(AGENTS_OUT), subject, Commits({"c1": None, "c2": {"docs/a"}})).blocked


def test_a_path_of_which_nobody_is_known_to_have_changed_it_is_judged_for_everybody() -> None:
    subject = replace(change("security/k", evidence=[by_claude("c2")], author=None), commits=("c2",))
    assert inquire(policy(AGENTS_OUT), subject, Commits({"c2": set()})).blocked


def test_where_a_link_may_stand_the_paths_of_commits_count_as_for_files() -> None:
    link = file("security", kind=Kind.SYMLINK)
    subject = people_and(by_claude("c2"), files=(link, "docs/a"))
    assert inquire(policy(AGENTS_OUT), subject, Commits({"c2": {"docs/a"}})).decision is Decision.ALLOW
    assert inquire(policy(AGENTS_OUT), subject, Commits({"c2": {"security"}})).blocked


def test_commits_are_looked_into_where_what_stands_at_a_path_cannot_be_told() -> None:
    commits = Commits({"c1": {"security"}, "c2": {"docs/a"}})
    unknown = FileChange("security", Status.ADDED, before=Kind.NOTHING, after=Kind.UNKNOWN)
    result = inquire(policy(AGENTS_OUT), people_and(wrote("c1", ALICE), by_claude("c2"), files=("docs/a", unknown)), commits)
    assert judged_on(result) == {"docs/a": ["@alice", "@claude"], "security": ["@alice"]}
    assert result.decision is Decision.ALLOW


def test_a_path_that_is_listed_too_is_listed() -> None:
    lands = FileChange("a", Status.MODIFIED, before=Kind.FILE, after=Kind.FILE, because=Because.LANDS, stands_for="b")
    result = inquire(policy(""), people_and(files=("a", lands, "b")), Commits({}))
    assert [(f.path, f.because) for f in result.files] == [("a", Because.LISTED), ("b", Because.LISTED)]


def test_an_explanation_hears_only_who_is_judged_on_the_path() -> None:
    for paths, decision in (({"docs/a"}, Decision.ALLOW), ({"security/k"}, Decision.BLOCK)):
        subject = people_and(by_claude("c2"), files=("security/k",))
        explained = explain(policy(AGENTS_OUT), subject, Commits({"c2": set(paths)}))
        assert (explained.decision, explained.layers[0].decision) == (decision, decision)


def test_where_many_people_made_many_commits_the_work_grows_with_what_was_sent() -> None:
    def spend(people: int) -> float:
        commits = [f"{number:040x}" for number in range(100)]
        files = [f"src/{number}/x" for number in range(1000)]
        makers = [wrote(commits[n % 100], Account(f"bot{n}[bot]", 5000 + n, AccountType.BOT)) for n in range(people)]
        subject = people_and(*makers, files=tuple(files), commits=tuple(commits))
        answers = Commits({commit: set(files[place::7]) for place, commit in enumerate(commits)})
        text = policy("src/1*/ @agents block\nsrc/2*/ @bot7 require_approval\n")
        start = time.process_time()
        result = inquire(text, subject, answers)
        assert len(result.files) == 1000
        return time.process_time() - start

    spend(10)
    fewer, more = min(spend(400) for _ in range(3)), min(spend(1600) for _ in range(3))
    assert more < 6 * fewer + 0.5
