"""``check --base``: ranges of a real repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.run import Runner
from tests.git.repo import Gone, Link, Repo, Submodule

CLAUDE = ("Claude", "noreply@anthropic.com")
PERSON = ("Pat", "pat@example.com")


def topic(repo: Repo, files: dict[str, object], author: tuple[str, str] = CLAUDE, **more: str) -> str:
    return repo.commit(files, branch="topic", parents=[repo.resolve("main")], author=author, **more)  # type: ignore[arg-type]  # test data


def test_an_agents_commit_is_judged_by_the_evidence_in_it(repo: Repo, run: Runner) -> None:
    head = topic(repo, {"security/key.py": "y\n", "README.md": "hi\n"})
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    verdict = ran.json
    assert (ran.code, ran.err) == (3, "")
    assert (verdict["decision"], verdict["ref"], verdict["head_sha"]) == ("block", "refs/heads/main", head)
    assert [(file["path"], file["decision"]) for file in verdict["files"]] == [
        ("README.md", "allow"),
        ("security/key.py", "block"),
    ]
    (principal,) = verdict["principals"]
    assert (principal["name"], principal["strength"]) == ("@claude", "asserted")
    assert verdict["policy"]["sources"][0]["ref"] == "refs/heads/main"


def test_each_decision_has_its_exit_code(repo: Repo, run: Runner) -> None:
    for files, code in (
        ({"README.md": "x"}, 0),
        ({"package.json": "x"}, 4),
        ({"security/x": "x"}, 3),
        ({"security/x": "x", "package.json": "x"}, 3),
    ):
        topic(repo, dict(files))
        assert run("check", "--base", "main", "--head", "topic").code == code


def test_head_is_what_is_checked_out(repo: Repo, run: Runner) -> None:
    topic(repo, {"security/x": "x"})
    assert run("check", "--base", "main").code == 0
    repo.checkout("topic")
    assert run("check", "--base", "main").code == 3


def test_an_empty_change_is_allowed(repo: Repo, run: Runner) -> None:
    ran = run("check", "--base", "main", "--head", "main", "--format", "json")
    assert (ran.code, ran.json["decision"], ran.json["files"]) == (0, "allow", [])


def test_an_address_that_nobody_was_asked_about_is_not_known_here(repo: Repo, run: Runner) -> None:
    """It is an unnamed person's, also in files that ask for more of what belongs to no account."""
    policy = "security/**  @unattributed  block\ninfra/**  @humans  require_approval\n"
    repo.commit({".github/AGENTOWNERS": policy}, author=PERSON)
    topic(repo, {"security/x": "x", ".github/workflows/a.yml": "x"}, PERSON)
    ran = run("check", "--base", "main", "--head", "topic")
    assert ran.code == 0
    assert "pat@example.com, not known here; the gate asks GitHub" in ran.out
    assert "unattributed" not in ran.out
    assert "linked to no account" not in ran.out
    (principal,) = run("check", "--base", "main", "--head", "topic", "--format", "json").json["principals"]
    assert (principal["name"], principal["group"], principal["strength"]) == ("@humans", "humans", "asserted")
    topic(repo, {"infra/x": "x"}, PERSON)
    assert run("check", "--base", "main", "--head", "topic").code == 4


@pytest.mark.parametrize("address", ["583231+octocat@users.noreply.github.com", "octocat@users.noreply.github.com"])
def test_a_noreply_address_is_its_accounts_and_nobody_elses(repo: Repo, run: Runner, address: str) -> None:
    topic(repo, {".github/workflows/a.yml": "x"}, ("Octo", address))
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, [principal["name"] for principal in ran.json["principals"]]) == (0, ["@octocat"])


def test_author_and_committer_of_one_address_are_said_once(repo: Repo, run: Runner) -> None:
    commit = topic(repo, {"a": "x"}, ("Octo", "583231+octocat@users.noreply.github.com"))
    ran = run("check", "--base", "main", "--head", commit)
    assert f"commit {commit[:7]} author and committer e-mail 583231+octocat@users.noreply.github.com\n" in ran.out
    assert ran.out.count("583231+octocat") == 1


def test_a_bot_that_nobody_knows_comes_with_the_line_that_makes_it_automation(repo: Repo, run: Runner) -> None:
    line = "`agent shop-sync login=shop-sync[bot] group=bots`"
    commit = topic(repo, {"security/key.py": "x"}, ("Sync", "12345+shop-sync[bot]@users.noreply.github.com"))
    assert line in run("check", "--base", "main", "--head", commit).out
    repo.checkout("main")
    assert line in run("explain", "security/key.py", "--as", "@shop-sync[bot]").out
    assert "known by this name" not in run("explain", "security/key.py", "--as", "@copilot").out


def test_a_commit_without_any_address_is_unattributed(repo: Repo, run: Runner) -> None:
    """No server knows more of it."""
    topic(repo, {".github/workflows/a.yml": "x"}, ("Pat", ""))
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, [principal["name"] for principal in ran.json["principals"]]) == (4, ["@unattributed"])


def test_a_persons_commit_is_not_an_agents(repo: Repo, run: Runner) -> None:
    topic(repo, {"security/x": "x"}, ("Octo", "1+octocat@users.noreply.github.com"))
    assert run("check", "--base", "main", "--head", "topic").code == 0


def test_a_trailer_is_enough_to_restrict(repo: Repo, run: Runner) -> None:
    topic(repo, {"security/x": "x"}, PERSON, message="work\n\nCo-authored-by: Claude <noreply@anthropic.com>\n")
    assert run("check", "--base", "main", "--head", "topic").code == 3


def test_a_contributor_behind_a_merge_counts(repo: Repo, run: Runner) -> None:
    main = repo.resolve("main")
    side = repo.commit({"security/x": "x"}, branch="side", parents=[main], author=CLAUDE)
    repo.commit({"security/x": "x"}, branch="topic", parents=[main, side], author=PERSON)
    assert run("check", "--base", "main", "--head", "topic").code == 3


def test_the_policy_is_the_bases_and_not_the_heads_or_the_work_trees(repo: Repo, run: Runner) -> None:
    topic(repo, {".github/AGENTOWNERS": "# nothing\n", "security/x": "x"})
    repo.checkout("topic")
    (repo.path / ".github/AGENTOWNERS").write_text("# nothing at all\n")
    ran = run("check", "--base", "main", "--format", "json")
    decisions = {file["path"]: file["decision"] for file in ran.json["files"]}
    assert (ran.code, decisions) == (3, {".github/AGENTOWNERS": "require_approval", "security/x": "block"})


def test_a_base_without_a_policy_is_judged_by_the_default_branchs(repo: Repo, run: Runner) -> None:
    old = repo.commit({"a": "1"}, branch="old", parents=[])
    repo.commit({"security/x": "x"}, branch="work", parents=[old], author=CLAUDE)
    ran = run("check", "--base", "old", "--head", "work", "--format", "json")
    assert (ran.code, ran.json["ref"], ran.json["policy"]["sources"][0]["ref"]) == (3, "refs/heads/old", "refs/heads/main")


def test_no_policy_anywhere(repo: Repo, run: Runner) -> None:
    repo.commit({".github/AGENTOWNERS": Gone()})
    base = repo.resolve("main")
    repo.commit({"x": "x"}, branch="topic", parents=[base], author=CLAUDE)
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, ran.json["conclusion"]) == (0, "neutral")
    repo.commit({".github/workflows/x.yml": "x"}, branch="topic", author=CLAUDE)
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, ran.json["files"][0]["matched"]) == (4, ["builtin:workflows"])


def test_every_policy_file_is_a_layer(repo: Repo, run: Runner) -> None:
    repo.commit({".agentowners.yml": 'rules: [{patterns: ["README.md"], decision: block}]\n'})
    topic(repo, {"README.md": "x"})
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert ran.code == 3
    assert [source["path"] for source in ran.json["policy"]["sources"]] == [".github/AGENTOWNERS", ".agentowners.yml"]


@pytest.mark.parametrize(
    ("base", "ref"), [("main", "refs/heads/main"), ("main~0", "refs/heads/main"), ("release", "refs/heads/release")]
)
def test_the_ref_is_the_base_branch_or_the_default(repo: Repo, run: Runner, base: str, ref: str) -> None:
    repo.git("branch", "release", "main")
    assert run("check", "--base", base, "--head", "main", "--format", "json").json["ref"] == ref


def test_the_default_branch_is_what_origin_says(repo: Repo, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.git("branch", "-m", "main", "trunk")
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert run("check", "--base", "HEAD~0", "--format", "json").json["ref"] == "refs/heads/trunk"
    assert run("check", "--base", "origin/trunk", "--format", "json").json["ref"] == "refs/heads/trunk"


def test_a_ref_that_is_given_stands(repo: Repo, run: Runner) -> None:
    repo.commit({"AGENTOWNERS": "refs/heads/production @agents block\n"})
    topic(repo, {"x": "x"})
    assert run("check", "--base", "main", "--head", "topic").code == 0
    assert run("check", "--base", "main", "--head", "topic", "--ref", "refs/heads/production").code == 3


def test_who_is_named_stands_instead_of_the_commits_evidence(repo: Repo, run: Runner) -> None:
    topic(repo, {"security/x": "x"})
    ran = run("check", "--base", "main", "--head", "topic", "--as", "@octocat", "--format", "json")
    assert (ran.code, [p["name"] for p in ran.json["principals"]]) == (0, ["@octocat"])
    ran = run("check", "--base", "main", "--head", "topic", "--as", "octocat", "--as", "@copilot", "--format", "json")
    assert (ran.code, [p["strength"] for p in ran.json["principals"]]) == (3, ["verified", "verified"])


def test_a_rename_out_of_a_protected_place_is_judged_at_both_ends(repo: Repo, run: Runner) -> None:
    topic(repo, {"security/key.py": Gone(), "open/key.py": "x\n"})
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert ran.code == 3
    assert {file["path"]: set(file["actions"]) for file in ran.json["files"]} == {
        "open/key.py": {"file_create", "file_rename"},
        "security/key.py": {"file_delete", "file_rename"},
    }


@pytest.mark.parametrize("thing", [Link("/etc"), Submodule()])
def test_a_link_or_submodule_at_a_directorys_name(repo: Repo, run: Runner, thing: object) -> None:
    topic(repo, {"security/key.py": Gone(), "security": thing})
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert {file["path"]: file["decision"] for file in ran.json["files"]}["security"] == "block"


def test_names_with_any_bytes(repo: Repo, run: Runner) -> None:
    name = b"security/\xff\n\x1b[31m".decode("utf-8", "surrogateescape")
    topic(repo, {name: "x"})
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert [file["path"] for file in ran.json["files"]] == [name]
    text = run("check", "--base", "main", "--head", "topic")
    assert (text.code, "\x1b" in text.out) == (3, False)
    assert r"security/\xff\n\x1b[31m" in text.out


def test_annotations_stand_on_the_first_changed_line(repo: Repo, run: Runner) -> None:
    repo.commit({"security/long": "".join(f"{n}\n" for n in range(20))})
    topic(repo, {"security/long": "".join(f"{n}\n" for n in range(20) if n != 9) + "x\n"})
    ran = run("check", "--base", "main", "--head", "topic", "--format", "github")
    assert "file=security/long,line=9," in ran.out
    sarif = run("check", "--base", "main", "--head", "topic", "--format", "sarif").json
    region = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == 9


def test_an_invalid_policy_has_its_own_exit_code_and_all_its_errors(repo: Repo, run: Runner) -> None:
    repo.commit({".github/AGENTOWNERS": "a @x blok\nb block\n", ".agentowners.yml": "rules: [{patterns: [x], decision: no}]\n"})
    for form in ("text", "json", "sarif", "github", "markdown"):
        ran = run("check", "--base", "main", "--head", "main", "--format", form)
        assert (ran.code, ran.err) == (5, "")
        assert ran.out.count("blok") >= 1
        if form == "json":
            places = [(d["path"], d["line"]) for d in ran.json["diagnostics"] if d["severity"] == "error"]
            assert places == [(".github/AGENTOWNERS", 1), (".github/AGENTOWNERS", 2), (".agentowners.yml", 1)]
            assert (ran.json["decision"], ran.json["conclusion"]) == ("", "failure")


def test_a_policy_file_is_read_from_disk_as_it_is_named(repo: Repo, run: Runner) -> None:
    topic(repo, {"README.md": "x", "my/policy": "x"})
    repo.checkout("main")
    (repo.path / "my").mkdir()
    (repo.path / "my/policy").write_text("README.md @agents block\n")
    ran = run("check", "--base", "main", "--head", "topic", "--policy-file", "my/policy", "--format", "json")
    assert ran.code == 3
    assert [(s["path"], s["ref"]) for s in ran.json["policy"]["sources"]] == [("my/policy", None)]
    found = {file["path"]: file for file in ran.json["files"]}
    assert found["README.md"]["matched"] == ["my/policy:1"]
    assert found["my/policy"]["matched"] == ["builtin:policy"]


def test_a_policy_file_is_protected_wherever_it_is_named_from(repo: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    topic(repo, {"my/policy": "x"})
    (repo.path / "my").mkdir()
    (repo.path / "my/policy").write_text("# nothing\n")
    monkeypatch.chdir(repo.path / "my")
    for name in ("policy", str(repo.path / "my/policy")):
        ran = run("check", "--base", "main", "--head", "topic", "--policy-file", name, "--format", "json")
        assert [file["matched"] for file in ran.json["files"]] == [["builtin:policy"]]


def test_a_policy_file_that_is_missing_is_an_error(repo: Repo, run: Runner) -> None:
    ran = run("check", "--base", "main", "--policy-file", "none", "--format", "json")
    assert (ran.code, ran.json["conclusion"]) == (1, "failure")
    assert ran.err == "agentowners: the policy file `none` cannot be read: no such file or directory\n"


def test_a_repository_with_an_origin_has_a_name(repo: Repo, run: Runner) -> None:
    assert run("check", "--base", "main", "--format", "json").json["repository"] is None
    repo.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    assert run("check", "--base", "main", "--format", "json").json["repository"] == "acme/shop"


def test_a_shallow_clone_says_what_to_do(repo: Repo, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    topic(repo, {"security/x": "x"})
    repo.commit({"security/x": "y"}, branch="topic", author=PERSON)
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", "--no-single-branch", repo.path.as_uri(), str(clone)], check=True, capture_output=True
    )
    monkeypatch.chdir(clone)
    ran = run("check", "--base", "origin/main", "--head", "origin/topic")
    assert (ran.code, ran.out) == (1, "")
    assert "fetch-depth: 0" in ran.err


def test_unrelated_histories_are_an_error(repo: Repo, run: Runner) -> None:
    repo.commit({"security/x": "x"}, branch="other", parents=[], author=CLAUDE)
    ran = run("check", "--base", "main", "--head", "other", "--format", "json")
    assert (ran.code, ran.json["conclusion"]) == (1, "failure")
    assert "no common ancestor" in ran.err


@pytest.mark.parametrize("name", ["nope", "--version", "a..b", "\x1b[31mx"])
def test_a_revision_that_is_none(repo: Repo, run: Runner, name: str) -> None:
    ran = run("check", f"--base={name}")
    assert ran.code == 1
    assert ran.err.startswith("agentowners: ")
    assert ran.err.count("\n") == 2
    assert "\x1b" not in ran.err


def test_outside_a_repository(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    ran = run("check", "--base", "main")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "agentowners: this is not a git repository")


def test_a_layer_that_only_observes_passes(repo: Repo, run: Runner) -> None:
    repo.commit({".github/AGENTOWNERS": "mode observe-only @agents\nsecurity/** @agents block\n"})
    topic(repo, {"security/x": "x"})
    ran = run("check", "--base", "main", "--head", "topic", "--as", "@claude", "--format", "json")
    assert (ran.code, ran.json["conclusion"], ran.json["title"]) == (0, "neutral", "Would be: Blocked: 1 file")


def test_patterns_that_do_not_fit_into_memory_are_a_failure(repo: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from agentowners.engine import matcher

    topic(repo, {"x": "x"})
    matcher._compiled.cache_clear()
    monkeypatch.setattr(matcher, "_MEMORY", 1)
    monkeypatch.setattr(matcher, "_MEMORY_PER_PATTERN", 1)
    for form in ("text", "json", "github", "markdown", "sarif"):
        ran = run("check", "--base", "main", "--head", "topic", "--format", form)
        assert (ran.code, ran.err.startswith("agentowners: ")) == (1, True)
        assert (ran.out == "") is (form == "text")
    matcher._compiled.cache_clear()


def test_a_pushed_tag_does_not_become_the_base(repo: Repo, run: Runner) -> None:
    """Compared with a tag at its own head, every change is empty."""
    head = topic(repo, {"security/key.py": "y\n"}, CLAUDE)
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    assert run("check", "--base", "origin/main", "--head", head).code == 3
    repo.git("tag", "origin/main", head)
    refused = run("check", "--base", "origin/main", "--head", head)
    assert (refused.code, "may mean `refs/tags/origin/main`" in refused.err) == (1, True)
    assert run("check", "--base", "refs/remotes/origin/main", "--head", head).code == 3


OCTOCAT = ("Octo", "1+octocat@users.noreply.github.com")
LONG = "line\n" * 30


def test_a_persons_security_change_beside_an_agents_docs_commit_is_allowed(repo: Repo, run: Runner) -> None:
    topic(repo, {"security/x": "x"}, OCTOCAT)
    docs = repo.commit({"README.md": "typo\n"}, branch="topic", author=CLAUDE)
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    claude = next(principal for principal in ran.json["principals"] if principal["name"] == "@claude")
    assert (ran.code, claude["scope"], claude["commits"], claude["paths"]) == (0, "paths", [docs], ["README.md"])
    judged = {file["path"]: file["principals"] for file in ran.json["files"]}
    assert judged["README.md"] == ["@claude"]
    assert "@octocat" in judged["security/x"]
    assert "@claude" not in judged["security/x"]
    repo.commit({"security/x": "y"}, branch="topic", author=CLAUDE)
    assert run("check", "--base", "main", "--head", "topic").code == 3


def test_an_agents_file_that_a_clean_merge_has_moved_under_protection_is_judged_as_the_agents(repo: Repo, run: Runner) -> None:
    repo.commit({"lib/auth.py": LONG})
    topic(repo, {"lib/auth.py": LONG + "backdoor\n"})
    repo.commit({"README.md": "more\n"}, branch="topic", author=OCTOCAT)
    repo.commit({"lib/auth.py": Gone(), "security/auth.py": LONG}, author=PERSON)
    merged: dict[str | bytes, str | Gone] = {"lib/auth.py": Gone(), "security/auth.py": LONG + "backdoor\n"}
    repo.commit(merged, branch="topic", parents=[repo.resolve("topic"), repo.resolve("main")], author=OCTOCAT)
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, {file["path"]: file["decision"] for file in ran.json["files"]}["security/auth.py"]) == (3, "block")


def test_an_edit_where_the_base_has_moved_a_file_under_protection_is_blocked_where_it_lands(repo: Repo, run: Runner) -> None:
    repo.commit({"lib/auth.py": LONG})
    topic(repo, {"lib/auth.py": LONG + "backdoor\n"})
    repo.commit({"lib/auth.py": Gone(), "security/auth.py": LONG}, author=PERSON)
    ran = run("check", "--base", "main", "--head", "topic")
    assert ran.code == 3
    assert "merging writes this file too, because the base branch has moved it here from lib/auth.py" in ran.out
    entry = run("check", "--base", "main", "--head", "topic", "--format", "json").json["files"][1]
    assert (entry["path"], entry["because"], entry["stands_for"]) == ("security/auth.py", "lands", "lib/auth.py")
    assert (
        "because the base branch has moved it here from `lib/auth.py`"
        in run("check", "--base", "main", "--head", "topic", "--format", "markdown").out
    )


def test_commits_that_undo_each_other_are_judged_where_a_rebase_would_take_the_base_back(repo: Repo, run: Runner) -> None:
    topic(repo, {"security/key.py": "fixed\n"})
    repo.commit({"security/key.py": "x\n", "README.md": "typo\n"}, branch="topic", author=CLAUDE)
    assert run("check", "--base", "main", "--head", "topic").code == 0
    repo.commit({"security/key.py": "fixed\n"}, author=PERSON)
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, {f["path"]: f["because"] for f in ran.json["files"]}["security/key.py"]) == (3, "replayed")


def test_a_merge_that_takes_a_fix_back_is_blocked_though_it_lists_nothing(repo: Repo, run: Runner) -> None:
    m0 = repo.resolve("main")
    m1 = repo.commit({"security/key.py": "fixed\n"}, author=PERSON)
    p1 = repo.commit({"README.md": "new\n"}, branch="older", parents=[m0], author=PERSON)
    repo.commit({"README.md": "new\n"}, parents=[m1, p1], author=PERSON)
    repo.commit({"security/key.py": "x\n"}, branch="topic", parents=[p1, m1], author=CLAUDE)
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, [file["path"] for file in ran.json["files"]]) == (3, ["security/key.py"])


def conflict(repo: Repo, files: dict[str, object]) -> None:
    topic(repo, {"README.md": "theirs\n", **files})
    repo.commit({"README.md": "ours\n"}, author=PERSON)


@pytest.mark.parametrize(
    ("files", "options", "code", "title"),
    [
        ({}, [], 7, "Conflicts with main"),
        ({"security/x": "x"}, [], 3, "Blocked: 1 file"),
        ({"package.json": "[]"}, [], 4, "Waiting for approval (0 of 2)"),
        ({"package.json": "[]"}, ["--fail-on", "block"], 7, "Waiting for approval (0 of 2)"),
    ],
)
def test_a_conflict_never_passes(
    repo: Repo, run: Runner, files: dict[str, object], options: list[str], code: int, title: str
) -> None:
    conflict(repo, files)
    ran = run("check", "--base", "main", "--head", "topic", *options, "--format", "json")
    assert (ran.code, ran.json["title"], ran.json["conflict"]) == (code, title, True)
    said = run("check", "--base", "main", "--head", "topic", *options).out
    assert "It conflicts with main" in said
    assert "resolve the conflict" in said


def test_a_conflict_never_passes_where_the_policy_only_observes(repo: Repo, run: Runner) -> None:
    repo.commit({".github/AGENTOWNERS": "security/** @agents block\nmode observe-only @agents\n"})
    conflict(repo, {})
    assert run("check", "--base", "main", "--head", "topic").code == 7


def test_a_conflict_never_passes_where_there_is_no_policy(repo: Repo, run: Runner) -> None:
    repo.commit({".github/AGENTOWNERS": Gone()})
    conflict(repo, {})
    ran = run("check", "--base", "main", "--head", "topic", "--format", "json")
    assert (ran.code, ran.json["conclusion"], ran.json["title"]) == (7, "action_required", "Conflicts with main")


def test_a_range_is_judged_as_a_writers_and_says_so(repo: Repo, run: Runner) -> None:
    repo.commit({"AGENTOWNERS": "default @agents block\ndocs/** @agents allow\n"})
    topic(repo, {"docs/x": "x"}, PERSON, message="work\n\nCo-authored-by: Claude <noreply@anthropic.com>\n")
    ran = run("check", "--base", "main", "--head", "topic")
    assert (ran.code, "as of somebody who may write" in ran.out) == (0, True)
    principals = run("check", "--base", "main", "--head", "topic", "--format", "json").json["principals"]
    assert {principal["name"]: principal["vouched"] for principal in principals}["@claude"] is True
