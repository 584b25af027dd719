"""Every answer is a line of the journal, also the refusal of a call that could not be judged, and an event."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from agentowners.audit.acts import CallAccess, CallRecord, TokenFacts, call_event
from agentowners.cli import hook as hook_command
from tests.audit.test_events import problems
from tests.cli.run import Ran, in_process
from tests.cli.test_hook import call, hook, payload, reply
from tests.cli.test_hook import home as home
from tests.cli.test_hook import shop as shop
from tests.git.repo import Repo
from tests.tokens.issuing import but, jwk, key_set, token


def lines(home: Path) -> list[dict[str, Any]]:
    (journal,) = (home / ".local/state/agentowners").glob("*/journal.jsonl")
    return [json.loads(line) for line in journal.read_text().splitlines()]


def denials(capsys: Any, monkeypatch: pytest.MonkeyPatch, shop: Path, *arguments: str) -> Ran:
    monkeypatch.chdir(shop)
    return in_process(capsys, "denials", *arguments)


@pytest.mark.parametrize(
    ("stdin", "client", "why"),
    [
        (b"{", None, "the payload is no JSON"),
        (b"", "gemini", "there is no payload on standard input"),
        ("unknown shape", "claude", "not a payload"),
        ("a path that is no text", "claude", "file_path"),
    ],
)
def test_a_call_that_could_not_be_judged(shop: Path, home: Path, stdin: bytes | str, client: str | None, why: str) -> None:
    if stdin == "unknown shape":
        stdin = b"{}"
    elif isinstance(stdin, str):
        stdin = call("Write", shop, file_path=7, content="x")
    named = [] if client is None else ["--client", client]
    assert reply(hook(shop, stdin, *named)) == "deny"
    (line,) = lines(home)
    assert (line["client"], line["reply"], line["accesses"]) == (client, "deny", [])
    assert why in line["refused"] or "payload" in line["refused"]


def test_a_call_that_says_nothing_of_itself_is_listed_without_it(
    shop: Path, home: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(shop, b"")
    first, why = denials(capsys, monkeypatch, shop).out.splitlines()
    assert re.fullmatch(r"refused  [0-9-]+ [0-9:]+  deny", first)
    assert why == "  there is no payload on standard input"


def test_a_policy_that_does_not_parse_is_a_refusal_too(shop: Path, home: Path, capsys: Any, monkeypatch: Any) -> None:
    Repo(shop).commit({".github/AGENTOWNERS": "docs/ @agents deny\n"})
    assert reply(hook(shop, call("Write", shop, file_path="docs/a", content="x"))) == "deny"
    (line,) = lines(home)
    assert (line["tool"], line["call"]) == ("Write", "t1")
    assert line["refused"].startswith("the policy does not parse: ")
    shown = denials(capsys, monkeypatch, shop).out
    assert (shown.startswith("refused  "), line["refused"] in shown) == (True, True)
    assert json.loads(denials(capsys, monkeypatch, shop, "--format", "json").out) == []


def test_calls_as_events(shop: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("security/keys.py", "package.json", "docs/fine.md"):
        hook(shop, call("Write", shop, file_path=path, content="x"))
    hook(shop, b"{")
    found = [json.loads(line) for line in denials(capsys, monkeypatch, shop, "--format", "ocsf").out.splitlines()]
    assert [problem for event in found for problem in problems(event)] == []
    told = [(event["class_uid"], event["action_id"], event["disposition_id"]) for event in found]
    assert told == [(6003, 2, 2), (6003, 2, 23), (6003, 2, 2)]
    blocked = found[-1]
    assert blocked["actor"] == {"user": {"name": "@claude"}, "session": {"uid": "s"}}
    assert blocked["api"] == {"operation": "Write", "service": {"name": "claude"}}
    assert [one["name"] for one in blocked["resources"]] == ["security/keys.py"]
    assert blocked["unmapped"]["agentowners"]["principals"] == [{"name": "@claude"}]


def test_whose_token_it_was_is_told_and_never_the_token(shop: Path, home: Path, tmp_path: Path) -> None:
    policy = "agents: {builder: {oidc: [{issuer: 'https://issuer.test', claims: {sub: '*'}, audience: here, keys: keys.json}]}}\n"
    policy += "rules: [{patterns: [/security/], decision: block}]\n"
    Repo(shop).commit({".agentowners.yml": policy, "keys.json": key_set(jwk("P-256"))})
    now = int(time.time())
    given = token(but(iss="https://issuer.test", aud="here", jti="j-1", iat=now, exp=now + 600))
    (tmp_path / "token").write_text(given)
    hook(shop, call("Write", shop, file_path="docs/a", content="x"), "--token-file", str(tmp_path / "token"))
    (line,) = lines(home)
    assert (line["token"]["issuer"], line["token"]["jti"]) == ("https://issuer.test", "j-1")
    assert given not in json.dumps(line)


def test_an_event_of_a_token_names_its_bearer() -> None:
    bearer = TokenFacts("https://issuer.test", "operative:a", "j-1", "f" * 64)
    reading = CallAccess("file_read", "docs/a", "allow")
    event: Any = call_event(
        CallRecord(at=7000, reply="pass", tool="Read", client="claude", accesses=(reading,), token=bearer), "x"
    )
    assert problems(event) == []
    assert event["actor"]["user"] == {"name": "unknown", "uid": "operative:a", "credential_uid": "j-1"}
    assert event["actor"]["session"]["issuer"] == "https://issuer.test"
    assert (event["type_uid"], event["action_id"], event["disposition_id"]) == (600302, 1, 1)


def test_what_somebody_else_wrote_into_the_journal_is_left_out(
    shop: Path, home: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(shop, call("Write", shop, file_path="security/keys.py", content="x"))
    (journal,) = (home / ".local/state/agentowners").glob("*/journal.jsonl")
    journal.write_text('{"refused": "x", "at": "soon"}\n' + journal.read_text())
    ran = denials(capsys, monkeypatch, shop, "--format", "ocsf")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)


def test_a_half_written_policy_of_the_work_tree_is_left_out_and_said(shop: Path) -> None:
    (shop / ".github/AGENTOWNERS").write_text("docs/ @agents den")
    said = "the work tree's policy does not parse and is left out: .github/AGENTOWNERS:1:"
    denied = hook(shop, call("Write", shop, file_path="security/keys.py", content="x"))
    assert (reply(denied), f"({said}" in denied.err.decode()) == ("deny", True)
    fine = [hook(shop, call("Write", shop, file_path="docs/a.md", content="x")) for _ in range(2)]
    assert [reply(done) for done in fine] == ["pass", "pass"]
    assert [said in done.out.decode() for done in fine] == [True, False], "once a session"


@pytest.mark.parametrize("name", ["AGENTOWNERS.txt", ".github/agentowners", "docs/agent-owners.yml"])
def test_a_policy_that_is_not_read_because_of_its_name_is_said_once_a_session_and_with_what_is_asked(
    tmp_path: Path, name: str
) -> None:
    repo = Repo(tmp_path / "bare").path
    (repo / name).parent.mkdir(exist_ok=True)
    (repo / name).write_text("/security/ @agents block\n")
    said = f"`{name}` is surely meant as a policy, and is not read"
    fine = [hook(repo, call("Write", repo, file_path="security/keys.py", content="x")) for _ in range(2)]
    assert [(reply(done), said in done.out.decode()) for done in fine] == [("pass", True), ("pass", False)]
    asked = hook(repo, call("Write", repo, file_path=".git/config", content="x"))
    assert (reply(asked), said in asked.out.decode()) == ("ask", True)
    (repo / "AGENTOWNERS").write_text("/docs/ @agents block\n")
    assert said not in hook(repo, call("Write", repo, file_path=".git/config", content="x")).out.decode()


def test_on_windows_every_call_is_refused_and_nothing_is_installed(
    shop: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_command, "_POSIX", False)
    done = hook(shop, payload(shop, tool_name="Read", tool_input={"file_path": "README.md"}), "--client", "gemini")
    assert json.loads(done.out)["decision"] == "deny"
    assert b"cannot be judged on Windows" in done.err
    assert b"Run the client in WSL" in done.err
    monkeypatch.chdir(shop)
    for what in ("install", "doctor"):
        ran = in_process(capsys, "hook", what)
        assert (ran.code, "on Windows" in ran.err) == (1, True)
