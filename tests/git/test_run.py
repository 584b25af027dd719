"""Running git: what it may see, and what is said when it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentowners.git.objects import Objects
from agentowners.git.run import Git, GitError
from tests.git.repo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        Git(str(tmp_path)).run("rev-parse", "HEAD")
    with pytest.raises(GitError, match="not a git repository"), Objects.of(Git(str(tmp_path))) as objects:
        objects.commit("HEAD")


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is not a directory"):
        Git(str(tmp_path / "none")).run("rev-parse", "HEAD")


def test_no_git(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo.path))
    with pytest.raises(GitError, match="git cannot be run") as caught:
        Git(str(repo.path)).run("rev-parse", "HEAD")
    assert caught.value.help is not None


def test_a_failure_says_what_git_said_in_one_line(repo: Repo) -> None:
    with pytest.raises(GitError) as caught:
        Git(str(repo.path)).run("rev-parse", "--verify", "nope")
    assert caught.value.message == "git rev-parse failed: Needed a single revision"


def test_a_failure_while_lines_are_read(repo: Repo) -> None:
    with pytest.raises(GitError, match="git log failed with exit code"):
        list(Git(str(repo.path)).lines("log", "nope"))


def test_lines_may_be_left_unread(repo: Repo) -> None:
    repo.commit({"a": "x\n" * 300_000})
    lines = Git(str(repo.path)).lines("show", "main:a")
    assert next(iter(lines)) == b"x"


def test_another_users_repository(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    if os.geteuid() == 0:
        os.chown(repo.path, 12345, 12345)
        os.chown(repo.path / ".git", 12345, 12345)
    else:
        tool = repo.path.parent / "bin" / "git"
        tool.parent.mkdir()
        tool.write_text("#!/bin/sh\necho \"fatal: detected dubious ownership in repository at '/x'\" >&2\nexit 128\n")
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    with pytest.raises(GitError, match="belong to another user") as caught:
        Git(str(repo.path)).run("rev-parse", "HEAD")
    assert "safe.directory" in str(caught.value.help)


def test_the_environment_cannot_lead_git_astray(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "ran"
    base = repo.commit({"a": "1\n"})
    head = repo.commit({"a": "2\n"})
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH_COMMAND"):
        monkeypatch.setenv(name, f"touch {trap}")
    monkeypatch.setenv("GIT_NAMESPACE", "elsewhere")
    monkeypatch.setenv("GIT_REPLACE_REF_BASE", "refs/heads/")
    monkeypatch.setenv("GIT_GRAFT_FILE", str(tmp_path / "grafts"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    (tmp_path / "grafts").write_text(f"{head}\n")
    assert Git(str(repo.path)).run("rev-parse", "HEAD~1").decode().strip() == base
    assert b"-1\n+2" in Git(str(repo.path)).run("diff-tree", "-p", base, head)
    assert not trap.exists()


def test_a_hook_says_where_the_repository_is(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = repo.commit({"a": "1"})
    monkeypatch.setenv("GIT_DIR", str(repo.path / ".git"))
    assert Git(str(tmp_path)).run("rev-parse", "HEAD").decode().strip() == commit


def test_a_bare_repository_will_do(tmp_path: Path) -> None:
    bare = Repo(tmp_path / "bare", bare=True)
    commit = bare.commit({"a": "1"})
    with Objects.of(Git(str(bare.path))) as objects:
        assert objects.commit("main") == commit


def test_a_nul_in_an_argument(repo: Repo) -> None:
    with pytest.raises(GitError, match="NUL"):
        Git(str(repo.path)).run("rev-parse", "a\0b")


def test_a_repository_that_names_objects_by_sha256(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "sha256", object_format="sha256")
    commit = repo.commit({"AGENTOWNERS": "x", "b/c": "y"})
    with Objects.of(Git(str(repo.path))) as objects:
        assert len(commit) == 64
        assert objects.commit("main") == commit
        entry = objects.tree(f"{commit}:")[b"AGENTOWNERS"]
        assert objects.blob(entry.oid) == b"x"


def test_a_file_that_is_missing_from_the_clone(repo: Repo) -> None:
    commit = repo.commit({"AGENTOWNERS": "x"})
    with Objects.of(Git(str(repo.path))) as objects:
        with pytest.raises(GitError, match="missing from this clone"):
            objects.blob("1" * 40)
        with pytest.raises(GitError, match="missing from this clone"):
            objects.blob(commit)


def test_git_that_goes_away_in_the_middle(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "git"
    tool.parent.mkdir()
    for said in ("", "echo '1111 blob 99'", "echo nonsense", "exec 0<&-; sleep 0.2"):
        tool.write_text(f"#!/bin/sh\n{said}\necho 'fatal: out of luck' >&2\nexit 1\n")
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
        with pytest.raises(GitError, match="git cat-file failed: out of luck"), Objects.of(Git(str(repo.path))) as objects:
            objects.commit("main")


def test_a_partial_clone_fetches_nothing(repo: Repo, tmp_path: Path) -> None:
    """What is missing would be fetched by a command that the repository's settings name."""
    commit = repo.commit({"AGENTOWNERS": "x"})
    trap = tmp_path / "ran"
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": "ssh://host.example/repository",
        "remote.origin.uploadPack": f"touch {trap}; git-upload-pack",
        "core.sshCommand": f"touch {trap}; false",
    }.items():
        repo.git("config", name, value)
    for url in ("ssh://host.example/repository", str(repo.path), f"ext::touch {trap}"):
        repo.git("config", "remote.origin.url", url)
        with Objects.of(Git(str(repo.path))) as objects:
            assert objects.commit("main") == commit
            with pytest.raises(GitError, match="missing from this clone"):
                objects.blob("1" * 40)
        assert not trap.exists()


def test_grafts_hide_no_commit(repo: Repo) -> None:
    base = repo.commit({"a": "1"})
    repo.commit({"a": "2"})
    head = repo.commit({"a": "3"})
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "grafts").write_text(f"{head} {base}\n")
    assert len(Git(str(repo.path)).run("rev-list", f"{base}..{head}").split()) == 2
