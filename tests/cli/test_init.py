"""``agentowners init``: what it writes is right by our own tools, and it writes over nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentowners.cli import init
from agentowners.diagnostics import AgentownersError
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.report.verdict.labels import foreseen, label_style
from tests.cli.run import Runner
from tests.git.repo import Repo

COPILOT = ("Copilot", "198982749+Copilot@users.noreply.github.com")
CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
DEPENDABOT = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
OWN_APP = ("acme-fixer[bot]", "123+acme-fixer[bot]@users.noreply.github.com")
WRITTEN = [init.LINES, init.GATE, init.SIGNAL, init.CASES]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository without a policy; it is the current directory."""
    repo = Repo(tmp_path / "shop")
    repo.commit(
        {
            "src/cart.py": "x\n",
            "infra/main.tf": "x\n",
            "package.json": "{}\n",
            "docs/a.md": "x\n",
            ".github/CODEOWNERS": "/docs/ @mona @acme/writers\n",
        }
    )
    repo.commit({"src/cart.py": "y\n"}, author=COPILOT, message=f"count\n\n{CLAUDE}\n")
    repo.commit({"package.json": "{ }\n"}, author=DEPENDABOT)
    repo.commit({"src/cart.py": "z\n"}, author=OWN_APP)
    repo.commit({"production": "x\n"}, branch="production")
    repo.checkout("main")
    monkeypatch.chdir(repo.path)
    return repo


def _files(repo: Repo) -> dict[str, bytes]:
    found = (path for path in repo.path.rglob("*") if path.is_file() and ".git" not in path.relative_to(repo.path).parts)
    return {path.relative_to(repo.path).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("syntax", ["lines", "yaml"])
def test_what_is_written_is_right_by_our_own_tools(shop: Repo, run: Runner, syntax: str) -> None:
    assert run("init", "--syntax", syntax).code == 0
    shop.git("add", "--all")
    shop.git("-c", "user.name=x", "-c", "user.email=x@y", "commit", "-q", "-m", "begin")
    linted = run("lint", "--against", "HEAD")
    assert linted.code == 0, linted
    tested = run("test", "--coverage")
    assert tested.code == 0
    assert "(100%)" in tested.out
    assert run("fmt", "--check").code == 0


def test_it_names_what_it_saw(shop: Repo, run: Runner) -> None:
    run("init")
    policy = (shop.path / init.LINES).read_text()
    assert "# Agents in the last 4 commits: @acme-fixer[bot] (1), @claude (1), @copilot (1)." in policy
    assert "# Bots: @dependabot (1)." in policy
    assert "/infra/" in policy
    assert "/docs/  @agents  require_approval  # its code owners: @mona, @acme/writers" in policy
    assert "# Where a team owns it, anyone who may write can approve" in policy
    assert "refs/heads/production  @agents  require_approval" in policy
    assert "approvals requester_counts=true" in policy


def test_a_bot_that_nobody_knows_comes_with_the_line_that_makes_it_automation(shop: Repo, run: Runner) -> None:
    for syntax, line in (
        ("lines", "agent acme-fixer login=acme-fixer[bot] group=bots"),
        ("yaml", 'agents: {acme-fixer: {logins: ["acme-fixer[bot]"], group: bots}}'),
    ):
        text = run("init", "--dry-run", "--syntax", syntax).out
        assert text.count(f"# {line}\n") == 1
        policy = text.partition(" <==\n")[2].partition("==> ")[0].replace(f"# {line}", line)
        (shop.path / "given.yml" if syntax == "yaml" else shop.path / "given").write_text(policy)
        name = "given.yml" if syntax == "yaml" else "given"
        said = run("explain", "infra/main.tf", "--as", "acme-fixer[bot]", "--policy-file", name).out
        assert "(bot, verified)" in said


def test_for_one_person_the_gate_is_complete(repo: Repo, run: Runner) -> None:
    """The line with a hash in front, by_comment=author, and nothing else: the workflow listens already."""
    repo.git("checkout", "-q", "--orphan", "new")
    repo.git("rm", "-qrf", ".")
    alone = repo.commit({"src/app.py": "x\n", "package.json": "{}\n", "LICENSES/MIT.txt": "MIT\n"}, branch="new", parents=[])
    repo.git("reset", "-q", "--hard", alone)
    repo.git("branch", "-f", "main", "new")
    text = run("init", "--dry-run").out
    assert "\n# approvals requester_counts=true\n" in text
    assert "add by_comment=author to that line" in text
    assert "\n  issue_comment: # where the policy lets a comment approve\n    types: [created, edited, deleted]\n" in text
    assert "LICENSE" not in text


def test_nothing_is_claimed_from_a_shallow_clone(
    shop: Repo, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.path}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    text = run("init", "--dry-run").out
    assert "# This clone is shallow: it does not tell which agents and how many people work here." in text
    for claim in ("Agents in", "Bots:", "Only one person", "requester_counts", "login="):
        assert claim not in text


def test_public_certificates_are_free_and_templates_of_environments_too(shop: Repo, run: Runner) -> None:
    public = b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"
    secret = b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"
    shop.commit({"certs/ca.pem": public, "certs/own.pem": public + secret, ".env.local.example": "A=\n"})
    shop.checkout("main")
    run("init")
    for path, code in (
        ("certs/ca.pem", 0),
        ("certs/own.pem", 3),
        (".env.local.example", 0),
        (".env.x.dist", 0),
        (".env.local", 3),
    ):
        assert run("explain", path).code == code, path


def test_no_case_lets_agents_change_a_licence(shop: Repo, run: Runner) -> None:
    shop.commit({"LICENSE": "x\n", "COPYING": "x\n", "SECURITY.md": "x\n"})
    shop.checkout("main")
    cases = run("init", "--dry-run").out.partition("agentowners-tests.yml <==")[2]
    assert "LICENSE" not in cases
    assert "COPYING" not in cases
    assert "an agent may change src/cart.py" in cases


def test_it_ends_with_what_the_policy_would_have_done_to_what_was_merged(shop: Repo, run: Runner) -> None:
    shop.commit({"infra/main.tf": "y\n"}, author=COPILOT, message="move \x1b[2J it\n")
    main = shop.resolve("main")
    shop.commit({".env": "KEY=1\n"}, branch="side", parents=[main], author=COPILOT)
    merged = shop.commit({".env": "KEY=1\n"}, parents=[main, shop.resolve("side")], message="merge side\n")
    shop.checkout("main")
    out = run("init").out
    told = "of the last 5 merged changes, judged by git alone, it would have allowed 3, asked for approval of 1, and blocked 1\n"
    assert f"\n\n{told}  blocked: {merged[:7]} merge side\n  needs approval: {main[:7]} move \\x1b[2J it\n" in out
    # one that is there is not judged by a proposal that is not written
    assert "merged change" not in run("init").out


def test_prows_files_are_named(shop: Repo, run: Runner) -> None:
    shop.commit({"OWNERS": "approvers: [mona]\n", "src/OWNERS": "approvers: [mona]\n"})
    shop.checkout("main")
    assert (
        "# Prow's files are not read (2 of them, OWNERS say): agentowners convert . --from prow reads them."
        in run("init", "--dry-run").out
    )


def test_a_person_alone_is_told_all_that_it_takes(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "alone")
    repo.commit({"src/cart.py": "x\n"}, author=("Ann", "ann@example.com"))
    repo.checkout("main")
    monkeypatch.chdir(repo.path)
    text = run("init", "--dry-run").out
    for part in ("# approvals requester_counts=true\n", "by_comment=author", "issue_comment", "no barrier"):
        assert part in text


def test_a_dry_run_shows_every_byte_and_writes_none(shop: Repo, run: Runner) -> None:
    before = _files(shop)
    shown = run("init", "--dry-run")
    assert _files(shop) == before
    assert shown.code == 0
    run("init")
    texts = {path: data for path, data in _files(shop).items() if path not in before}
    assert sorted(texts) == sorted(WRITTEN)
    assert shown.out == "\n".join(f"==> {path} <==\n{texts[path].decode()}" for path in WRITTEN)


def test_the_same_repository_gets_the_same_bytes(shop: Repo, run: Runner) -> None:
    assert run("init", "--dry-run").out == run("init", "--dry-run").out


def test_teams_are_asked_where_the_caller_says_that_they_can_be_read(shop: Repo, run: Runner) -> None:
    out = run("init", "--teams").out
    policy = (shop.path / init.LINES).read_text()
    assert "/docs/  @agents  require_approval  @mona @acme/writers  # its code owners" in policy
    assert "anyone who may write" not in policy
    assert "the policy names teams, which the workflow's own token cannot read: see docs/recipes.md#teams there" in out
    assert run("test").code == 0


def test_next_steps_name_a_file_that_is_there(shop: Repo, run: Runner) -> None:
    out = run("init").out
    assert "agentowners explain infra/main.tf --as @copilot" in out
    assert "recipes.md#teams" not in out
    assert run("explain", "infra/main.tf", "--as", "@copilot").code == 4


def test_the_labels_come_with_the_commands_that_make_them(shop: Repo, run: Runner) -> None:
    commands = [line.split() for line in run("init").out.splitlines() if "gh label create" in line]
    wanted = [["gh", "label", "create", name, "--color", label_style(name)[0]] for name in foreseen(())]
    assert commands == wanted
    assert len(wanted) == 3


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_no_policy_is_written_beside_one(shop: Repo, run: Runner, name: str) -> None:
    shop.commit({name: "" if name.endswith("AGENTOWNERS") else "version: 1\n"})
    shop.checkout("main")
    ran = run("init")
    assert ran.code == 0
    assert f"left alone: {name}: a policy is there" in ran.out
    assert not [path for path in (init.LINES, init.YAML, init.CASES) if path != name and (shop.path / path).exists()]
    assert (shop.path / init.GATE).exists()
    again = run("init")
    assert (again.code, again.err.splitlines()[0]) == (1, "agentowners: everything that could be written is there already")


def test_a_policy_on_the_default_branch_counts(shop: Repo, run: Runner) -> None:
    shop.git("branch", "topic")
    shop.commit({init.YAML: "version: 1\n"})
    shop.checkout("topic")
    ran = run("init", "--dry-run")
    assert f"left alone: {init.YAML} on main: a policy is there" in ran.out
    assert init.LINES + " <==" not in ran.out


@pytest.mark.parametrize("name", WRITTEN[1:])
def test_a_file_that_is_there_stays(shop: Repo, run: Runner, name: str) -> None:
    place = shop.path / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("mine")
    ran = run("init")
    assert (ran.code, place.read_text()) == (0, "mine")
    assert f"left alone: {name}: is there already" in ran.out
    assert all((shop.path / other).exists() for other in WRITTEN)


def test_a_link_that_leads_nowhere_stays(shop: Repo, run: Runner) -> None:
    (shop.path / init.CASES).symlink_to("nowhere")
    assert run("init").code == 0
    assert not (shop.path / ".github/nowhere").exists()


def test_a_gate_of_another_name_is_enough(shop: Repo, run: Runner) -> None:
    shop.commit({".github/workflows/mine.yaml": "jobs: {a: {steps: [{uses: agentowners/agentowners-action@v1}]}}\n"})
    shop.checkout("main")
    out = run("init").out
    assert "left alone: .github/workflows/mine.yaml: the gate is there, so no workflows are written" in out
    assert not (shop.path / init.GATE).exists()
    assert not (shop.path / init.SIGNAL).exists()


def test_to_evaluate_is_written_into_the_gate(shop: Repo, run: Runner) -> None:
    run("init", "--evaluate")
    assert (
        (shop.path / init.GATE)
        .read_text()
        .endswith("    with:\n      enforcement: evaluate # only reports; take these two lines away to enforce\n")
    )


def test_what_was_written_before_a_failure_is_said(shop: Repo, run: Runner) -> None:
    (shop.path / ".github/workflows").write_text("a file")
    ran = run("init")
    assert ran.code == 1
    assert ran.err.startswith("agentowners: `")
    assert f"help: written before: `{init.LINES}`" in ran.err
    assert (shop.path / init.LINES).read_text().endswith("\n")
    assert not list(shop.path.rglob(".agentowners-*"))


def test_a_failure_half_way_leaves_no_half_file(shop: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("agentowners.cli.writing.os.fsync", full)
    before = _files(shop)
    ran = run("init")
    assert (ran.code, _files(shop)) == (1, before)
    assert "help: nothing was written" in ran.err


def test_nothing_is_written_through_a_link(shop: Repo, run: Runner, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (shop.path / ".github/workflows").symlink_to(outside)
    ran = run("init")
    assert (ran.code, list(outside.iterdir())) == (1, [])
    assert "`.github/workflows` is a symbolic link" in ran.err


def test_quiet_says_nothing_and_does_the_same(shop: Repo, run: Runner) -> None:
    ran = run("init", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert all((shop.path / path).exists() for path in WRITTEN)
    ran = run("init", "-q")
    assert (ran.code, ran.out) == (1, "")


def test_it_works_from_a_directory_below(shop: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.path / "src")
    assert run("init").code == 0
    assert all((shop.path / path).exists() for path in WRITTEN)


def test_a_single_commit_is_not_counted(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "new")
    repo.commit({"src/cart.py": "x\n"}, author=COPILOT)
    repo.checkout("main")
    monkeypatch.chdir(repo.path)
    assert "# Agents in the last commit: @copilot (1). " in run("init", "--dry-run").out


def test_a_repository_without_a_commit_gets_a_policy_too(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "new")
    repo.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    monkeypatch.chdir(repo.path)
    assert run("init").code == 0
    assert "branches: [trunk]" in (repo.path / init.GATE).read_text()
    assert "branch: trunk" in (repo.path / init.CASES).read_text()
    assert run("test").code == 0


def test_outside_of_a_work_tree_it_says_so(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (tmp_path, Repo(tmp_path / "bare", bare=True).path):
        monkeypatch.chdir(place)
        ran = run("init")
        assert ran.code == 1
        assert ran.err.splitlines()[1] == "help: run it inside a clone, or begin with `git init`"


def test_what_origin_calls_its_default_branch_counts(shop: Repo, run: Runner) -> None:
    shop.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    shop.git("update-ref", "refs/remotes/origin/release/2.0", "HEAD")
    shop.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    run("init")
    assert "branches: [trunk]" in (shop.path / init.GATE).read_text()
    policy = (shop.path / init.LINES).read_text()
    assert "refs/heads/main " in policy
    assert "refs/heads/release/ " in policy
    assert run("test").code == 0


def test_the_code_owners_that_github_reads_are_read(shop: Repo, run: Runner) -> None:
    shop.commit({"CODEOWNERS": "/docs/ @root\n"})
    shop.checkout("main")
    assert "@root" not in run("init", "--dry-run").out
    (shop.path / ".github/CODEOWNERS").unlink()
    assert "@root" in run("init", "--dry-run").out


@pytest.mark.parametrize(
    "name", [b"\xff.tf", "a\nb.tf", "\x1b[31m.tf", "\u202e.tf", "#x.tf", "@x.tf", "a b.tf", "[a].tf", "`$(x)`.tf", "*.tf"]
)
def test_odd_names_are_borne(tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch, name: str | bytes) -> None:
    repo = Repo(tmp_path / "odd")
    repo.commit({name: "", ".github/CODEOWNERS": b"\x00 @x\n\xff\xfe @x\n\x1b[31m @x\r\n/src @octo # \x1b[31m\n", "src/a": ""})
    repo.checkout("main")
    monkeypatch.chdir(repo.path)
    shown = run("init", "--dry-run")
    assert shown.code == 0
    assert all(line.isprintable() for line in shown.out.split("\n"))
    assert "*.tf  @agents" in shown.out
    run("init")
    assert (run("lint").code, run("test").code) == (0, 0)


def test_a_policy_that_cannot_be_looked_for_is_an_error(shop: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> tuple[str, ...]:
        raise AgentownersError("the index cannot be read")

    monkeypatch.setattr("agentowners.cli.survey.tracked_files", broken)
    with pytest.raises(AgentownersError):
        init.main([])
    assert not (shop.path / init.LINES).exists()
