"""``agentowners hook``: what real clients send is answered in their own words, and whatever goes wrong is a denial."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

import agentowners
from agentowners.cli.hook import answer_to, parser
from agentowners.cli.hook_progress import Progress
from agentowners.dispatch.answers import Wire
from agentowners.dispatch.model import Client
from tests.cli.run import in_process
from tests.dispatch.recorded import CALLS, Recorded
from tests.git.repo import CLEAN, Repo
from tests.tokens.issuing import but, jwk, key_set, token

SCHEMAS = Path(agentowners.__file__).parent / "schemas"
POLICY = """\
/security/ @agents block # keys and secrets
.env* @agents block # secrets
package.json @agents require_approval @acme/platform
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repo = Repo(tmp_path / "shop")
    repo.commit({".github/AGENTOWNERS": POLICY, "README.md": "# demo\n", "docs/a.md": "a\n"})
    repo.git("reset", "-q", "--hard")
    return repo.path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of its own: the machine's list of users names it, and no variable."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=str(home)))
    return home


def process(
    root: Path, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, with the same home directory."""
    program = f"import pwd, types; pwd.getpwuid = lambda _: types.SimpleNamespace(pw_dir={str(root.parent / 'home')!r})"
    program += "; from agentowners.cli.main import main; raise SystemExit(main())"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=root, input=stdin, capture_output=True, check=False, env={**CLEAN, **(env or {})})


def call(tool: str, root: Path, **arguments: Any) -> bytes:
    return payload(root, tool_name=tool, tool_input=arguments)


def payload(root: Path, **members: Any) -> bytes:
    whole = {
        "session_id": "s",
        "transcript_path": "/t",
        "cwd": str(root),
        "permission_mode": "default",
        "hook_event_name": "PreToolUse",
        "tool_use_id": "t1",
        **members,
    }
    return json.dumps(whole).encode()


def hook(root: Path, stdin: bytes, *arguments: str) -> Wire:
    here = os.getcwd()
    os.chdir(root)
    try:
        named = arguments[arguments.index("--client") + 1] if "--client" in arguments[:-1] else None
        done = answer_to(parser().read(arguments), lambda: stdin, Progress(named))
    finally:
        os.chdir(here)
    assert done.code in (0, 2)
    assert done.code == 0 or done.err
    return done


def reply(done: Wire) -> str:
    """What the client makes of an answer: pass, ask or deny."""
    if done.code == 2:
        return "deny"
    if not done.out:
        return "pass"
    said = json.loads(done.out)
    if said.get("cancel"):
        return "deny"
    inner = said.get("hookSpecificOutput", said)
    return str(inner.get("permissionDecision") or inner.get("decision") or ("pass" if "additionalContext" in inner else "?"))


def _names_a_protected_path(recorded: Recorded) -> bool:
    text = json.dumps(recorded.payload.get("tool_input") or recorded.payload.get("toolArgs") or recorded.payload)
    return ("security/keys.py" in text or "/.env" in text) and "command" not in text


@pytest.mark.parametrize("recorded", CALLS, ids=lambda each: f"{each.client}-{each.tool}")
def test_every_recorded_payload_is_understood(shop: Path, recorded: Recorded) -> None:
    done = hook(shop, recorded.at(shop), "--client", recorded.client)
    assert b"refused" not in done.err + done.out
    if _names_a_protected_path(recorded):
        assert reply(done) == "deny"
        assert b"by .github/AGENTOWNERS:" in done.err + done.out


@pytest.mark.parametrize("recorded", CALLS, ids=lambda each: f"{each.client}-{each.tool}")
def test_the_shape_tells_whose_payload_it_is(shop: Path, recorded: Recorded) -> None:
    other = next(client for client in (Client.CLINE, Client.GEMINI) if client.value != recorded.client)
    assert reply(hook(shop, recorded.at(shop), "--client", other.value)) == "deny"
    named = hook(shop, recorded.at(shop), "--client", recorded.client)
    alone = hook(shop, recorded.at(shop))
    assert (alone.code, reply(alone)) == (named.code, reply(named))


def test_the_reason_is_one_line_that_names_path_rule_and_way_out(shop: Path) -> None:
    done = hook(shop, call("Write", shop, file_path=f"{shop}/security/keys.py", content="x"))
    reason = "agentowners: blocked: security/keys.py by .github/AGENTOWNERS:1 (keys and secrets). "
    reason += "Leave it unchanged, or propose a change: agentowners propose --help"
    assert json.loads(done.out) == {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        }
    }
    assert done.err.decode() == reason + "\n"


def test_what_nothing_restricts_is_answered_with_silence(shop: Path) -> None:
    done = hook(shop, call("Write", shop, file_path=f"{shop}/src/a.py", content="x"))
    assert (done.code, done.out, done.err) == (0, b"", b"")


def test_an_approval_for_a_write_is_asked_for_where_somebody_is_there(shop: Path) -> None:
    write = {"tool_name": "Write", "tool_input": {"file_path": "package.json", "content": "x"}}
    assert reply(hook(shop, payload(shop, **write))) == "ask"
    assert reply(hook(shop, payload(shop, **write, permission_mode="bypassPermissions"))) == "pass"
    # and a read is not put off until the pull request
    read = {"tool_name": "Read", "tool_input": {"file_path": "package.json"}}
    assert reply(hook(shop, payload(shop, **read, permission_mode="bypassPermissions"))) == "deny"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("Write", {"file_path": "docs/../security/keys.py"}),
        ("Write", {"file_path": "link/keys.py"}),
        ("Write", {"file_path": "link/../security/keys.py"}),
        ("Read", {"file_path": "not-env"}),
        ("Edit", {"file_path": "sub/../.env.local"}),
        ("mcp__fs__write_file", {"path": "security/keys.py"}),
        ("mcp__fs__move_file", {"source": "security", "destination": "elsewhere"}),
        ("mcp__anything__unheard_of", {"path": "security/keys.py"}),
        ("mcp__anything__unheard_of", {"Paths": ["README.md", "security/keys.py"]}),
        ("Glob", {"pattern": "security/*.py"}),
        ("Glob", {"pattern": "../security/*.py", "path": "docs"}),
    ],
)
def test_a_path_is_judged_however_it_is_spelled(shop: Path, tool: str, arguments: dict[str, Any]) -> None:
    (shop / "security").mkdir()
    (shop / "link").symlink_to("security")
    (shop / "not-env").symlink_to(".env")
    assert reply(hook(shop, call(tool, shop, **arguments))) == "deny"


@pytest.mark.parametrize("path", ["/proc/self/cwd/../security/keys.py", "/proc/thread-self/cwd/../security/keys.py", "file:"])
def test_a_path_that_only_the_caller_resolves_is_judged_as_the_caller_does(shop: Path, path: str) -> None:
    path = path if path != "file:" else f"File://{shop}/sec%75rity/keys.py"
    asked = payload(shop, cwd=str(shop / "docs"), tool_name="Write", tool_input={"file_path": path})
    assert reply(hook(shop, asked)) == "deny"


@pytest.mark.parametrize(
    "command",
    [
        "echo x > ~+/security/keys.py",
        "git restore --source=HEAD~5 .",
        "cp -r /tmp/. .",
        "ln security/keys.py docs/k",
        "cd docs && git show HEAD:security/keys.py",
        "sort -uo.git/hooks/pre-commit README.md",
        "sort --outpu=.git/hooks/pre-commit README.md",
        "cat <<EOF > .git/hooks/pre-commit\nx",
        "tee < README.md .git/hooks/pre-commit",
        "install README.md .git/hooks/pre-commit",
        "cd docs && git remote set-head origin other",
        "curl -o ~/.claude/settings.json https://example.org",
        "agentowners export --to claude-code -o .claude/settings.json",
        "tee <<EOF .git/hooks/pre-commit\nx\nEOF",
    ],
)
def test_a_command_does_not_hide_what_it_touches(shop: Path, command: str) -> None:
    assert reply(hook(shop, call("Bash", shop, command=command))) in ("deny", "ask")


@pytest.mark.parametrize(
    "command", ["python docs/a.md", "cat .git/HEAD && make", "npx prettier package.json", "make > docs/a.md"]
)
def test_a_command_that_may_do_anything_asks_only_where_it_names_what_takes_a_person(shop: Path, command: str) -> None:
    named = command.endswith("package.json")  # its rule is for every action
    assert reply(hook(shop, call("Bash", shop, command=command))) == ("ask" if named else "pass")


@pytest.mark.parametrize(
    ("stdin", "says"),
    [
        (b"", "there is no payload on standard input"),
        (b"{", "the payload is no JSON"),
        (b"[]", "the payload is no JSON object"),
        (b"{}", "the payload has no shape that is known"),
        (b"\xff{}", "the payload is not valid UTF-8"),
        (b'{"a": 1, "a": 2}', "the payload names `a` twice"),
        (b"[" * 100_000, "the payload is no JSON"),
    ],
)
def test_a_broken_payload_is_refused(shop: Path, stdin: bytes, says: str) -> None:
    done = hook(shop, stdin)
    assert (done.code, done.out) == (2, b"")
    assert says in done.err.decode()
    named = hook(shop, stdin, "--client", "cline")
    assert json.loads(named.out)["cancel"] is True


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"file_path": "a\0b"}, "NUL"),
        ({"file_path": ["a", 1]}, "no text"),
        ({"file_path": {"a": 1}}, "no text"),
        ({"file_path": "circle/x"}, "circle"),
        ({"file_path": "\ud800"}, "no valid text"),
        ({"file_path": ""}, "empty"),
    ],
)
def test_a_path_that_is_none_is_refused(shop: Path, arguments: dict[str, Any], says: str) -> None:
    (shop / "circle").symlink_to("circle")
    for tool in ("Write", "mcp__anything__unheard_of"):
        done = hook(shop, call(tool, shop, **arguments))
        assert reply(done) == "deny"
        assert says in done.err.decode()


def test_a_working_directory_that_is_gone_is_refused(shop: Path) -> None:
    done = hook(shop, call("Write", shop / "gone", file_path="a"))
    assert reply(done) == "deny"
    assert "working directory is gone" in done.err.decode()


def test_a_policy_that_does_not_parse_denies_and_one_that_is_only_typed_does_not(shop: Path) -> None:
    policy = shop / ".github/AGENTOWNERS"
    write = call("Write", shop, file_path="src/a.py", content="x")
    policy.write_text("/security/ @agents blok\n")
    assert reply(hook(shop, write)) == "pass"
    assert reply(hook(shop, call("Write", shop, file_path="security/keys.py"))) == "deny"
    Repo(shop).commit({".github/AGENTOWNERS": "/security/ @agents blok\n"})
    done = hook(shop, write)
    assert reply(done) == "deny"
    assert "the policy does not parse: .github/AGENTOWNERS:1:20" in done.err.decode()


def test_editing_the_policy_tightens_and_never_loosens(shop: Path) -> None:
    (shop / ".github/AGENTOWNERS").write_text("/src/ @agents block\nagent claude group=bots login=x\nmode observe-only @agents\n")
    assert reply(hook(shop, call("Write", shop, file_path="security/keys.py"))) == "deny"
    (shop / ".github/AGENTOWNERS").write_text("/src/ @agents block\n")
    assert reply(hook(shop, call("Write", shop, file_path="src/a.py"))) == "deny"
    assert reply(hook(shop, call("Write", shop, file_path="security/keys.py"))) == "deny"


def test_a_nested_repository_is_no_way_out(shop: Path) -> None:
    inner = Repo(shop / "security" / "inner")
    inner.commit({"README.md": "x"})
    assert reply(hook(shop, call("Write", inner.path, file_path="keys.py"))) == "deny"
    inner.commit({"AGENTOWNERS": "*.md @agents block\n"})
    outer = Repo(shop / "outer")
    outer.commit({"AGENTOWNERS": "*.md @agents block\n"})
    assert reply(hook(shop, call("Write", shop, file_path="outer/x.md"))) == "deny"
    # what is called `.git` and is no repository counts for nothing
    (shop / "security" / "fake" / ".git").mkdir(parents=True)
    assert reply(hook(shop, call("Write", shop / "security" / "fake", file_path="keys.py"))) == "deny"


@pytest.mark.parametrize(
    "path", [".github/AGENTOWNERS", ".acp.yml", ".git/config", ".git/hooks/pre-commit", ".claude/settings.json", ".MCP.json"]
)
def test_what_the_gate_hangs_on_takes_a_person(shop: Path, path: str) -> None:
    write = {"tool_name": "Write", "tool_input": {"file_path": path, "content": "x"}}
    assert reply(hook(shop, payload(shop, **write))) == "ask"
    assert reply(hook(shop, payload(shop, **write, permission_mode="bypassPermissions"))) == "deny"
    Repo(shop).commit({".github/AGENTOWNERS": "unprotect ** @agents\n"})
    assert reply(hook(shop, payload(shop, **write, permission_mode="bypassPermissions"))) == "deny"


def test_the_machine_configuration_of_clients_takes_a_person(shop: Path) -> None:
    for path in (f"{shop.parent}/home/.claude/settings.json", "~/.codex/hooks.json", "/etc/claude-code/managed-settings.json"):
        assert reply(hook(shop, call("Write", shop, file_path=path))) == "ask"
        assert reply(hook(shop, call("Read", shop, file_path=path))) == "pass"


def test_a_repository_without_a_policy_has_the_built_in_layer_alone(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "bare")
    assert reply(hook(repo.path, call("Write", repo.path, file_path="src/a.py"))) == "pass"
    assert reply(hook(repo.path, call("Write", repo.path, file_path=".git/config"))) == "ask"


def test_no_repository_leaves_the_client_as_it_is(tmp_path: Path) -> None:
    assert reply(hook(tmp_path, call("Write", tmp_path, file_path="a.py"))) == "pass"


def test_a_declared_client_is_allowed_and_never_left_out(tmp_path: Path) -> None:
    policy = "default @agents block\n/docs/ @claude allow\n/open/ @agents allow\n/open/x/ @agents !@claude block\n"
    repo = Repo(tmp_path / "shop")
    repo.commit({".github/AGENTOWNERS": policy})
    expected = {"docs/a": "pass", "src/a": "deny", "open/a": "pass", "open/x/a": "deny"}
    assert {path: reply(hook(repo.path, call("Write", repo.path, file_path=path))) for path in expected} == expected


def test_the_stricter_of_base_and_branch_stands(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    repo.commit({".github/AGENTOWNERS": "/a refs/heads/main @agents block\n/b refs/heads/topic @agents block\n"})
    repo.git("branch", "topic")
    repo.git("symbolic-ref", "HEAD", "refs/heads/topic")
    replies = [reply(hook(repo.path, call("Write", repo.path, file_path=path))) for path in ("a", "b", "c")]
    assert replies == ["deny", "deny", "pass"]


def test_a_wrong_command_line_is_a_refusal(shop: Path) -> None:
    write = call("Write", shop, file_path="src/a.py")
    done = process(shop, "hook", "--client", "gemini", "--bogus", stdin=write)
    assert (done.returncode, json.loads(done.stdout)["decision"]) == (2, "deny")
    assert b"unknown option `--bogus`" in done.stderr
    done = process(shop, "hook", "--client", "cline", "extra", stdin=write)
    assert (done.returncode, json.loads(done.stdout)["cancel"], done.stderr) == (0, True, b"")


def test_as_a_process_it_writes_what_it_answers(shop: Path) -> None:
    denied = process(shop, "hook", stdin=call("Write", shop, file_path="security/keys.py"))
    answer = hook(shop, call("Write", shop, file_path="security/keys.py"))
    assert (denied.stdout, denied.stderr, denied.returncode) == (answer.out, answer.err, answer.code)
    passed = process(shop, "hook", stdin=call("Write", shop, file_path="src/a.py"))
    assert (passed.stdout, passed.stderr, passed.returncode) == (b"", b"", 0)


def test_an_opaque_call_is_what_the_policy_makes_of_it(tmp_path: Path) -> None:
    def answers(policy: str, *calls: bytes, work: str = "") -> list[str]:
        repo = Repo(tmp_path / f"shop-{len(list(tmp_path.iterdir()))}")
        repo.commit({".github/AGENTOWNERS": policy})
        if work:
            (repo.path / ".acp.yml").write_text(work)
        return [reply(hook(repo.path, each.replace(b"HERE", str(repo.path).encode()))) for each in calls]

    run = call("Bash", Path("HERE"), command="python x.py")
    plain = call("Bash", Path("HERE"), command="cat README.md")
    tool = call("mcp__db__query", Path("HERE"), sql="select 1")
    later = json.dumps(json.loads(run) | {"permission_mode": "bypassPermissions"}).encode()
    assert answers("", run, plain, tool) == ["pass", "pass", "pass"]
    assert answers("dispatch opaque=block\n", run, plain, tool) == ["deny", "pass", "deny"]
    assert answers("dispatch opaque=require_approval\n", run, plain, tool, later) == ["ask", "pass", "ask", "deny"]
    assert answers("mode read-only @agents\n", run, plain, tool) == ["deny", "pass", "deny"]
    assert answers("mode workspace-write @agents src/**\n", run, plain, tool) == ["ask", "pass", "ask"]
    # what the work tree says of tools makes nothing clear
    known = "dispatch: {tools: {'mcp__db__*': {actions: [file_read]}}}\n"
    assert answers("dispatch opaque=block\n", tool, work=known) == ["deny"]
    assert answers("", tool, work="dispatch: {opaque: block}\n") == ["deny"]


def test_a_policy_says_what_tools_do(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    policy = "dispatch: {opaque: block, tools: {'mcp__x__*': {actions: [file_write], paths: [where]}}}\n"
    repo.commit({".agentowners.yml": policy + "rules: [{patterns: [security/], decision: block}]\n"})
    assert reply(hook(repo.path, call("mcp__x__put", repo.path, where="src/a.py"))) == "pass"
    assert reply(hook(repo.path, call("mcp__x__put", repo.path, where="security/a.py"))) == "deny"
    assert reply(hook(repo.path, call("mcp__y__put", repo.path, where="src/a.py"))) == "deny"


def test_approvals_may_be_left_to_the_pull_request(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    repo.commit({".github/AGENTOWNERS": "package.json @agents require_approval(2) @acme/sre\ndispatch at_call=later\n"})
    done = hook(repo.path, call("Write", repo.path, file_path="package.json"))
    assert (done.code, reply(done)) == (0, "pass")
    assert "needs 2 approvals of @acme/sre by .github/AGENTOWNERS:1" in done.out.decode()
    (repo.path / ".github").mkdir()
    (repo.path / ".github/AGENTOWNERS").write_text("dispatch at_call=ask\n")
    assert reply(hook(repo.path, call("Write", repo.path, file_path="package.json"))) == "ask"
    assert reply(hook(repo.path, call("Read", repo.path, file_path="package.json"))) == "ask"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cat .env > leak.txt", "deny"),
        ("cd security && rm keys.py", "deny"),
        ("rm -rf .", "deny"),
        ("git add security/keys.py", "deny"),
        ("git add .", "pass"),
        ("echo x >> package.json", "ask"),
        ("cat README.md | wc -l", "pass"),
        ("python security/keys.py", "deny"),
        ("ls", "pass"),
        ("ls security", "deny"),
        ("rm .git/index", "ask"),
    ],
)
def test_a_command_is_judged_by_what_it_touches(shop: Path, command: str, expected: str) -> None:
    repo = Repo(shop)
    repo.commit({"security/keys.py": "k"})
    repo.git("reset", "-q", "--hard")
    assert reply(hook(shop, call("Bash", shop, command=command))) == expected


def test_a_policy_file_of_the_machine_is_a_further_layer(shop: Path, tmp_path: Path) -> None:
    extra = tmp_path / "machine-policy"
    extra.write_text("/src/ @agents block\n")
    write = call("Write", shop, file_path="src/a.py")
    assert reply(hook(shop, write, "--policy-file", str(extra))) == "deny"
    assert reply(hook(shop, call("Write", shop, file_path="security/k"), "--policy-file", str(extra))) == "deny"
    assert reply(hook(shop, write, "--policy-file", str(tmp_path / "gone"))) == "deny"
    # and nobody writes it without being asked about
    assert reply(hook(shop, call("Write", shop, file_path=str(extra)), "--policy-file", str(extra))) == "ask"


HOSTILE = [
    "PATH", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_PARAMETERS", "GIT_EXEC_PATH",
    "GIT_REPLACE_REF_BASE", "GIT_GRAFT_FILE", "GIT_NAMESPACE", "GIT_COMMON_DIR", "GIT_CEILING_DIRECTORIES", "GIT_TRACE",
    "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "EDITOR", "LD_LIBRARY_PATH", "TMPDIR", "SHELL", "USER",
    "LOGNAME",
    "BASH_ENV", "ENV", "IFS", "AGENTOWNERS_DEBUG", "AGENTOWNERS_POLICY", "AGENTOWNERS_HOME", "GITHUB_TOKEN", "INPUT_POLICY-FILE",
    "GITHUB_REPOSITORY", "CI", "NO_COLOR",
]  # fmt: skip


def test_forty_hostile_variables_move_nothing(shop: Path) -> None:
    assert len(HOSTILE) == 40
    (shop / "evil").mkdir()
    fake = shop / "evil" / "git"
    fake.write_text("#!/bin/sh\ntouch evil-ran\nexit 1\n")
    fake.chmod(0o755)
    env = dict.fromkeys(HOSTILE, str(shop / "evil"))
    for path, expected in (("security/keys.py", 2), ("src/a.py", 0)):
        done = process(shop, "hook", stdin=call("Write", shop, file_path=path), env=env)
        assert done.returncode == expected, done.stderr
    assert not (shop / "evil-ran").exists()


def test_the_deadline_refuses_and_leaves(shop: Path) -> None:
    # whoever starts it never ends its input
    program = "import agentowners.cli.hook as hook; hook.DEADLINE = 0.2; raise SystemExit(hook.main(['--client', 'gemini']))"
    read, write = os.pipe()
    try:
        done = subprocess.run([sys.executable, "-c", program], cwd=shop, stdin=read, capture_output=True, check=False)
    finally:
        os.close(read)
        os.close(write)
    assert (done.returncode, json.loads(done.stdout)["decision"]) == (2, "deny")
    assert b"was not judged within" in done.stderr


def test_a_crash_is_a_denial(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (RuntimeError("oh"), MemoryError(), RecursionError(), KeyboardInterrupt(), SystemExit(0)):

        def fail(*_: object, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr("agentowners.cli.hook_call.read_call", fail)
        done = hook(shop, b"{}", "--client", "claude")
        assert (done.code, reply(done)) == (2, "deny")


def test_two_hooks_of_one_call_agree_and_the_journal_says_what_was_denied(shop: Path, home: Path, capsys: Any) -> None:
    write = call("Write", shop, file_path="security/keys.py", content="SECRET")
    assert hook(shop, write) == hook(shop, write)
    hook(shop, call("Write", shop, file_path="src/a.py", content="x"))
    (journal,) = (home / ".local/state/agentowners").glob("*/journal.jsonl")
    assert journal.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [line["reply"] for line in lines] == ["deny", "deny", "pass"]
    assert lines[0]["denial"] == lines[1]["denial"]
    assert "SECRET" not in journal.read_text()
    os.chdir(shop)
    ran = in_process(capsys, "denials", "--last", "1", "--format", "json")
    (denial,) = json.loads(ran.out)
    jsonschema.validate(denial, json.loads((SCHEMAS / "denial-1.schema.json").read_text()))
    assert denial["id"] == lines[0]["denial"]["id"]
    assert denial["rule_missing"] == [
        {"type": "exception", "rule": "/security/ !/security/keys.py @agents block"},
    ]
    assert "would be allowed with: /security/ !/security/keys.py" in in_process(capsys, "denials").out
    # and it is so
    Repo(shop).commit({".github/AGENTOWNERS": "/security/ !/security/keys.py @agents block\n"})
    (shop / ".github/AGENTOWNERS").unlink()
    assert reply(hook(shop, write)) == "pass"


def test_a_journal_that_cannot_be_written_stops_nothing(shop: Path, home: Path) -> None:
    (home / ".local").write_text("no directory")
    denied = hook(shop, call("Write", shop, file_path="security/keys.py"))
    assert (reply(denied), b"(log: unavailable)" in denied.err) == ("deny", True)
    assert reply(hook(shop, call("Write", shop, file_path="src/a.py"))) == "pass"


def test_a_token_says_who_calls_and_needs_its_keys_in_the_repository(shop: Path, tmp_path: Path) -> None:
    policy = """
agents:
  builder:
    oidc: [{issuer: "https://issuer.test", claims: {sub: "*"}, audience: here%s}]
unprotect: [{patterns: [".claude/"], principals: ["@builder"]}]
rules:
  - {patterns: ["/src/"], principals: ["@builder"], decision: block}
"""
    issued = but(iss="https://issuer.test", aud="here", iat=int(time.time()), exp=int(time.time()) + 600)
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text(token(issued))
    bad.write_text(token(but(iss="https://elsewhere.test", aud="here")))
    Repo(shop).commit({".agentowners.yml": policy % ", keys: keys.json", "keys.json": key_set(jwk("P-256"))})
    (shop / ".agentowners.yml").write_text(policy % ", keys: keys.json")
    write, settings = call("Write", shop, file_path="src/a.py"), call("Write", shop, file_path=".claude/settings.json")
    assert reply(hook(shop, write)) == "pass"
    assert reply(hook(shop, write, "--token-file", str(good))) == "deny"
    assert (reply(hook(shop, settings)), reply(hook(shop, settings, "--token-file", str(good)))) == ("ask", "pass")
    refused = hook(shop, call("Write", shop, file_path="docs/a"), "--token-file", str(bad))
    assert (reply(refused), b"the token is refused" in refused.err) == ("deny", True)
    assert reply(hook(shop, call("Write", shop, file_path=str(good)), "--token-file", str(good))) == "ask"
    Repo(shop).commit({".agentowners.yml": policy % ""})
    done = hook(shop, write, "--token-file", str(good))
    assert b"the keys of `https://issuer.test` are not in the repository" in done.err
