"""``agentowners serve`` on a socket and on a port: who is let in, how much, how long, and what agents are answered."""

from __future__ import annotations

import http.client
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agentowners.cli.policy_service import RepositoryService
from agentowners.cli.proposing import Desk
from agentowners.cli.serve import api_document, read_tokens
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.model import Client
from agentowners.server import listening
from agentowners.server.listening import ApiServer, PortServer, SocketServer
from agentowners.server.routes import ApiRequest, ApiResponse, respond
from tests.cli.agents_desk import Office, office
from tests.schemas.published import validator

__all__ = ["office"]

TOKEN = "t" * 32
PROPOSAL = {
    "intent_summary": "why",
    "operations": [{"add_exception": {"rule": ".github/AGENTOWNERS:1", "pattern": "!/security/keys.py"}}],
}


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("policy.local", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


@contextmanager
def running(server: ApiServer) -> Iterator[ApiServer]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(service: RepositoryService) -> Any:
    return lambda request: respond(request, service, api_document)


class Agent:
    """Somebody who asks."""

    def __init__(self, place: str | int, headers: dict[str, str] | None = None) -> None:
        self.place = place
        self.headers = headers or {}

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        if isinstance(self.place, int):
            connection: http.client.HTTPConnection = http.client.HTTPConnection("127.0.0.1", self.place, timeout=20)
        else:
            connection = _OverSocket(self.place)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, target, data, {**kind, **self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})
        response = connection.getresponse()
        said = response.read()
        connection.close()
        return response.status, json.loads(said) if said else None


@pytest.fixture
def service(office: Office) -> RepositoryService:
    return RepositoryService(Desk(), Client.CLAUDE, lambda _: None)


@pytest.fixture
def agent(office: Office, service: RepositoryService) -> Iterator[Agent]:
    path = str(office.home / "policy.sock")
    with running(SocketServer(path, answering(service))):
        yield Agent(path)


@pytest.fixture
def port(office: Office, service: RepositoryService) -> Iterator[int]:
    with running(PortServer(0, {TOKEN: "@ci-bot"}, answering(service))) as server:
        assert isinstance(server, PortServer)
        yield server.port


def test_an_agent_asks_proposes_waits_and_tries_again(office: Office, agent: Agent) -> None:
    status, policy = agent.ask("GET", "/v1/policy/current")
    assert (status, policy["sources"][0]["path"]) == (200, ".github/AGENTOWNERS")
    call = {"tool": "Write", "arguments": {"file_path": "security/keys.py"}, "client": "claude"}
    status, denial = agent.ask("POST", "/v1/check", call)
    validator("denial-1").validate(denial)
    assert (status, denial["decision"]) == (200, "block")
    assert agent.ask("POST", "/v1/check", call | {"arguments": {"file_path": "src/a.py"}}) == (200, {"decision": "allow"})
    assert not (office.state / "journal.jsonl").exists()  # a call that is only supposed is none
    assert office.call("security/keys.py") == "deny"
    status, denials = agent.ask("GET", "/v1/denials?last=1")
    assert denials["denials"][0]["rule_missing"]
    status, answer = agent.ask("POST", "/v1/proposals", PROPOSAL | {"denial": denials["denials"][0]["id"]})
    validator("proposal-1").validate(answer)
    assert (status, answer["state"]) == (202, "pending")
    waiting: list[Any] = []
    waiter = threading.Thread(target=lambda: waiting.append(agent.ask("GET", f"/v1/proposals/{answer['id']}/wait?timeout=300")))
    waiter.start()
    assert office.approve(answer["id"]).code == 0
    waiter.join()
    assert (waiting[0][0], waiting[0][1]["state"]) == (200, "approved")
    assert agent.ask("POST", "/v1/check", call)[1]["error"] == "policy_denied"  # a call of no session has no grant
    assert office.call("security/keys.py") == "pass"


def test_a_rejection_reaches_whoever_waits(office: Office, agent: Agent) -> None:
    answer = agent.ask("POST", "/v1/proposals", PROPOSAL)[1]
    assert office.run("inbox", "reject", answer["id"], "--guidance", "smaller").code == 0
    status, found = agent.ask("GET", f"/v1/proposals/{answer['id']}/wait?timeout=1")
    assert (status, found["state"], found["guidance"]) == (200, "rejected", "smaller")


def test_four_wait_at_a_time(office: Office) -> None:
    going, enough = threading.Event(), threading.Semaphore(0)

    def pause(_: float) -> None:
        enough.release()
        going.wait()

    service = RepositoryService(Desk(), None, pause)
    id = office.propose(*PROPOSAL["operations"])["id"]
    threads = [threading.Thread(target=service.wait, args=(id, 300)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        enough.acquire()
    path = f"/v1/proposals/{id}/wait"
    done = respond(ApiRequest("GET", path, {}), service, dict)
    assert (done.status, done.body["error"], "Retry-After" in done.headers) == (429, "too_many", True)
    office.run("inbox", "reject", id)
    going.set()
    for thread in threads:
        thread.join()
    assert respond(ApiRequest("GET", path, {}), service, dict).status == 200


def test_who_may_open_the_socket(office: Office, agent: Agent) -> None:
    assert stat.S_IMODE(os.lstat(str(agent.place)).st_mode) == 0o600
    office.monkeypatch.setattr(os, "getuid", lambda: 4711)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(str(agent.place))
        with suppress(ConnectionError):
            raw.sendall(b"GET /v1/policy/current HTTP/1.1\r\n\r\n")
            assert raw.recv(65_536) == b""


def test_what_stands_at_the_sockets_place(office: Office, agent: Agent) -> None:
    place = str(agent.place)
    with pytest.raises(AgentownersError, match="listens on"):
        SocketServer(place, lambda _: ApiResponse(200, {}))
    file = office.home / "file"
    file.write_text("mine")
    with pytest.raises(AgentownersError, match="is no socket"):
        SocketServer(str(file), lambda _: ApiResponse(200, {}))
    link = office.home / "link"
    link.symlink_to(place)
    with pytest.raises(AgentownersError, match="is no socket"):
        SocketServer(str(link), lambda _: ApiResponse(200, {}))
    left = str(office.home / "left.sock")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(left)
    lstat = os.lstat
    theirs = SimpleNamespace(st_mode=lstat(left).st_mode, st_uid=os.getuid() + 1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "lstat", lambda path: theirs)
        with pytest.raises(AgentownersError, match="another user's"):
            SocketServer(left, lambda _: ApiResponse(200, {}))
    SocketServer(left, lambda _: ApiResponse(200, {})).server_close()  # nobody listened there
    assert not os.path.exists(left)


def test_a_port_is_for_bearers_on_this_machine(port: int) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    agent = Agent(port, bearer)
    assert agent.ask("GET", "/v1/policy/current")[0] == 200
    assert agent.ask("GET", "/v1/policy/current", Host=f"localhost:{port}")[0] == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", f"127.0.0.1.evil:{port}", ""):
        assert agent.ask("GET", "/v1/policy/current", Host=host)[0] == 403
    assert agent.ask("GET", "/v1/policy/current", Origin=f"http://localhost:{port}")[0] == 403
    for wrong in ("", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
        assert Agent(port).ask("GET", "/v1/policy/current", Authorization=wrong)[0] == 401
    assert Agent(port).ask("GET", f"/v1/policy/current?token={TOKEN}")[0] == 401


def test_a_token_names_the_principal(office: Office, port: int) -> None:
    agent = Agent(port, {"Authorization": f"Bearer {TOKEN}"})
    answer = agent.ask("POST", "/v1/proposals", PROPOSAL)[1]
    found = agent.ask("GET", f"/v1/proposals/{answer['id']}")[1]
    assert found["provenance"]["principal"] == "@ci-bot"
    office.repo.commit({".github/AGENTOWNERS": "agent ci-bot login=ci-bot\n/only-ci/ @ci-bot block\n"})
    office.repo.git("reset", "-q", "--hard")
    call = {"tool": "Write", "arguments": {"file_path": "only-ci/x"}, "client": "claude"}
    assert agent.ask("POST", "/v1/check", call)[1]["principals"] == ["@ci-bot"]


def test_no_answer_is_for_a_browser(port: int, agent: Agent) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/v1/policy/current", headers={"Authorization": f"Bearer {TOKEN}"})
    headers = dict(connection.getresponse().getheaders())
    connection.close()
    assert not [name for name in headers if name.lower().startswith("access-control")]
    assert headers["Content-Type"] == "application/json"
    assert agent.ask("GET", "/v1/policy/current", Origin="null")[0] == 403


def test_bodies_have_a_length_and_an_end(agent: Agent) -> None:
    assert agent.ask("POST", "/v1/proposals", b"x" * 65_537)[0] == 413
    assert agent.ask("POST", "/v1/proposals", b"x" * 65_536)[0] == 400
    assert agent.ask("POST", "/v1/proposals", b"{}", Transfer_Encoding="chunked")[0] == 411
    assert agent.ask("POST", "/v1/proposals", json.dumps(PROPOSAL).encode()[:-4])[0] == 400
    wrong = {"intent_summary": "why", "operations": [{"remove_rule": {"rule": "gone"}}]}
    status, answer = agent.ask("POST", "/v1/proposals", wrong)
    assert (status, answer["validation"]["status"]) == (422, "invalid")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n\r\n",
        b"GET /v1/policy/current\r\n\r\n",
        b"GET /v1/policy/current HTTP/9.9\r\n\r\n",
        b"GET " + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"BREW /v1/policy/current HTTP/1.1\r\n\r\n",
        b"GET /v1/policy/current HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"GET /v1/policy/current HTTP/1.1\r\nHost: a\r\nOrigin: x\r\nOrigin: y\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /v1/check HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}",
        b"POST /v1/check HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}",
        b"\xff\xfe\x00",
        b"a: " + b"y" * 200_000,
    ],
)
def test_what_is_no_request_gets_nothing_done(agent: Agent, sent: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(str(agent.place))
        with suppress(ConnectionError):
            raw.sendall(sent)
        raw.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(ConnectionError):
            while part := raw.recv(65_536):
                answer += part
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
    assert agent.ask("GET", "/v1/policy/current")[0] == 200


def test_a_request_that_does_not_come_is_not_waited_for(office: Office, agent: Agent) -> None:
    office.monkeypatch.setattr(listening, "SECONDS", 0.05)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(str(agent.place))
        raw.sendall(b"POST /v1/check HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
        assert raw.recv(65_536).startswith(b"HTTP/1.1 408")
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(str(agent.place))
        raw.sendall(b"POST /v1/ch")
        assert raw.recv(65_536) == b""


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tool": "Write", "arguments": {}},
        {"tool": 1, "arguments": {}, "client": "claude"},
        {"tool": "Write", "arguments": [], "client": "claude"},
        {"tool": "Write", "arguments": {}, "client": "nobody"},
        {"tool": "Write", "arguments": {}, "client": "claude", "cwd": "relative"},
        {"tool": "Write", "arguments": {}, "client": "claude", "more": 1},
    ],
)
def test_a_call_that_is_none(agent: Agent, body: dict[str, Any]) -> None:
    assert agent.ask("POST", "/v1/check", body)[0] == 400


def test_a_call_that_cannot_be_judged(agent: Agent) -> None:
    gone = {"tool": "Write", "arguments": {"file_path": "x"}, "client": "claude", "cwd": "/nowhere/at/all"}
    status, answer = agent.ask("POST", "/v1/check", gone)
    assert (status, answer["error"]) == (422, "unprocessable")


def test_hints_of_a_server_count_where_the_policy_is_silent(agent: Agent) -> None:
    call = {"tool": "mcp__x__y", "arguments": {}, "client": "claude", "annotations": {"destructiveHint": True}}
    assert agent.ask("POST", "/v1/check", call)[1]["error"] == "policy_denied"
    assert agent.ask("POST", "/v1/check", call | {"annotations": {"readOnlyHint": True}})[1] == {"decision": "allow"}
    assert agent.ask("POST", "/v1/check", call | {"annotations": {}}) == agent.ask(
        "POST", "/v1/check", call | {"annotations": None}
    )


class TestTokenFiles:
    def write(self, folder: Path, text: str, mode: int = 0o600) -> str:
        path = folder / "tokens"
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def test_each_line_names_a_principal(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, f"# ours\n@ci-bot {TOKEN}\n\n@claude {'u' * 40}\n")
        assert read_tokens(path) == {TOKEN: "@ci-bot", "u" * 40: "@claude"}

    @pytest.mark.parametrize(
        ("text", "mode", "says"),
        [
            (f"@ci-bot {TOKEN}\n", 0o640, "not only yours"),
            ("", 0o600, "no token in"),
            (f"{TOKEN}\n", 0o600, "line 1"),
            ("@ci-bot short\n", 0o600, "line 1"),
            (f"@a {TOKEN}\n@b {TOKEN}\n", 0o600, "line 2"),
            (f"@* {TOKEN}\n", 0o600, "more than one principal"),
        ],
    )
    def test_what_is_none(self, tmp_path: Path, text: str, mode: int, says: str) -> None:
        with pytest.raises(AgentownersError, match=says):
            read_tokens(self.write(tmp_path, text, mode))

    def test_a_link_to_one(self, tmp_path: Path) -> None:
        self.write(tmp_path, f"@ci-bot {TOKEN}\n")
        (tmp_path / "link").symlink_to(tmp_path / "tokens")
        with pytest.raises(AgentownersError, match="cannot be read"):
            read_tokens(str(tmp_path / "link"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "1"),
        ("--token-file", "x"),
        ("--port", "x", "--token-file", "y"),
        ("--port", "70000"),
        ("--port", "1", "--token-file", "x", "--socket", "y"),
        ("--token", TOKEN),
    ],
)
def test_usage(office: Office, arguments: tuple[str, ...]) -> None:
    assert office.run("serve", *arguments).code == 2
