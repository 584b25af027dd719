"""``agentowners diff`` and ``agentowners prove`` as people run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.run import Runner, as_process
from tests.docs.pages import ROOT
from tests.git.repo import Gone, Repo

SCHEMAS = {
    name: Draft202012Validator(json.loads((ROOT / f"src/agentowners/schemas/{name}-1.schema.json").read_text()))
    for name in ("diff", "prove")
}
POLICY = ".github/AGENTOWNERS"
OLD = "default @agents require_approval\n**/secrets/** @agents block\nassert **/secrets/** @agents block # keys\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A clone whose default branch has a policy; it is the current directory."""
    repo = Repo(tmp_path / "work")
    repo.commit({POLICY: OLD, "tests/a.py": "x", "tests/secrets/k": "x", "src/m.py": "x"})
    repo.checkout("main")
    monkeypatch.chdir(repo.path)
    return repo


def write(text: str, name: str = POLICY) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def test_nothing_changed(work: Repo, run: Runner) -> None:
    done = run("diff")
    assert done.code == 0
    assert done.out.startswith("Same: nothing changes\n")


def test_the_work_tree_is_held_against_the_default_branch(work: Repo, run: Runner) -> None:
    write(OLD + "/tests/ @agents allow\n")
    done = run("diff")
    assert done.code == 6
    assert "looser: 1 approval -> allowed\n" in done.out
    assert "for example: tests/a.py\n  files here: 1\n" in done.out
    assert "`.github/AGENTOWNERS:4` takes the place of a default" in done.out
    assert run("diff", "--exit-zero").code == 0
    assert run("diff", "--quiet").out == ""


def test_revisions_are_compared_as_the_gate_would_find_them(work: Repo, run: Runner) -> None:
    main = work.resolve("main")
    work.commit({POLICY: OLD.replace("block\nassert", "require_approval\nassert")}, branch="feature", parents=[main])
    write("default @agents block\n")
    done = run("diff", "--base", "main", "--head", "feature", "--format", "json")
    assert done.code == 6
    SCHEMAS["diff"].validate(done.json)
    (region,) = done.json["regions"]
    assert (region["change"], region["from"]["decision"], region["to"]["decision"]) == ("looser", "block", "require_approval")
    assert region["witness"]["path"] == "tests/secrets/k"
    assert region["witness"]["confirmed"] is True
    assert region["cause"] == {"old": [f"{POLICY}:2"], "new": [f"{POLICY}:2"]}
    assert [one["status"] for one in done.json["promises"]] == ["failed"]
    assert done.json["prover"]["status"] == "failed"
    assert done.json["eligible_for_auto_approval"]["eligible"] is False
    assert done.json["old"]["digest"] != done.json["new"]["digest"]


def test_a_branch_without_a_policy_has_the_default_branchs(work: Repo, run: Runner) -> None:
    work.commit({POLICY: Gone()}, branch="release", parents=[work.resolve("main")])
    assert run("diff", "--head", "release").code == 0
    work.commit({".acp.yml": ""}, branch="release")
    done = run("diff", "--base", "release~1", "--head", "release")
    assert done.code == 6
    assert "blocked -> allowed" in done.out


def test_files_are_compared_anywhere(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("a @agents block\n", "old")
    write("a @agents block !@copilot\n".replace(" !@copilot", ""), "new")
    assert run("diff", "--old", "old", "--new", "new").code == 0
    write("a @agents !@copilot block\n", "new")
    done = run("diff", "--old", "old", "--new", "new", "--format", "json")
    assert done.code == 6
    assert {name for region in done.json["regions"] for name in region["principals"]} == {"@copilot"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["diff", "--old", "missing", "--new", POLICY], 2),
        (["diff", "--old", POLICY], 2),
        (["diff", "--old", POLICY, "--new", POLICY, "--base", "main"], 2),
        (["diff", "--base", "nowhere"], 1),
        (["diff", "--effort", "0"], 2),
        (["diff", "--effort", "many"], 2),
        (["diff", "--action", "file_eat"], 2),
        (["diff", "--as", "@anyone"], 2),
        (["prove", "--ceiling", "missing"], 2),
        (["prove", "--policy-file", "missing"], 2),
        (["prove", "--policy-file", POLICY, "--ceiling", "."], 2),
        (["prove", "--assert", "/x @agents blok"], 2),
        (["prove", "--assert", "/x @agents block\n/y @agents block"], 2),
        (["prove", "--mode", "read @agents"], 2),
    ],
)
def test_what_makes_no_sense_is_refused(work: Repo, run: Runner, arguments: list[str], code: int) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("agentowners: ")


def test_every_error_of_either_policy_is_shown(work: Repo, run: Runner) -> None:
    write("a @agents blok\n", "one")
    write("b @agents blok\nc @agents blok\n", "two")
    done = run("diff", "--old", "one", "--new", "two")
    assert done.code == 5
    assert [f"{where}: error" in done.err for where in ("one:1:11", "two:1:11", "two:2:11")] == [True] * 3


def test_names_of_files_are_harmless_in_every_format(work: Repo, run: Runner) -> None:
    name = "tests/\x1b[31m`|<b>\n::error::x\u202e"
    (work.path / name).write_text("x")
    work.git("add", "-A")
    write(OLD + "/tests/?[[]31m* @agents allow\n")
    for form in ("text", "markdown"):
        done = run("diff", "--format", form)
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out
        assert "\n::error" not in done.out
        assert "<b>" not in done.out or "`" in done.out
    assert name in [region["witness"]["path"] for region in run("diff", "--format", "json").json["regions"]]


def test_what_is_not_known_is_no_pass(work: Repo, run: Runner) -> None:
    rest = "".join(f"{'?' * shorter} @agents block\n" for shorter in range(1, 13))
    write("* @agents block\n", "old")
    write(f"*a{'?' * 12} @agents block\n*[!a]{'?' * 12} @agents block\n{rest}", "new")
    done = run("diff", "--old", "old", "--new", "new", "--format", "json")
    assert done.code == 6
    assert (done.json["result"], done.json["prover"]["status"]) == ("unknown", "unknown")
    assert {one["reason"] for one in done.json["prover"]["unknown"]} == {"effort"}
    assert all(one["rule"] for one in done.json["prover"]["unknown"])


def test_promises_are_proved_or_refuted(work: Repo, run: Runner) -> None:
    done = run("prove")
    assert (done.code, done.out) == (0, f"passed: {POLICY}:3: assert **/secrets/** @agents block\n\n1 promise, 0 refuted\n")
    done = run("prove", "--assert", "assert /src/ @agents allow", "--mode", "mode read-only @bots", "--format", "json")
    assert done.code == 6
    SCHEMAS["prove"].validate(done.json)
    assert [one["status"] for one in done.json["promises"]] == ["passed", "failed"]
    assert done.json["promises"][1]["witness"]["path"].startswith("src/")
    assert [one["status"] for one in done.json["modes"]] == ["violates"]


def test_a_ceiling_holds_or_is_undercut(work: Repo, run: Runner) -> None:
    write("**/secrets/** @agents require_approval(3)\n", "ceiling")
    assert run("prove", "--ceiling", "ceiling").code == 0
    write("**/secrets/** @bots block\n", "ceiling")
    done = run("prove", "--ceiling", "ceiling")
    assert done.code == 6
    assert "failed: ceiling: ceiling ceiling" in done.out
    assert "by @bots (verified)" in done.out


def test_the_module_runs(work: Repo) -> None:
    assert as_process("diff", cwd=work.path).returncode == 0


def test_a_ceiling_names_every_rule_that_it_overrules(work: Repo, run: Runner) -> None:
    write("**/secrets/** @agents block\n*.sql @agents require_approval(2)\n", "ceiling")
    write("/a/ @agents allow\n/b/ @agents require_approval\n*.sql @bots block\n/c/ @agents block\n")
    done = run("prove", "--ceiling", "ceiling", "--format", "json")
    SCHEMAS["prove"].validate(done.json)
    (promise,) = done.json["promises"]
    assert [one["rule"] for one in promise["overrules"]] == [f"{POLICY}:1", f"{POLICY}:2"]
    assert all(one["witness"]["confirmed"] for one in promise["overrules"])
    assert f"  overrules: {POLICY}:1, at a/" in run("prove", "--ceiling", "ceiling").out


def test_only_what_is_asked_for_is_shown_and_everything_is_counted(work: Repo, run: Runner) -> None:
    write("x refs/heads/rel/* @agents block\ny @octocat block\nz @agents block actions=file_delete\n", "old")
    write("w @agents block\n", "new")
    files = ("diff", "--old", "old", "--new", "new", "--format", "json")

    def shown(*more: str) -> set[str]:
        done = run(*files, *more)
        assert (done.code, done.json["prover"]["status"]) == (6, "failed")
        return {region["witness"]["path"] for region in done.json["regions"]}

    assert shown() == {"w", "x", "y", "z"}
    assert shown("--only", "looser") == {"x", "y", "z"}
    assert shown("--ref", "refs/heads/rel/1") == {"w", "x", "y", "z"}
    assert shown("--ref", "refs/heads/main") == shown("--ref", "main") == {"w", "y", "z"}
    assert shown("--as", "@octocat") == {"y"}
    assert shown("--as", "@claude") == {"w", "x", "z"}
    assert shown("--action", "file_modify") == {"w", "x", "y"}
    assert "3 things became looser, 1 stricter" in run("diff", "--old", "old", "--new", "new", "--as", "@octocat").out
    said = run("diff", "--old", "old", "--new", "new", "--only", "looser", "--format", "markdown").out
    assert "what became stricter" not in said
