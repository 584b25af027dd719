"""What merging makes, by git's own word, and when GitHub makes its test merges."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from tests.github_server import gitmerge
from tests.github_server.gitstore import Files, Rename, Signature
from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client

LINES = "".join(f"{number}\n" for number in range(30))


def text(repo: Repository, name: str, commit: str) -> str | None:
    entry = repo.store.lookup(commit, name.encode())
    return repo.store.read(entry.sha)[1].decode() if entry else None


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_an_edit_lands_where_the_base_has_moved_the_file(repo: Repository, method: str) -> None:
    start = repo.commit("main", {"lib/auth.py": LINES})
    repo.branch("topic", start)
    repo.commit("topic", {"lib/auth.py": LINES + "more\n"})
    pull = repo.open_pull("topic")
    repo.commit("main", {"security/auth.py": Rename("lib/auth.py")})
    repo.merge(pull, "ann", method=method)
    assert text(repo, "security/auth.py", repo.tip("main")) == LINES + "more\n"
    assert text(repo, "lib/auth.py", repo.tip("main")) is None


def criss_cross(repo: Repository) -> tuple[str, str, Pull]:
    """A person's fix on `main`, a branch cut before it and merged after it, and a merge of the two that leaves the fix out."""
    first = repo.commit("main", {"keys": "1\n"})
    fixed = repo.commit("main", {"keys": "fixed\n"})
    repo.branch("early", first)
    early = repo.commit("early", {"docs": "d\n"})
    repo.merge(repo.open_pull("early"))
    store, who = repo.store, Signature("x", "x@example.com", 1)
    head = store.commit_tree(store.read_commit(early).tree, "merge", who, who, (early, fixed))
    repo.branch("topic", head)
    return fixed, early, repo.open_pull("topic", author="Copilot")


def test_several_merge_bases_show_one_and_merge_by_all(client: Client, repo: Repository) -> None:
    fixed, early, pull = criss_cross(repo)
    bases = repo.store.git("merge-base", "--all", "main", pull.head_sha).decode().split()
    assert set(bases) == {fixed, early}
    compared = client.get(f"compare/main...{pull.head_sha}")
    assert compared["merge_base_commit"]["sha"] == bases[0]
    shown = repo.store.git("diff", "--name-only", bases[0], pull.head_sha).decode().split()
    assert [file["filename"] for file in compared["files"]] == shown
    assert [file["filename"] for file in client.get(f"pulls/{pull.number}/files")] == shown
    tree = repo.store.git("merge-tree", "--write-tree", "main", pull.head_sha).decode().strip()
    assert repo.store.read_commit(repo.merge(pull)).tree == tree
    assert text(repo, "keys", repo.tip("main")) == "1\n"


def test_the_list_of_commits_has_what_was_merged_in(client: Client, repo: Repository) -> None:
    side = repo.commit("side", {"side": "1\n"})
    one = repo.commit("topic", {"one": "1\n"})
    merged = repo.commit("topic", {"side": "1\n"}, parents=[one, side])
    behind = repo.commit("main", {"later": "1\n"})
    pull = repo.open_pull("topic")
    commits = client.get(f"pulls/{pull.number}/commits")
    assert {it["sha"] for it in commits} == {side, one, merged}
    assert behind not in {it["sha"] for it in commits}
    assert [it["sha"] for it in commits[-1]["parents"]] == [one, side]


def test_a_rebase_drops_what_the_base_has_and_lands_what_takes_it_back(repo: Repository) -> None:
    first = repo.commit("main", {"keys": "1\n", "docs": "d\n"})
    repo.commit("main", {"keys": "fixed\n"}, message="fix")
    repo.branch("topic", first)
    repo.commit("topic", {"keys": "fixed\n"}, author="Copilot", message="same")
    repo.commit("topic", {"keys": "1\n", "docs": "typo\n"}, author="Copilot", message="back")
    pull = repo.open_pull("topic", author="Copilot")
    base = repo.tip("main")
    assert [file.path for file in repo.files_of(pull)] == [b"docs"]
    landed = repo.store.read_commit(repo.merge(pull, "ann", method="rebase"))
    assert (landed.parents, landed.message, landed.author.name, landed.committer.name) == ((base,), "back", "Copilot", "ann")
    assert (text(repo, "keys", landed.sha), text(repo, "docs", landed.sha)) == ("1\n", "typo\n")
    assert repo.server.verification.get(landed.sha) is None


def test_github_refuses_such_a_rebase_where_it_keeps_to_its_documentation(client: Client, repo: Repository) -> None:
    repo.settings.refuse_unsafe_rebases = True
    asked = {"merge_method": "rebase"}
    first = repo.commit("main", {"keys": "1\n"})
    repo.commit("main", {"keys": "fixed\n"})
    repo.branch("topic", first)
    repo.commit("topic", {"keys": "fixed\n"})
    repo.commit("topic", {"keys": "1\n", "docs": "typo\n"})
    pull = repo.open_pull("topic")
    assert client("PUT", f"pulls/{pull.number}/merge", asked).status_code == 405
    repo.settings.allow_rebase_merge = repo.settings.refuse_unsafe_rebases = False
    assert client("PUT", f"pulls/{pull.number}/merge", asked).status_code == 405
    repo.settings.allow_rebase_merge = True
    assert client("PUT", f"pulls/{pull.number}/merge", asked).status_code == 200


@pytest.mark.parametrize("seed", range(12))
def test_a_rebase_is_what_git_rebase_makes(repo: Repository, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    start = repo.commit("main", {"a": LINES, "b": LINES, "c/d": "1\n"})
    repo.branch("topic", start)
    for branch in ["topic", "main", "topic", "topic", "main", "topic"]:
        repo.commit(branch, random_change(chance, repo, branch), message=f"on {branch}\n\nwhy\n")
    if seed % 3 == 0:
        repo.commit("topic", {}, message="empty")
    base, head = repo.tip("main"), repo.tip("topic")
    who = Signature("c", "c@example.com", 1)
    made = gitmerge.rebase(repo.store, gitmerge.to_rebase(repo.store, head, base), base, who)
    environment = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    environment |= {"GIT_COMMITTER_NAME": "c", "GIT_COMMITTER_EMAIL": "c@example.com", "GIT_COMMITTER_DATE": "@1 +0000"}
    clone = str(tmp_path / "clone")
    subprocess.run(["git", "clone", "-q", "-s", "-b", "topic", str(repo.store.path), clone], env=environment, check=True)
    done = subprocess.run(
        ["git", "rebase", "--force-rebase", "origin/main"], cwd=clone, env=environment, capture_output=True, check=False
    )
    assert (made is not None) == (done.returncode == 0), done.stderr
    if made is not None:
        by_git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, env=environment, capture_output=True, check=True).stdout
        assert made == by_git.decode().strip()


def random_change(chance: random.Random, repo: Repository, branch: str) -> Files:
    name, tip = chance.choice(["a", "b"]), repo.tip(branch)
    now = text(repo, name, tip)
    if now is None or chance.random() < 0.2:
        return {"c/d": chance.choice(["1\n", "2\n", "3\n"]), "e": chance.choice(["1\n", "2\n"])}
    if chance.random() < 0.2:
        return {f"moved/{name}{chance.randint(1, 2)}": Rename(name)}
    lines = now.splitlines(keepends=True)
    lines[chance.choice([0, 10, 20])] = f"{chance.randint(1, 2)} changed\n"
    return {name: "".join(lines)}


def test_a_squash_is_the_authors_and_credits_the_others(repo: Repository, github: GitHubServer) -> None:
    repo.commit("topic", {"a": "1"}, author="Copilot", message="one\n\nCo-authored-by: Ann <ann@example.com>")
    repo.commit("topic", {"b": "1"}, author="bob", message="two")
    landed = repo.store.read_commit(repo.merge(repo.open_pull("topic", author="Copilot", title="Both"), "carl", method="squash"))
    assert (landed.author.name, landed.committer.email) == ("Copilot", "noreply@github.com")
    assert landed.message.startswith("Both (#1)\n\n* one\n\n* two\n\n---------\n\nCo-authored-by: Ann <ann@example.com>\n")
    assert f"Co-authored-by: bob <{github.account('bob').email}>" in landed.message
    assert "carl" not in landed.message


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_group_is_built_by_its_method(client: Client, repo: Repository, pull: Pull, github: GitHubServer, method: str) -> None:
    repo.commit("topic", {"x": "1"}, message="one")
    repo.commit("topic", {"y": "1"}, message="two")
    second = repo.open_pull("topic")
    base = repo.tip("main")
    group = github.queue(repo, [pull, second], method=method)
    made = repo.store.read_commit(group.head_sha)
    assert (made.committer.name, made.author.name) == ("GitHub", {"merge": "GitHub"}.get(method, "octocat"))
    commits = repo.store.commits(group.head_sha, [base])
    assert len(commits) == {"merge": 5, "squash": 2, "rebase": 3}[method]
    assert (pull.head_sha in commits) is (method == "merge")
    github.land(group)
    assert [client.get(f"pulls/{number}")["merge_commit_sha"] for number in (1, 2)] == [group.merges[1], group.merges[2]]
    assert (group.merges[2], text(repo, "y", repo.tip("main"))) == (repo.tip("main"), "1")
    assert client.get("activity", ref="refs/heads/main")[0]["activity_type"] == "merge_queue_merge"


# --- test merges ---


def parents(repo: Repository, sha: str) -> tuple[str, ...]:
    return repo.store.read_commit(sha).parents


def test_a_push_to_the_base_makes_no_test_merge(client: Client, repo: Repository, pull: Pull) -> None:
    before = repo.tip("main")
    first = client.get("pulls/1")["merge_commit_sha"]
    assert parents(repo, first) == (before, pull.head_sha)
    repo.commit("main", {"later": "1\n"})
    assert client.get("pulls/1")["merge_commit_sha"] == first
    assert client.get("git/ref/pull/1/merge")["object"]["sha"] == first
    repo.commit("copilot/fix", {"more": "1\n"})
    assert parents(repo, client.get("git/ref/pull/1/merge")["object"]["sha"]) == (repo.tip("main"), pull.head_sha)


def test_nobody_asking_changes_nothing_about_it(client: Client, repo: Repository, pull: Pull) -> None:
    before = repo.tip("main")
    repo.commit("main", {"later": "1\n"})
    assert parents(repo, client.get("pulls/1")["merge_commit_sha"]) == (before, pull.head_sha)


def test_a_new_merge_base_makes_one(client: Client, repo: Repository, pull: Pull) -> None:
    first = client.get("pulls/1")["merge_commit_sha"]
    one = repo.commit("copilot/fix", {"more": "1\n"})
    repo.commit("copilot/fix", {"rest": "1\n"})
    client.get("pulls/1")
    repo.branch("part", one)
    merged = repo.merge(repo.open_pull("part"))
    repo.commit("main", {"later": "1\n"})
    shown = client.get("pulls/1")["merge_commit_sha"]
    assert shown != first
    assert parents(repo, shown) == (merged, pull.head_sha)


def test_after_twelve_hours_it_is_made_again(client: Client, repo: Repository, pull: Pull, github: GitHubServer) -> None:
    first = client.get("pulls/1")["merge_commit_sha"]
    tip = repo.commit("main", {"later": "1\n"})
    repo.age_test_merge(pull)
    second = client.get("pulls/1")["merge_commit_sha"]
    assert (second != first, parents(repo, second)[0]) == (True, tip)
    newest = repo.commit("main", {"latest": "1\n"})
    assert client.get("pulls/1")["merge_commit_sha"] == second
    github.wait(13 * 3600)
    assert parents(repo, client.get("pulls/1")["merge_commit_sha"])[0] == newest


def test_a_test_may_make_it_or_keep_it_from_being_made(client: Client, repo: Repository, pull: Pull) -> None:
    tip = repo.commit("main", {"later": "1\n"})
    made = repo.make_test_merge(pull)
    assert made is not None
    assert (client.get("pulls/1")["merge_commit_sha"], parents(repo, made)[0]) == (made, tip)
    pull.test_merge_kept = True
    repo.commit("copilot/fix", {"more": "1\n"})
    assert client.get("pulls/1")["merge_commit_sha"] == made


def test_changing_to_a_base_with_the_same_merge_base_leaves_it_stale(client: Client, repo: Repository, pull: Pull) -> None:
    start = repo.tip("main")
    repo.branch("release", start)
    repo.commit("release", {"r": "1\n"})
    repo.commit("main", {"m": "1\n"})
    first = client.get("pulls/1")["merge_commit_sha"]
    repo.retarget(pull, "release")
    shown = client.get("pulls/1")
    assert (shown["mergeable"], shown["merge_commit_sha"], shown["base"]["ref"]) == (True, first, "release")


def test_a_conflict_is_told_at_once_and_has_no_test_merge(client: Client, repo: Repository, pull: Pull) -> None:
    client.get("pulls/1")
    repo.commit("main", {"README.md": "other\n"})
    shown = client.get("pulls/1")
    assert (shown["mergeable"], shown["merge_commit_sha"]) == (False, None)
    repo.commit("main", {"README.md": "hi\n"})
    shown = client.get("pulls/1")
    assert (shown["mergeable"], parents(repo, shown["merge_commit_sha"])[1]) == (True, pull.head_sha)


def test_mergeable_is_null_for_as_long_as_a_test_says(client: Client, repo: Repository, pull: Pull) -> None:
    pull.mergeable_after = 2
    shown = [client.get("pulls/1") for _ in range(3)]
    assert [it["mergeable"] for it in shown] == [None, None, True]
    assert [it["merge_commit_sha"] is None for it in shown] == [True, True, False]
    assert [it["rebaseable"] for it in shown] == [None] * 3
    pull.rebaseable = False
    assert client.get("pulls/1")["rebaseable"] is False


def test_who_may_only_read_is_not_told_how_it_may_be_merged(client: Client, repo: Repository, github: GitHubServer) -> None:
    assert client.get("/repos/acme/shop")["allow_rebase_merge"] is True
    client.use(github.token("actions", permissions={"contents": "read"}))
    assert "allow_rebase_merge" not in client.get("/repos/acme/shop")


def test_a_head_brought_up_to_date_by_rebase(repo: Repository, pull: Pull) -> None:
    tip = repo.commit("main", {"later": "1\n"})
    head = repo.update_branch(pull, "ann", method="rebase")
    assert (pull.head_sha, parents(repo, head)) == (head, (tip,))
    assert repo.store.read_commit(head).author.name == "Copilot"
    assert [it[4] for it in repo.activity[-1:]] == ["force_push"]
