from __future__ import annotations

import base64

from tests.github_server.gitstore import Executable, Submodule, Symlink
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client


def test_a_recursive_tree_lists_folders_files_links_and_submodules(client: Client, repo: Repository) -> None:
    repo.commit(
        "main", {"run.sh": Executable("x"), "link": Symlink("run.sh"), "sub": Submodule("1" * 40), b"a/latin\xe9": "12345"}
    )
    tree = client.get("git/trees/main", recursive="1")
    found = {it["path"]: (it["mode"], it["type"], it.get("size")) for it in tree["tree"]}
    assert found["run.sh"] == ("100755", "blob", 1)
    assert found["link"] == ("120000", "blob", 6)
    assert found["sub"] == ("160000", "commit", None)
    assert found["a"] == ("040000", "tree", None)
    assert found["a/latin\ufffd"] == ("100644", "blob", 5)
    assert tree["truncated"] is False
    assert client.get(f"git/trees/{tree['sha']}", recursive="1") == tree
    flat = {it["path"] for it in client.get(f"git/trees/{repo.tip('main')}")["tree"]}
    assert flat == {"run.sh", "link", "sub", "a", "README.md", "src", ".github"}
    assert client("GET", f"git/trees/{'0' * 40}").status_code == 404
    assert client("GET", "git/trees/none").status_code == 404


def test_a_large_tree_is_truncated(client: Client, github: GitHubServer) -> None:
    github.limits.tree_entries = 2
    tree = client.get("git/trees/main", recursive="1")
    assert (len(tree["tree"]), tree["truncated"]) == (2, True)


def test_blobs_in_base64_and_raw(client: Client, repo: Repository, github: GitHubServer) -> None:
    content = bytes(range(256))
    repo.commit("main", {"bin": content})
    sha = client.get("contents/bin")["sha"]
    assert base64.b64decode(client.get(f"git/blobs/{sha}")["content"]) == content
    raw = client("GET", f"git/blobs/{sha}", headers={"Accept": "application/vnd.github.raw+json"})
    assert raw.content == content
    assert client("GET", f"git/blobs/{repo.tip('main')}").status_code == 404
    assert client("GET", f"git/blobs/{'0' * 40}").status_code == 404
    assert client("GET", "git/blobs/short").status_code == 422
    github.limits.blob_bytes = 10
    assert client("GET", f"git/blobs/{sha}").status_code == 403


def test_contents_of_files_folders_links_and_submodules(client: Client, repo: Repository, github: GitHubServer) -> None:
    repo.commit(
        "main",
        {
            "dir/link": Symlink("../README.md"),
            "dir/outside": Symlink("/etc/passwd"),
            "dir/sub": Submodule("1" * 40),
            "dir/new\nline": "x",
            "dir/up": Symlink("../../../README.md"),
            "big": "x" * 30,
        },
    )
    file = client.get("contents/README.md")
    assert (file["type"], base64.b64decode(file["content"])) == ("file", b"hi\n")
    assert base64.b64decode(client.get("contents/dir/new%0Aline")["content"]) == b"x"
    kinds = {it["name"]: it["type"] for it in client.get("contents/dir")}
    assert kinds == {"link": "symlink", "outside": "symlink", "up": "symlink", "sub": "file", "new\nline": "file"}
    assert client.get("contents/dir/sub")["type"] == "submodule"
    assert base64.b64decode(client.get("contents/dir/link")["content"]) == b"hi\n"
    assert client.get("contents/dir/outside")["target"] == "/etc/passwd"
    assert {it["name"] for it in client.get("contents/")} >= {"README.md", "dir"}
    assert client("GET", "contents/none").status_code == 404
    assert client("GET", "contents/README.md/below").status_code == 404
    assert client("GET", "contents/README.md", params={"ref": "none"}).status_code == 404
    assert client("GET", "contents/latin%E9").status_code == 404
    first = repo.store.read_commit(repo.tip("main")).parents[0]
    assert client("GET", "contents/big", params={"ref": first}).status_code == 404
    github.limits.content_bytes = 20
    large = client.get("contents/big")
    assert (large["size"], large["content"], large["encoding"]) == (30, "", "none")
    assert client("GET", "contents/big", headers={"Accept": "application/vnd.github.raw"}).content == b"x" * 30


def test_commits_with_their_files_and_refs(client: Client, repo: Repository) -> None:
    first = repo.tip("main")
    sha = repo.commit("main", {"README.md": "bye\n", "src/a.py": None}, message="second\n\nbody")
    shown = client.get("commits/main")
    assert (shown["sha"], shown["stats"]) == (sha, {"additions": 1, "deletions": 2, "total": 3})
    assert {it["filename"]: it["status"] for it in shown["files"]} == {"README.md": "modified", "src/a.py": "removed"}
    assert len(client.get(f"commits/{first}")["files"]) == 3
    assert client("GET", "commits/none").status_code == 422
    assert [it["sha"] for it in client.get("commits")] == [sha, first]
    assert [it["sha"] for it in client.get("commits", sha=first)] == [first]
    assert client.get(f"git/commits/{sha}")["message"] == "second\n\nbody"
    assert client("GET", f"git/commits/{'0' * 40}").status_code == 404
    repo.branch("release/1")
    assert client.get("git/ref/heads/release/1")["object"]["sha"] == sha
    assert [it["ref"] for it in client.get("git/matching-refs/heads/re")] == ["refs/heads/release/1"]
    assert client("GET", "git/ref/heads/none").status_code == 404


def test_compare_cuts_files_at_the_limit_and_pages_commits(client: Client, repo: Repository, github: GitHubServer) -> None:
    base = repo.tip("main")
    for number in range(5):
        repo.commit("topic", {f"f{number}": "x"})
    repo.commit("main", {"elsewhere": "x"})
    whole = client.get("compare/main...topic")
    assert (whole["status"], whole["ahead_by"], whole["behind_by"], whole["merge_base_commit"]["sha"]) == ("diverged", 5, 1, base)
    assert [it["filename"] for it in whole["files"]] == [f"f{number}" for number in range(5)]
    github.limits.compare_files = 3
    paged = client("GET", "compare/main...topic", params={"per_page": 2, "page": 2})
    assert (len(paged.json()["commits"]), paged.json()["files"], paged.json()["total_commits"]) == (2, [], 5)
    assert 'rel="next"' in paged.headers["Link"]
    assert len(client.get(f"compare/{base}...topic")["files"]) == 3
    assert client.get("compare/topic...topic")["status"] == "identical"
    assert client("GET", "compare/main...none").status_code == 404
    assert client("GET", "compare/main..topic").status_code == 404


def test_the_activity_of_a_branch_is_paged_by_cursor(client: Client, repo: Repository) -> None:
    for number in range(3):
        repo.commit("topic", {"f": str(number)}, author="ann")
    first = client("GET", "activity", params={"ref": "refs/heads/topic", "per_page": 2, "actor": "ann"})
    assert [it["activity_type"] for it in first.json()] == ["push", "push"]
    after = first.links["next"]["url"].split("after=")[1]
    second = client.get("activity", ref="refs/heads/topic", after=after)
    assert [it["activity_type"] for it in second] == ["branch_creation"]
