"""``agentowners fmt``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.run import Runner, as_process
from tests.git.repo import Repo

UGLY = "a   @agents\tblock\n\n\n/long/ @x allow"
PRETTY = "a  @agents  block\n\n/long/  @x  allow\n"
PLACE = ".github/AGENTOWNERS"


@pytest.fixture
def ugly(repo: Repo) -> Path:
    """A policy that is not in canonical form, where the repository's policy stands."""
    path = repo.path / PLACE
    path.parent.mkdir()
    path.write_bytes(UGLY.encode())
    return path


def test_the_canonical_form_is_printed_and_nothing_is_written(ugly: Path, run: Runner) -> None:
    ran = run("fmt")
    assert (ran.code, ran.out, ran.err) == (0, PRETTY, "")
    assert ugly.read_text() == UGLY


def test_write_names_what_it_wrote_and_leaves_the_rest_alone(ugly: Path, run: Runner) -> None:
    os.chmod(ugly, 0o640)
    assert run("fmt", "--write").out == f"wrote {PLACE}\n"
    assert ugly.read_bytes() == PRETTY.encode()
    assert ugly.stat().st_mode & 0o777 == 0o640
    before = ugly.stat()
    assert run("fmt", "-w").out == ""
    assert (ugly.stat().st_ino, ugly.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_check_names_the_files_that_differ(ugly: Path, run: Runner) -> None:
    ran = run("fmt", "--check")
    assert (ran.code, ran.out, ran.err) == (6, f"{PLACE}\n", "")
    ugly.write_text(PRETTY)
    ran = run("fmt", "--check")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_diff_prints_what_git_can_apply(ugly: Path, repo: Repo, run: Runner) -> None:
    ran = run("fmt", "--diff")
    assert ran.code == 0
    assert ran.out == (
        f"--- a/{PLACE}\n+++ b/{PLACE}\n@@ -1,4 +1,3 @@\n-a   @agents\tblock\n+a  @agents  block\n \n-\n"
        "-/long/ @x allow\n\\ No newline at end of file\n+/long/  @x  allow\n"
    )
    assert run("fmt", "--diff", "--check").code == 6
    (repo.path / "patch").write_text(ran.out)
    repo.git("apply", "patch")
    assert ugly.read_text() == PRETTY
    assert run("fmt", "--diff", "--check").out == ""


def test_quiet_says_nothing(ugly: Path, run: Runner) -> None:
    assert run("fmt", "-q").out == ""
    assert (run("fmt", "-q", "--check").code, run("fmt", "-q", "--check").out) == (6, "")
    assert run("fmt", "-q", "--diff").out == ""
    assert run("fmt", "-q", "-w").out == ""
    assert ugly.read_text() == PRETTY


def test_several_files_need_to_know_what_for(ugly: Path, run: Runner) -> None:
    Path(".agentowners.yml").write_text("rules: [{patterns: [a], decision: block}]\n")
    ran = run("fmt")
    assert ran.code == 2
    assert ran.err == (
        "agentowners: there are several policies: `.github/AGENTOWNERS`, `.agentowners.yml`\n"
        "help: name one, or use `--check`, `--diff` or `--write`\n"
    )
    assert run("fmt", "--check").out == f"{PLACE}\n.agentowners.yml\n"
    assert run("fmt", ".agentowners.yml").out == 'rules:\n  - patterns: ["a"]\n    decision: block\n'
    assert run("fmt", "--policy-file", PLACE, PLACE).out == PRETTY


def test_an_error_anywhere_is_shown_and_nothing_is_written(ugly: Path, run: Runner) -> None:
    Path("bad").write_text("a @x blok\nb\n")
    ran = run("fmt", "--write", PLACE, "bad")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("bad:1:6: error: `blok` is not a decision\n  1 | a @x blok\n    |      ^~~~\n  help: ")
    assert "bad:2:1: error: " in ran.err
    assert ugly.read_text() == UGLY


def test_a_file_that_is_not_there(repo: Repo, run: Runner) -> None:
    ran = run("fmt", "nowhere")
    assert (ran.code, ran.err) == (1, "agentowners: the policy file `nowhere` cannot be read: no such file or directory\n")


def test_the_other_syntax(ugly: Path, run: Runner) -> None:
    as_yaml = run("fmt", "--to", "yaml").out
    assert as_yaml.startswith('version: 1\nrules:\n  - patterns: ["a"]\n    principals: ["@agents"]\n    decision: block\n')
    Path("p.yml").write_text(as_yaml)
    assert run("fmt", "--to", "line", "p.yml").out == PRETTY
    assert run("fmt", "--to", "line").out == PRETTY


def test_what_has_no_form_in_the_other_syntax_is_refused_with_its_place(repo: Repo, run: Runner) -> None:
    Path("p.yml").write_text("agents:\n  x:\n    oidc: [{issuer: 'https://i.example', claims: {sub: s}}]\n")
    ran = run("fmt", "--to", "line", "p.yml")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "p.yml:2:3: error: agent `x` has OIDC claims, which have no line form\n"
        "  2 |   x:\n    |   ^~\n  help: keep this policy in YAML\n"
    )
    Path("p").write_text("# fine\na @x block\n# a\u2028b\n")
    ran = run("fmt", "--to", "yaml", "p")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("p:3:4: error: the comment holds the character U+2028, which has no form in YAML\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--write", "--check"], "`--write` cannot be used with `--check` or `--diff`"),
        (["--write", "--diff"], "`--write` cannot be used with `--check` or `--diff`"),
        (["--to", "yaml", "--write"], "`--to` only prints"),
        (["--to", "yaml", "--check"], "`--to` only prints"),
        (["--write", "-"], "standard input cannot be written"),
        (["--from", "yaml"], "`--from` requires standard input"),
        (["--to", "json"], "`--to` cannot be `json`"),
        (["--chek"], "unknown option `--chek`"),
    ],
)
def test_arguments_that_make_no_sense(repo: Repo, run: Runner, arguments: list[str], said: str) -> None:
    ran = run("fmt", *arguments)
    assert ran.code == 2
    assert ran.err.startswith(f"agentowners: {said}\n")


def test_standard_input(repo: Repo) -> None:
    ran = as_process("fmt", "-", stdin=UGLY.encode())
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, PRETTY.encode(), b"")
    ran = as_process("fmt", "-", "--from", "yaml", "--to", "line", stdin=b"rules: [{patterns: [a], decision: block}]")
    assert (ran.returncode, ran.stdout) == (0, b"a  @agents  block\n")
    ran = as_process("fmt", "-", "--check", stdin=UGLY.encode())
    assert (ran.returncode, ran.stdout) == (6, b"-\n")
    ran = as_process("fmt", "-", stdin=b"a @x blok")
    assert (ran.returncode, ran.stdout) == (5, b"")
    assert ran.stderr.startswith(b"-:1:6: error: ")


def test_what_is_printed_is_the_file_whatever_the_locale(repo: Repo) -> None:
    ran = as_process("fmt", "-", stdin="é @x block\r\n".encode(), env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert ran.stdout == "é  @x  block\n".encode()


def test_a_checkout_with_other_line_ends_has_no_other_form(repo: Repo, run: Runner) -> None:
    Path("good").write_bytes(PRETTY.replace("\n", "\r\n").encode())
    Path("bad").write_bytes(UGLY.replace("\n", "\r\n").encode())
    assert run("fmt", "--check", "good").code == 0
    ran = run("fmt", "--check", "--diff", "bad")
    assert ran.code == 6
    assert "\r" not in ran.out
    assert run("fmt", "--write", "good", "bad").out == "wrote bad\n"
    assert Path("bad").read_bytes() == Path("good").read_bytes() == PRETTY.replace("\n", "\r\n").encode()


def test_a_diff_of_an_absolute_path_names_no_empty_directory(repo: Repo, run: Runner) -> None:
    Path("bad").write_text(UGLY)
    where = str(Path("bad").absolute())
    assert run("fmt", "--diff", where).out.startswith(f"--- a{where}\n+++ b{where}\n")


def test_through_a_link_and_outside_of_a_repository(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("real").write_text(UGLY)
    Path("AGENTOWNERS").symlink_to("real")
    assert run("fmt", "-w").out == "wrote AGENTOWNERS\n"
    assert Path("AGENTOWNERS").is_symlink()
    assert Path("real").read_text() == PRETTY


def test_names_of_files_are_escaped(repo: Repo, run: Runner) -> None:
    Path("p\x1b[31m").write_text(UGLY)
    assert "\x1b" not in run("fmt", "--check", "p\x1b[31m").out
