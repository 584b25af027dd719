"""``explain``: which paths, whose policy, by whom, and how it ends. What it says is tested in tests/engine and tests/report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentowners.policy.model import Action
from tests.cli.run import Ran, Runner, as_process
from tests.git.repo import Repo


@pytest.fixture
def work(repo: Repo) -> Repo:
    """The repository, its files checked out."""
    repo.checkout("main")
    return repo


def said(ran: Ran) -> dict[str, Any]:
    (path,) = ran.json["paths"]
    return dict(path)


@pytest.mark.parametrize(
    ("path", "code", "decision"), [("security/k", 3, "block"), ("package.json", 4, "require_approval"), ("README.md", 0, "allow")]
)
def test_the_exit_code_says_the_decision(work: Repo, run: Runner, path: str, code: int, decision: str) -> None:
    ran = run("explain", path, "--json")
    assert (ran.code, ran.json["decision"], said(ran)["decision"]) == (code, decision, decision)
    text = run("explain", path)
    assert (text.code, text.err) == (code, "")
    assert text.out.endswith("Policy: .github/AGENTOWNERS in the work tree\n")


def test_it_decides_as_check_does(work: Repo, run: Runner, tmp_path: Path) -> None:
    for path in ("security/x", "package.json", "docs/a", "AGENTS.md", "a"):
        (tmp_path / "list").write_text(f"{path}\n")
        for who in ("copilot", "octocat", "dependabot", "unattributed"):
            checked = run("check", "--changes", str(tmp_path / "list"), "--as", who, "--format", "json")
            explained = run("explain", path, "--as", who, "--json")
            assert explained.code == checked.code
            (file,) = checked.json["files"]
            entry = said(explained)
            assert (entry["decision"], entry["matched"]) == (file["decision"], file["matched"])
            assert entry["deciding"] == file["rules"]
            assert explained.json["principals"] == checked.json["principals"]


def test_several_paths_end_with_the_strictest(work: Repo, run: Runner) -> None:
    ran = run("explain", "README.md", "security/k", "package.json", "README.md")
    assert ran.code == 3
    heads = [line for line in ran.out.splitlines() if line.startswith(("Allowed:", "Blocked:", "Needs approval:"))]
    assert heads == ["Allowed: README.md", "Blocked: security/k", "Needs approval: package.json"]
    assert ran.out.count("Policy:") == 1
    assert run("explain", "README.md", "package.json").code == 4


def test_the_policy_is_the_work_trees(work: Repo, run: Runner) -> None:
    (work.path / ".github/AGENTOWNERS").write_text("README.md @agents block\n")
    assert (run("explain", "security/k").code, run("explain", "README.md").code) == (0, 3)


def test_the_policy_of_a_revision(work: Repo, run: Runner) -> None:
    (work.path / ".github/AGENTOWNERS").write_text("# nothing\n")
    ran = run("explain", "security/k", "--base", "main")
    assert ran.code == 3
    assert ran.out.endswith("Policy: .github/AGENTOWNERS on main\n")
    entry = run("explain", "security/k", "--base", "main", "--json").json["policy"]
    assert (entry["read"], entry["sources"][0]["ref"]) == ("on `main`", "refs/heads/main")
    ran = run("explain", "security/k", "--base", "nowhere")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "agentowners: there is no revision `nowhere` in this clone")


def test_named_policies(work: Repo, run: Runner, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("a @agents block\n")
    (tmp_path / "two.yml").write_text('rules: [{patterns: ["b"], decision: block}]\n')
    named = ("--policy-file", str(tmp_path / "one"), "--policy-file", str(tmp_path / "two.yml"))
    assert [run("explain", path, *named).code for path in ("a", "b", "security/k")] == [3, 3, 0]
    assert run("explain", "a", "--policy-file", "none").code == 1
    assert run("explain", "a", "--policy-file", "one", "--base", "main").code == 2


def test_without_a_policy_what_is_built_in_is_explained(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    ran = run("explain", "AGENTS.md")
    assert ran.code == 4
    assert ran.err.startswith("note: this is no git repository, and has no policy:")
    assert ran.out.endswith("Policy: there is none in this directory, only what is protected by default\n")
    assert "with the line `unprotect /AGENTS.md @agents` in .github/AGENTOWNERS: allowed\n" in ran.out
    assert run("explain", "a").code == 0
    (tmp_path / "AGENTOWNERS").write_text("")
    ran = run("explain", "a")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Policy: AGENTOWNERS in this directory")


def test_who_acts(work: Repo, run: Runner) -> None:
    assert run("explain", "security/k", "--as", "@humans").code == 0
    assert run("explain", "security/k", "--as", "@humans", "--as", "copilot").code == 3
    (work.path / "AGENTOWNERS").write_text("default @agents require_approval\ndocs/** @copilot allow\n")
    assert run("explain", "docs/a", "--as", "copilot").code == 0
    asserted = run("explain", "docs/a", "--as", "copilot", "--asserted", "--json")
    assert (asserted.code, asserted.json["principals"][0]["strength"]) == (4, "asserted")
    assert "if it were proved that it is @copilot: allowed" in run("explain", "docs/a", "--as", "copilot", "--asserted").out


@pytest.mark.parametrize("action", [action.value for action in Action])
def test_what_is_done(work: Repo, run: Runner, action: str) -> None:
    (work.path / "AGENTOWNERS").write_text(f"a @agents block actions={action}\n")
    ran = run("explain", "a", "--action", action, "--json")
    assert (ran.code, said(ran)["action"]) == (3, action)


def test_where_it_goes(work: Repo, run: Runner) -> None:
    (work.path / "AGENTOWNERS").write_text("a refs/heads/dev @agents block\n")
    assert [run("explain", "a", "--ref", f"refs/heads/{name}").code for name in ("dev", "main")] == [3, 0]
    assert [run("explain", "a", "--ref", name).code for name in ("dev", "main")] == [3, 0]
    ran = run("explain", "a", "--ref", "heads/dev")
    assert (ran.code, ran.err.splitlines()[-1]) == (2, "help: write `refs/heads/dev`")


def test_json_is_asked_for_as_of_every_command(work: Repo, run: Runner) -> None:
    assert run("explain", "a", "--format", "json") == run("explain", "a", "--json")


def test_of_a_long_policy_what_matches_is_shown_unless_all_is_asked_for(work: Repo, run: Runner) -> None:
    rules = "".join(f"/d{number}/ @agents block\n" for number in range(30))
    (work.path / "AGENTOWNERS").write_text(rules)
    short, whole = run("explain", "d5/x").out, run("explain", "d5/x", "--all").out
    assert "  29 lines do not match: `--all` shows them\n" in short
    assert "/d7/" not in short
    assert [f"/d{number}/ does not match" in whole for number in (0, 5, 29)] == [True, False, True]
    assert "  29 lines do not match\n" in run("explain", "d5/x", "--matching").out
    (work.path / "AGENTOWNERS").write_text("".join(rules.splitlines(keepends=True)[:20]))
    assert "/d7/" in run("explain", "d5/x").out


def test_a_line_to_write_is_never_cut(work: Repo, run: Runner) -> None:
    path = "/".join("d" * 100 for _ in range(20)) + "/x"
    (work.path / "AGENTOWNERS").write_text("default @agents block\n")
    line = f"/{path} @agents allow"
    ran = run("explain", path)
    assert f"with the line `{line}` in " in ran.out
    (work.path / "AGENTOWNERS").write_text(f"default @agents block\n{line}\n")
    assert (ran.code, run("explain", path).code) == (3, 0)


def test_quiet_says_nothing(work: Repo, run: Runner) -> None:
    for arguments in (["security/k", "-q"], ["security/k", "--json", "--quiet"]):
        ran = run("explain", *arguments)
        assert (ran.code, ran.out, ran.err) == (3, "", "")


def test_an_invalid_policy_is_shown_with_everything_that_is_wrong(work: Repo, run: Runner) -> None:
    (work.path / "AGENTOWNERS").write_text("a @agents blok\n** block\n")
    ran = run("explain", "a")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("agentowners: the policy is invalid: 2 errors\n\nAGENTOWNERS:1:11: error: ")
    assert "  1 | a @agents blok\n    |           ^~~~\n" in ran.err
    assert "AGENTOWNERS:2:" in ran.err
    ran = run("explain", "a", "--json")
    assert (ran.code, ran.err, ran.json["decision"], len(ran.json["diagnostics"])) == (5, "", "", 2)
    ran = run("explain", "a", "--json", "--quiet")
    assert (ran.code, ran.out) == (5, "")
    assert "AGENTOWNERS:1:11" in ran.err


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("./x", "security/x"),
        ("../README.md", "README.md"),
        ("../security/new", "security/new"),
        ("security/key.py", "security/key.py"),
        ("nowhere/x", "nowhere/x"),
        ("README.md", "README.md"),
        ("./sub/../x", "security/x"),
        ("a b\n\u202e", "a b\n\u202e"),
    ],
)
def test_paths_typed_in_a_subdirectory(work: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch, typed: str, path: str) -> None:
    monkeypatch.chdir(work.path / "security")
    assert said(run("explain", typed, "--json"))["path"] == path


def test_an_absolute_path(work: Repo, run: Runner) -> None:
    assert said(run("explain", str(work.path / "security/k"), "--json"))["path"] == "security/k"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "a path is empty"),
        ("security/", "`security/` is a directory"),
        ("security", "`security` is a directory"),
        ("..", "`..` is a directory"),
        ("a//b", "`a//b` is not a plain path"),
        ("a/../b", "`a/../b` is not a plain path"),
        ("/etc/passwd", "`/etc/passwd` is not in the repository"),
        ("/security/key.py", "`/security/key.py` is not in the repository"),
        ("../../x", "`../../x` is not in the repository"),
        ("key.py", "`key.py` may be the one in this directory or the one at the repository's root"),
    ],
)
def test_paths_that_are_not_clear_are_refused_with_help(
    work: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch, typed: str, message: str
) -> None:
    monkeypatch.chdir(work.path / "security")
    ran = run("explain", typed)
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert lines[0] == f"agentowners: {message}"
    assert lines[1].startswith("help: ")
    if typed == "key.py":
        assert lines[1] == "help: write `./key.py` for the one here, `../key.py` for the other"
    if typed == "/security/key.py":
        assert lines[1] == "help: write paths without the slash at the start: `security/key.py`"


def test_bytes_that_are_not_text(work: Repo) -> None:
    (work.path / "AGENTOWNERS").write_bytes(b"*\xff @agents block\n")
    done = as_process("explain", "a\udcff", "--json", cwd=work.path)
    assert done.returncode == 5  # a policy is UTF-8
    (work.path / "AGENTOWNERS").write_bytes(b"a? @agents block\n")
    done = as_process("explain", "a\udcff", "--json", cwd=work.path)
    assert (done.returncode, json.loads(done.stdout)["paths"][0]["path"]) == (3, "a\udcff")


def test_no_path_and_an_unknown_option(work: Repo, run: Runner) -> None:
    assert run("explain").code == 2
    ran = run("explain", "a", "--matchin")
    assert (ran.code, ran.err) == (2, "agentowners: unknown option `--matchin`\nhelp: did you mean `--matching`?\n")


@pytest.mark.parametrize(("slip", "meant"), [("@copliot", "copilot"), ("@Claud", "claude"), ("@agent", "agents")])
def test_a_slip_in_an_agents_name_is_a_mistake_of_the_command_line(work: Repo, run: Runner, slip: str, meant: str) -> None:
    for command in (("explain", "security/key.py"), ("check", "--base", "main")):
        ran = run(*command, "--as", slip)
        assert (ran.code, ran.out) == (2, "")
        help = f"did you mean `@{meant}`? an account is `--as @login:{slip[1:]}`"
        assert ran.err == f"agentowners: `--as {slip}`: `{slip}` is no known agent\nhelp: {help}\n"
        assert run(*command, "--as", f"@login:{slip[1:]}").code == 0


@pytest.mark.parametrize("name", ["@copilot", "@Claude", "@agents", "@octocat", "@acme/agent", "@login:agent"])
def test_other_names_are_taken_as_they_are(work: Repo, run: Runner, name: str) -> None:
    assert run("explain", "security/key.py", "--as", name).err == ""


COMMIT = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "-q", "-m")


@pytest.mark.parametrize("kind", ["link", "submodule"])
def test_what_stands_for_a_directory_is_explained_as_check_judges_it(work: Repo, run: Runner, kind: str) -> None:
    place = work.path / "keys"
    (work.path / "AGENTOWNERS").write_text("/keys/ @agents block\n")
    work.git("add", "-A")
    work.git(*COMMIT, "a policy")
    if kind == "link":
        place.symlink_to("security")
    else:
        place.mkdir()
        inner = Repo(place)
        (place / "a").write_text("x\n")
        inner.git("add", "-A")
        inner.git(*COMMIT, "inner")
    work.git("add", "keys")
    work.git(*COMMIT, kind)
    judged = run("check", "--base", "HEAD~1", "--as", "@agents")
    explained = run("explain", "keys")
    assert (judged.code, explained.code) == (3, 3)
    assert explained.out.startswith("Blocked: keys\n")
