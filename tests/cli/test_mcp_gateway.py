"""``agentowners mcp-gateway``: what passes does so byte for byte, what the policy denies does not; neither side waits in vain."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import agentowners
from agentowners.cli.mcp_gateway import parser
from tests.cli.gateway import Gateway
from tests.cli.run import in_process
from tests.docs.pages import page
from tests.git.repo import CLEAN, Repo

SCHEMAS = Path(agentowners.__file__).parent / "schemas"
POLICY = """\
/security/ @agents block # keys and secrets
.env* @agents block
package.json @agents require_approval @acme/platform
/src/ @agents allow
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("gateway")
    (place / "home").mkdir()
    repo = Repo(place / "shop")
    repo.commit({".github/AGENTOWNERS": POLICY, "src/a.py": "a\n", "security/keys.py": "k\n", "package.json": "{}\n"})
    repo.git("reset", "-q", "--hard")
    return repo.path


@pytest.fixture
def gateway(root: Path) -> Iterator[Gateway]:
    (root.parent / "server.log").unlink(missing_ok=True)
    with Gateway(root) as made:
        yield made


def denied(answer: dict[str, Any]) -> dict[str, Any]:
    """The denial in the answer to a tool's call."""
    result: dict[str, Any] = answer["result"]
    assert result["isError"] is True
    assert result["resultType"] == "complete"
    texts = [each["text"] for each in result["content"]]
    assert texts[0].startswith("agentowners: ")
    denial: dict[str, Any] = result.get("structuredContent") or json.loads(texts[1])
    jsonschema.validate(denial, json.loads((SCHEMAS / "denial-1.schema.json").read_text()))
    return denial


def test_what_passes_does_so_byte_for_byte_in_both_directions(gateway: Gateway) -> None:
    gateway.start()
    odd = '{ "jsonrpc":"2.0",\t"id":7 ,"method":"tools/call","params":{"name":"echo","arguments":{"a":"é\\u00e9 \u2028 1.0e2"}}}'
    gateway.send(odd.encode())
    assert gateway.line() == b'{"jsonrpc" : "2.0" , "id" : 7 , "result" : {"content" : [{"type" : "text" , "text" : "echo"}]}}\n'
    tools = gateway.ask("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools] == ["write_file", "read_file", "shred", "large"]
    code, rest, err = gateway.end()
    assert (code, rest, err) == (0, b"", b"")
    lines = gateway.log.read_bytes().splitlines()
    assert odd.encode() in lines
    assert lines[-1] == b"END"


def test_denied_calls_do_not_reach_the_server_and_their_reason_reaches_the_client(gateway: Gateway, root: Path) -> None:
    gateway.start()
    blocked = denied(gateway.call("write_file", path="security/keys.py", content="x"))
    assert blocked["decision"] == "block"
    assert blocked["principals"] == ["@claude"]
    assert [(each["action"], each["path"]) for each in blocked["accesses"]] == [("file_write", "security/keys.py")]
    assert blocked["rule_missing"]
    asked = denied(gateway.call("write_file", path="package.json", content="{}"))
    assert asked["decision"] == "require_approval"
    assert gateway.call("write_file", path="src/b.py", content="x")["result"]["content"][0]["text"] == "write_file"
    code, _, _ = gateway.end()
    assert code == 0
    seen = gateway.log.read_bytes()
    assert b"src/b.py" in seen
    assert b"security" not in seen
    assert b"package.json" not in seen
    journal = next((root.parent / "home/.local/state/agentowners").rglob("journal.jsonl")).read_text()
    entries = [json.loads(line) for line in journal.splitlines()][-3:]
    assert [(each["client"], each["reply"], each["decision"]) for each in entries] == [
        ("claude-code", "deny", "block"),
        ("claude-code", "deny", "require_approval"),
        ("claude-code", "pass", "allow"),
    ]
    assert entries[0]["denial"]["id"] == blocked["id"]


def test_frames_that_are_refused_are_answered_and_the_connection_goes_on(gateway: Gateway) -> None:
    gateway.start()
    gateway.send(b"{", b'{"jsonrpc":"2.0","id":8,"method":"tools/call","Method":"ping"}', b"[]", gateway.request("ping"))
    first, second, third = gateway.get(), gateway.get(), gateway.get()
    assert (first["error"]["code"], "id" in first) == (-32700, False)
    assert (second["error"]["code"], second["id"]) == (-32600, 8)
    assert third["error"]["code"] == -32600
    assert gateway.get()["result"] == {"method": "ping"}
    gateway.send({"jsonrpc": "2.0", "method": "notifications/unknown"}, gateway.request("ping"))
    assert gateway.get()["error"]["code"] == -32601
    assert gateway.get()["result"] == {"method": "ping"}
    _, _, err = gateway.end()
    assert err.count(b"agentowners: refused: ") == 3
    assert b"unknown" not in gateway.log.read_bytes()


def test_requests_that_name_their_revision_are_decided_without_a_handshake(gateway: Gateway) -> None:
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientInfo": {"name": "codex"}}

    def write(path: str, **more: object) -> dict[str, Any]:
        params = {"name": "write_file", "arguments": {"path": path}, "_meta": {**meta, **more}}
        return {"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": params}

    gateway.send(write("security/keys.py", progressToken=1))
    assert denied(gateway.get())["principals"] == ["@codex"]
    cancelled = b'{"jsonrpc":"2.0", "method":"notifications/cancelled", "params":{"requestId":5}}'
    gateway.send(cancelled)
    allowed = json.dumps(write("src/b.py", progressToken="é")).encode()
    gateway.send(allowed)
    assert gateway.get()["result"]["content"][0]["text"] == "write_file"
    gateway.send({"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "shred", "_meta": meta}})
    assert gateway.get()["id"] == 5, "an id that was answered is free"
    gateway.send({"jsonrpc": "2.0", "id": 6, "method": "initialize", "params": {"_meta": meta}})
    assert gateway.get()["error"]["code"] == -32601
    assert gateway.end()[0] == 0
    seen = gateway.log.read_bytes().splitlines()
    assert seen[:2] == [cancelled, allowed]
    assert len(seen) == 4


def test_a_last_line_without_an_end_does_not_pass(gateway: Gateway) -> None:
    gateway.start()
    assert gateway.process.stdin is not None
    gateway.process.stdin.write(b'{"jsonrpc":"2.0","id":9,"method":"ping"}')
    code, rest, err = gateway.end()
    assert code == 0
    assert json.loads(rest)["error"]["code"] == -32700
    assert b"has no end" in err
    assert b'"id":9' not in gateway.log.read_bytes()


def test_a_refusal_waits_for_the_end_of_a_frame_that_the_server_has_begun(gateway: Gateway) -> None:
    gateway.start()
    begun = gateway.request("tools/call", {"name": "half"})
    gateway.send(begun)
    assert gateway.process.stdout is not None
    half = gateway.process.stdout.read(len('{"jsonrpc":"2.0",'))
    gateway.send(gateway.request("tools/call", {"name": "write_file", "arguments": {"path": "security/a"}}), b"{")
    gateway.send(gateway.request("tools/call", {"name": "rest"}))
    assert json.loads(half + gateway.line()) == {"jsonrpc": "2.0", "id": begun["id"], "result": {"half": True}}
    answers = [gateway.get() for _ in range(3)]
    assert sum("error" in each for each in answers) == 1
    assert sum(each.get("result", {}).get("isError", False) for each in answers) == 1


def test_hints_decide_where_the_policy_is_silent(gateway: Gateway) -> None:
    gateway.start()
    assert "isError" not in gateway.call("shred", what="nothing")["result"]
    gateway.ask("tools/list")
    assert denied(gateway.call("shred", what="nothing"))["accesses"] == []
    assert "isError" not in gateway.call("read_file", path="README.md")["result"]
    assert "isError" not in gateway.call("large", size=1)["result"]


def test_large_results_pass_while_neither_side_waits_for_the_other(gateway: Gateway) -> None:
    """More is under way in both directions at a time than all pipes hold together."""
    gateway.start()
    size, count = 5 << 20, 3
    gateway.send(*(gateway.request("tools/call", {"name": "large", "arguments": {"size": size}}) for _ in range(count)))
    filler = [gateway.request("tools/call", {"name": "echo", "arguments": {"text": "y" * 30_000}}) for _ in range(100)]
    writer = threading.Thread(target=gateway.send, args=filler)
    writer.start()
    for _ in range(count):
        assert len(gateway.get()["result"]["content"][0]["text"]) == size
    assert [gateway.get()["id"] for _ in filler] == [each["id"] for each in filler]
    writer.join()
    assert gateway.end()[0] == 0


def test_the_end_of_the_server_is_the_end_of_the_gateway(gateway: Gateway) -> None:
    gateway.start()
    dies = gateway.request("tools/call", {"name": "die", "arguments": {"code": 7}})
    gateway.send(gateway.request("tools/call", {"name": "half"}), dies)
    assert gateway.line() == b'{"jsonrpc":"2.0",'
    assert gateway.process.wait(30) == 7


@pytest.mark.parametrize("how", ["of itself", "passed on"])
def test_a_server_that_dies_of_a_signal(gateway: Gateway, how: str) -> None:
    gateway.start()
    if how == "of itself":
        gateway.send(gateway.request("tools/call", {"name": "kill", "arguments": {"signal": int(signal.SIGTERM)}}))
    else:
        os.kill(gateway.process.pid, signal.SIGTERM)
    assert gateway.process.wait(30) == 128 + signal.SIGTERM
    assert gateway.line() == b""


def test_a_client_that_is_gone_ends_the_server(gateway: Gateway) -> None:
    gateway.start()
    assert gateway.process.stdout is not None
    gateway.process.stdout.close()
    gateway.send(gateway.request("tools/call", {"name": "large", "arguments": {"size": 1 << 22}}))
    assert gateway.process.wait(30) in (0, 1, 128 + signal.SIGTERM, 128 + signal.SIGPIPE, 120)


def test_what_the_server_says_on_standard_error_passes(gateway: Gateway) -> None:
    gateway.start()
    gateway.call("complain")
    assert gateway.end()[2] == b"a word of the server\n"


def test_hostile_variables_change_nothing_and_reach_the_server_as_they_are(root: Path) -> None:
    state = {"HOME": "/nowhere", "XDG_STATE_HOME": "/", "AGENTOWNERS_DEBUG": "1"}
    hostile = {**state, "GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/", "LC_ALL": "", "LANG": "C"}
    with Gateway(root, env=hostile) as gateway:
        gateway.start()
        denied(gateway.call("write_file", path="security/keys.py"))
        assert gateway.call("variables")["result"] == {**CLEAN, **hostile}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ([], "the server's command is missing"),
        (["--"], "the server's command is missing"),
        (["cat"], "unexpected argument `cat`"),
        (["--policy", "--", "cat"], "unknown option `--policy`"),
    ],
)
def test_a_command_line_that_is_not_understood(capsys: Any, line: list[str], said: str) -> None:
    ran = in_process(capsys, "mcp-gateway", *line)
    assert ran.code == 2
    assert said in ran.err


def test_a_server_that_cannot_be_started(root: Path) -> None:
    with Gateway(root, "--", "no-such-server") as gateway:
        code, out, err = gateway.end()
    assert (code, out) == (1, b"")
    assert err == b"agentowners: `no-such-server` cannot be started: no such file or directory\n"


def test_the_page_sets_servers_up_as_the_command_is_written() -> None:
    blocks = {block.title: block for block in page("docs/commands/mcp-gateway.md").blocks}
    for server in json.loads(blocks[".mcp.json"].text)["mcpServers"].values():
        command, *arguments = server["args"]
        assert (server["command"], command) == ("agentowners", "mcp-gateway")
        options = parser().read(arguments)
        assert options.name
        assert options.command == arguments[arguments.index("--") + 1 :]
