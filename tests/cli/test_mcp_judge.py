"""Requests of an MCP client, judged by real policies: which get through, who is judged, and what is read again."""

from __future__ import annotations

import json
import os
import pwd
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agentowners.cli import hook_call, mcp_judge, mcp_token, policy_cache
from agentowners.cli.hook_policies import RepositoryPolicies, policies_of
from agentowners.cli.mcp_judge import McpJudge
from agentowners.dispatch.model import Annotations, ToolCall
from agentowners.dispatch.touches import touches_of
from agentowners.issuers.keys import IssuerKeys, KeysUnavailableError
from agentowners.mcp.hints import ToolHints
from agentowners.mcp.messages import ClientRequest
from agentowners.mcp.session import PromptRequest, ResourceRequest, Target, ToolRequest, Undecided
from agentowners.store.repositories import Repository
from tests.cli.run import in_process
from tests.git.repo import Gone, Repo
from tests.tokens.issuing import but, jwk, key_set, token

POLICY = """\
/security/ @agents block # keys and secrets
.env* @agents block
package.json @agents require_approval @acme/platform
/docs/ @codex block
/src/ @agents allow
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repo]:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=str(home)))
    monkeypatch.setattr(mcp_judge, "AT_THE_SAME_TIME", -1)
    repo = Repo(tmp_path / "shop")
    repo.commit({".github/AGENTOWNERS": POLICY, "src/a.py": "a\n", "security/keys.py": "k\n", "docs/a.md": "d\n"})
    repo.git("reset", "-q", "--hard")
    here = os.getcwd()
    os.chdir(repo.path)
    yield repo
    os.chdir(here)


def judged(target: Target, judge: McpJudge | None = None, *, client: str = "claude-code", roots: tuple[str, ...] = ()) -> Any:
    """The answer to a request; None where it passes."""
    request = ClientRequest(1, "tools/call" if isinstance(target, ToolRequest) else "x", {})
    judge = judge or McpJudge(["server"], [])
    frame = judge.refuse(Undecided(request, target, client), roots)
    judge.rest()
    return None if frame is None else json.loads(frame)


def call(tool: str, hints: ToolHints | None = None, **arguments: object) -> ToolRequest:
    return ToolRequest(tool, arguments, hints or ToolHints())


def reason(answer: Any) -> str:
    result = answer.get("result")
    return str(result["content"][0]["text"] if result is not None else answer["error"]["message"])


BLOCKED = [
    call("write_file", path="security/keys.py"),
    call("write_file", PATH="src/../security/new.py"),
    call("read_text_file", path=' "security/keys.py" '),
    call("read_multiple_files", paths=["src/a.py", "security/keys.py"]),
    call("list_directory", path="security"),
    call("move_file", source="src/a.py", destination="security/a.py"),
    call("move_file", source=".", destination="/elsewhere"),
    call("write_file", path="src/a.py", note="security/keys.py"),
    call("unheard-of", what={"deep": ["security/keys.py"]}),
    call("unheard-of", what=".env.local"),
    ResourceRequest(("file://security/keys.py",)),
    ResourceRequest(("src/a.py", "file:./%73ecurity/keys.py")),
    ResourceRequest(("repo://security/keys.py",)),
    PromptRequest("review", {"file": "security/keys.py"}),
]


@pytest.mark.parametrize("target", BLOCKED, ids=str)
def test_what_the_policy_blocks_is_refused_however_it_is_asked_for(shop: Repo, target: Target) -> None:
    answer = judged(target)
    assert reason(answer).startswith("agentowners: blocked: ")
    data = answer["result"]["structuredContent"] if "result" in answer else answer["error"]["data"]
    assert data["decision"] == "block"


PASSING = [
    call("write_file", path="src/new.py", content="security matters\nand more"),
    call("read_text_file", path="README.md"),
    call("unheard-of", what="hello"),
    ResourceRequest(("memo://insights",)),
    PromptRequest("review", {"tone": "kind"}),
]


@pytest.mark.parametrize("target", PASSING, ids=str)
def test_the_rest_passes(shop: Repo, target: Target) -> None:
    assert judged(target) is None


def test_an_approval_is_refused_with_what_to_do_unless_the_policy_says_later(shop: Repo) -> None:
    answer = judged(call("write_file", path="package.json"))
    assert "It takes 1 approval of @acme/platform: ask a person to do it, or propose a change" in reason(answer)
    denial = answer["result"]["structuredContent"]
    assert denial["decision"] == "require_approval"
    assert {step["action"] for step in denial["next_steps"]} >= {"inspect_policy", "submit_proposal"}
    shop.commit({".github/AGENTOWNERS": f"{POLICY}dispatch at_call=later\n"})
    assert judged(call("write_file", path="package.json")) is None
    assert judged(call("read_text_file", path="package.json")) is not None


HINTS = [
    (None, "security matters", True),
    (Annotations(read_only=True), "none", True),
    (Annotations(destructive=False), "none", True),
    (Annotations(), "none", False),
    (Annotations(destructive=True), "none", False),
]


@pytest.mark.parametrize(("annotations", "text", "passes"), HINTS)
def test_hints_decide_where_no_rule_does(shop: Repo, annotations: Annotations | None, text: str, passes: bool) -> None:
    answer = judged(call("unheard-of", ToolHints(annotations), what=text))
    assert (answer is None) is passes


def test_rules_come_before_hints(shop: Repo) -> None:
    assert judged(call("read_text_file", ToolHints(Annotations(read_only=True)), path="security/keys.py")) is not None
    assert judged(call("write_file", ToolHints(Annotations(read_only=True)), path="package.json")) is not None
    assert judged(call("write_file", ToolHints(Annotations(destructive=True)), path="src/a.py")) is None
    answer = judged(call("write_file", ToolHints(Annotations(destructive=True)), path="other/a.py"))
    assert answer["result"]["structuredContent"]["decision"] == "require_approval"
    assert "may destroy something by its own hints" in reason(answer)


NAMES = {
    "codex-mcp-client": "codex",
    "gemini-cli-mcp-client-fs": "gemini",
    "Visual Studio Code - Insiders": "copilot",
    "cursor-vscode": "cursor",
    "somebody": "agents",
    "": "agents",
}


@pytest.mark.parametrize("client", NAMES)
def test_the_client_is_who_it_says_it_is(shop: Repo, client: str) -> None:
    answer = judged(call("read_text_file", path="security/keys.py"), client=client)
    assert answer["result"]["structuredContent"]["principals"] == [f"@{NAMES[client]}"]
    assert (judged(call("read_text_file", path="docs/a.md"), client=client) is not None) is (NAMES[client] == "codex")


def test_policies_define_tools_by_the_name_that_clients_give_them(shop: Repo) -> None:
    policy = "version: 1\ndispatch: {tools: {mcp__db__drop*: {actions: [file_write], paths: [table_file]}}}\nrules:\n"
    policy += '  - {patterns: ["/ledger"], decision: block}\n'
    shop.commit({".github/AGENTOWNERS": Gone(), ".github/agentowners.yml": policy})
    asked = call("drop_table", TableFile="ledger", table_file="x")
    for name, blocked in (("db", True), (None, True), ("other", False)):
        answer = judged(asked, McpJudge(["server"], [], None, name))
        assert (answer is not None) is blocked, name


def test_paths_are_judged_from_wherever_the_server_may_start(shop: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.path.parent)
    relative = call("write_file", path="security/new")
    assert judged(relative) is None
    assert judged(relative, McpJudge(["server", str(shop.path)], [])) is not None
    assert judged(relative, McpJudge(["server", "--root=shop"], [])) is not None
    assert judged(relative, roots=(f"file://{shop.path}",)) is not None
    assert judged(call("git_add", files=["security/new"], repo_path="shop")) is not None


def test_links_lead_where_they_lead(shop: Repo) -> None:
    (shop.path / "src/link").symlink_to("../security")
    assert judged(call("write_file", path="src/link/keys.py")) is not None


def test_the_policy_is_read_again_as_soon_as_it_changes(shop: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_cache, "_SETTLED", -1)
    judge = McpJudge(["server"], [])
    other = call("write_file", path="other/a.py")
    assert judged(other, judge) is None
    (shop.path / ".github/AGENTOWNERS").write_text(f"{POLICY}/other/ @agents block\n")
    assert judged(other, judge) is not None
    (shop.path / ".github/AGENTOWNERS").write_text(POLICY)
    assert judged(other, judge) is None
    shop.commit({".github/AGENTOWNERS": f"{POLICY}/other/ @agents block\n"})
    shop.git("reset", "-q", "--hard")
    assert judged(other, judge) is not None


def test_what_has_just_changed_is_read_at_each_request_until_its_time_tells_it_apart(
    shop: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Repository] = []

    def counted(repository: Repository, *rest: Any, **options: Any) -> RepositoryPolicies:
        reads.append(repository)
        return policies_of(repository, *rest, **options)

    monkeypatch.setattr(hook_call, "policies_of", counted)
    judge = McpJudge(["server"], [])
    for settled, expected in ((1 << 62, 3), (-1, 4)):
        monkeypatch.setattr(policy_cache, "_SETTLED", settled)
        for _ in range(3):
            judged(call("read_text_file", path="src/a.py"), judge)
        assert len(reads) == expected


def test_calls_with_the_same_words_at_the_same_time_are_decided_once_and_each_is_in_the_journal(
    shop: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_judge, "AT_THE_SAME_TIME", 1 << 62)
    decided: list[dict[str, object]] = []

    def counted(call: ToolCall, *rest: Any) -> Any:
        decided.append(dict(call.arguments))
        return touches_of(call, *rest)

    monkeypatch.setattr(hook_call, "touches_of", counted)
    judge = McpJudge(["server"], [])
    targets: list[Target] = [
        *(call("unheard-of", n=n, path="src/a.py") for n in (1, 1.0, True, "1", [1], None)),
        call("unheard-of", path="src/a.py", n=1),
        call("write_file", path="src/a.py"),
        call("write_file", ToolHints(Annotations(read_only=True)), path="src/a.py"),
        call("write_file", path="security/keys.py"),
        ResourceRequest(("src/a.py",)),
        PromptRequest("unheard-of", {"n": 1, "path": "src/a.py"}),
    ]
    first = [judged(each, judge) for each in targets]
    assert [judged(each, judge) for each in targets] == first
    assert len(decided) == len(targets)
    judged(targets[0], judge, client="codex")
    judged(targets[0], judge, client="codex", roots=(f"file://{tmp_path}",))
    long = Undecided(ClientRequest(1, "tools/call", {}), call("unheard-of", n=1, path="src/a.py"), "codex", 1 << 20)
    judge.refuse(long, (f"file://{tmp_path}",))
    assert len(decided) == len(targets) + 3
    judge.rest()
    journal = next((tmp_path / "home").rglob("journal.jsonl")).read_text().splitlines()
    assert len(journal) == 2 * len(targets) + 3


def test_what_cannot_be_judged_stands_in_the_journal_after_the_calls_before_it(shop: Repo, tmp_path: Path) -> None:
    judge = McpJudge(["server"], [])
    for id, path in enumerate(("src/a.py", "src/\0", "src/a.py", "security/keys.py", "src/\0"), 1):
        request = ClientRequest(id, "tools/call", {})
        judge.refuse(Undecided(request, call("write_file", path=path), "codex"), ())
    journal = next((tmp_path / "home").rglob("journal.jsonl")).read_text().splitlines()
    assert [json.loads(line)["call"] for line in journal] == ["1", "2", "3", "4", "5"]


def test_a_policy_file_restricts_from_outside_and_is_read_at_each_request(shop: Repo, tmp_path: Path) -> None:
    further = tmp_path / "further"
    further.write_text("")
    judge = McpJudge(["server"], [str(further)])
    assert judged(call("write_file", path="src/a.py"), judge) is None
    further.write_text("/src/ @claude block\n/security/ @agents allow\n")
    assert "blocked: src/a.py by" in reason(judged(call("write_file", path="src/a.py"), judge))
    assert judged(call("write_file", path="src/a.py"), judge, client="codex") is None
    assert judged(call("write_file", path="security/keys.py"), judge) is not None


def test_a_policy_that_does_not_parse_denies_and_says_so(shop: Repo, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("/x @agents blok\n")
    answer = judged(call("read_text_file", path="src/a.py"), McpJudge(["server"], [str(bad)]))
    assert "the policy does not parse" in reason(answer)


def test_a_denial_says_that_the_work_trees_policy_is_left_out_and_that_there_is_no_journal(shop: Repo, tmp_path: Path) -> None:
    (shop.path / ".github/AGENTOWNERS").write_text("/x @agents blok\n")
    judge, write = McpJudge(["server"], []), call("write_file", path="security/keys.py")
    assert "the work tree's policy does not parse and is left out" in reason(judged(write, judge))
    assert "log: unavailable" not in reason(judged(write, judge))
    journal = next((tmp_path / "home").rglob("journal.jsonl"))
    journal.unlink()
    journal.symlink_to("/dev/null")
    assert reason(judged(write, judge)).endswith("(log: unavailable)")
    journal.unlink()
    assert "log: unavailable" not in reason(judged(write, judge))


def test_a_fault_of_this_tool_denies(shop: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(mcp_judge, "Dispatcher", broken)
    assert "this is a bug in agentowners: ZeroDivisionError" in reason(judged(call("read_text_file", path="src/a.py")))


def test_configuration_of_clients_and_the_policy_itself_are_not_written(shop: Repo, tmp_path: Path) -> None:
    for path in (".mcp.json", ".github/AGENTOWNERS", ".git/hooks/x", f"{tmp_path}/home/.claude/settings.json"):
        assert "approval required" in reason(judged(call("write_file", path=path))), path


def with_token(repo: Repo, place: Path, keys: str = "keys: keys.json") -> tuple[Path, float]:
    """A repository whose policy knows a token, and the file with the token."""
    policy = f"""
agents:
  builder:
    oidc: [{{issuer: "https://issuer.test", claims: {{sub: "*"}}, audience: here, {keys}}}]
rules:
  - {{patterns: ["/src/"], principals: ["@builder"], decision: block}}
  - {{patterns: ["/docs/"], principals: ["@claude"], decision: block}}
"""
    repo.commit({".github/AGENTOWNERS": Gone(), ".agentowners.yml": policy, "keys.json": key_set(jwk("P-256"))})
    repo.git("reset", "-q", "--hard")
    now = time.time()
    issued = but(iss="https://issuer.test", aud="here", iat=int(now), exp=int(now) + 600)
    (place / "token").write_text(token(issued))
    return place / "token", now


def test_a_token_says_who_calls_is_looked_at_once_and_again_when_it_has_ended(
    shop: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, now = with_token(shop, tmp_path)
    judge = McpJudge(["server"], [], str(path))
    judge.prove()
    path.write_text("no token")
    write = call("write_file", path="src/a.py")
    assert judged(write) is None
    answer = judged(write, judge)
    assert answer["result"]["structuredContent"]["principals"] == ["@builder"]
    assert judged(call("write_file", path="docs/a.md"), judge) is None
    monkeypatch.setattr(mcp_token, "time", SimpleNamespace(time=lambda: now + 700))
    assert "the token is refused" in reason(judged(call("write_file", path="other"), judge))


def test_where_the_issuers_keys_cannot_be_had_the_client_is_judged_and_what_the_token_claims(shop: Repo, tmp_path: Path) -> None:
    class Nowhere:
        def get(self, url: str) -> bytes:
            raise KeysUnavailableError("nobody is there")

    path, _ = with_token(shop, tmp_path, "algorithms: [ES256]")
    judge = McpJudge(["server"], [], str(path))
    judge._token = mcp_token.TokenSession(str(path), IssuerKeys(Nowhere()))
    judge.prove()
    assert judged(call("write_file", path="src/a.py"), judge)["result"]["structuredContent"]["principals"] == ["@builder"]
    assert judged(call("write_file", path="docs/a.md"), judge)["result"]["structuredContent"]["principals"] == ["@claude"]
    assert judged(call("write_file", path="other"), judge) is None


def test_a_token_that_proves_nothing_ends_the_command(shop: Repo, tmp_path: Path, capsys: Any) -> None:
    path, _ = with_token(shop, tmp_path)
    path.write_text("no token")
    ran = in_process(capsys, "mcp-gateway", "--token-file", str(path), "--", "server")
    assert (ran.code, ran.out) == (6, "")
    assert "the token is refused" in ran.err
    assert in_process(capsys, "mcp-gateway", "--token-file", "-", "--", "server").code == 2
    assert in_process(capsys, "mcp-gateway", "--token-file", str(tmp_path / "none"), "--", "server").code == 1
