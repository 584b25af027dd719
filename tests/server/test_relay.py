"""Frames between a client and a server, carried in this process: order, back-pressure and ends."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from agentowners.diagnostics import AgentownersError
from agentowners.mcp.frames import FaultCode
from agentowners.mcp.replies import error_frame
from agentowners.mcp.session import Undecided
from agentowners.server import relay
from agentowners.server.outlet import Outlet
from agentowners.server.relay import Relay

SERVER = str(Path(__file__).parents[1] / "mcp/server.py")


class Judging:
    """Refuses requests for tools whose name begins with ``no``."""

    def __init__(self) -> None:
        self.rested = threading.Event()

    def refuse(self, undecided: Undecided, roots: Sequence[str]) -> bytes | None:
        name = str(undecided.request.params["name"])
        return error_frame(undecided.request.id, FaultCode.INVALID_PARAMS, name) if name.startswith("no") else None

    def rest(self) -> None:
        self.rested.set()


def call(id: int, tool: str, **arguments: object) -> bytes:
    params = {"name": tool, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).encode() + b"\n"


def run(log: Path, sent: bytes, command: Sequence[str] = (sys.executable, SERVER)) -> tuple[int, list[bytes], list[str]]:
    """Exit code, what the client gets, and what people are told; the client sends everything first, and then ends."""
    from_client, client_out = os.pipe()
    client_in, to_client = os.pipe()
    os.write(client_out, sent)
    os.close(client_out)
    told: list[str] = []
    judging = Judging()
    try:
        code = Relay([*command, str(log)], judging, told.append, (from_client, to_client)).run()
        assert judging.rested.is_set()
    finally:
        os.close(to_client)
    with open(client_in, "rb") as got:
        lines = got.read().splitlines()
    os.close(from_client)
    return code, lines, told


def test_what_may_pass_reaches_the_server_and_what_may_not_is_answered(tmp_path: Path) -> None:
    code, lines, told = run(tmp_path / "log", call(1, "yes") + call(2, "no") + b"{\n" + call(3, "yes") + b'{"half')
    assert code == 0
    assert {json.loads(line).get("id") for line in lines if b"result" in line} == {1, 3}
    errors = [json.loads(line) for line in lines if b"error" in line]
    assert [(each.get("id"), each["error"]["code"]) for each in errors] == [(2, -32602), (None, -32700), (None, -32700)]
    assert len(told) == 2
    assert (tmp_path / "log").read_bytes() == call(1, "yes") + call(3, "yes") + b"END\n"


def test_an_id_that_was_refused_is_used_all_the_same(tmp_path: Path) -> None:
    _, lines, _ = run(tmp_path / "log", call(1, "no") + call(1, "yes"))
    assert [json.loads(line)["error"]["code"] for line in lines] == [-32602, -32600]


def test_the_servers_exit_code_is_the_relays(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run(tmp_path / "log", call(1, "die", code=9))[0] == 9
    assert run(tmp_path / "log", call(1, "kill", signal=int(signal.SIGKILL)))[0] == 128 + signal.SIGKILL
    assert signal.getsignal(signal.SIGTERM) is before


def test_nothing_is_judged_any_more_when_the_server_has_ended_and_the_client_stays(tmp_path: Path) -> None:
    from_client, client_out = os.pipe()
    client_in, to_client = os.pipe()
    before = set(threading.enumerate())
    os.write(client_out, call(1, "die", code=3) + b'{"half')
    told: list[str] = []
    assert Relay([sys.executable, SERVER, str(tmp_path / "log")], Judging(), told.append, (from_client, to_client)).run() == 3
    assert set(threading.enumerate()) <= before
    assert told == []
    for descriptor in (from_client, client_out, client_in, to_client):
        os.close(descriptor)


def test_decisions_are_kept_while_the_client_pauses_and_when_the_server_ends(tmp_path: Path) -> None:
    from_client, client_out = os.pipe()
    client_in, to_client = os.pipe()
    judging = Judging()
    carrier = Relay([sys.executable, SERVER, str(tmp_path / "log")], judging, print, (from_client, to_client))
    codes: list[int] = []
    running = threading.Thread(target=lambda: codes.append(carrier._run()))
    running.start()
    os.write(client_out, call(1, "yes"))
    assert judging.rested.wait(20)
    judging.rested.clear()
    os.write(client_out, call(2, "die", code=3))  # the client stays
    running.join(20)
    assert codes == [3]
    assert judging.rested.is_set()
    for descriptor in (client_out, client_in, to_client):
        os.close(descriptor)


def test_decisions_are_kept_in_time_where_the_client_never_pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "_PAUSE", 20)
    monkeypatch.setattr(relay, "_LONGEST", -1)
    ends, judging = [os.pipe() for _ in range(2)], Judging()
    (source, sink), (from_client, client_out) = ends
    carrying = threading.Thread(target=Relay([], judging, print, (from_client, client_out))._upstream, args=(sink,))
    carrying.start()
    os.write(client_out, call(1, "yes"))
    assert os.read(source, 1 << 16) == call(1, "yes")
    os.write(client_out, call(2, "yes"))
    assert judging.rested.wait(10)
    os.close(client_out)
    carrying.join(20)
    for descriptor in (source, from_client):
        os.close(descriptor)


def test_decisions_are_kept_that_come_when_the_server_says_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "_PAUSE", 20)
    (from_client, client_out), (client_in, to_client) = os.pipe(), os.pipe()
    server = "import os, sys; os.close(1); sys.stdin.readline(); os._exit(3)"
    judging, codes = Judging(), list[int]()
    carrier = Relay([sys.executable, "-c", server], judging, print, (from_client, to_client))
    running = threading.Thread(target=lambda: codes.append(carrier._run()))
    running.start()
    with open(client_in, "rb") as heard:
        assert heard.read() == b""  # to its end
    judging.rested.wait(0.2)
    judging.rested.clear()
    os.write(client_out, call(1, "yes"))
    running.join(20)
    assert codes == [3]
    assert judging.rested.is_set()
    for descriptor in (client_out, to_client):
        os.close(descriptor)


def test_decisions_are_kept_where_the_server_takes_nothing_any_more() -> None:
    ends, judging = [os.pipe() for _ in range(3)], Judging()
    (source, sink), (from_client, client_out), (client_in, to_client) = ends
    os.close(source)
    os.write(client_out, call(1, "no") + call(2, "yes"))
    Relay([], judging, print, (from_client, to_client))._upstream(sink)
    assert judging.rested.is_set()
    assert b'"id": 1' in os.read(client_in, 1 << 16)
    for descriptor in (from_client, client_out, client_in, to_client):
        os.close(descriptor)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AgentownersError, match="`no-such-server` cannot be started"):
        run(tmp_path / "log", b"", ["no-such-server"])


def test_frames_wait_for_the_end_of_the_servers_own_and_their_sender_when_there_are_too_many() -> None:
    reading, writing = os.pipe()
    outlet = Outlet(writing)
    outlet.insert(b"1\n")
    outlet.relay(b"half ")
    large = b"x" * (1 << 20)
    outlet.insert(large + b"\n")
    last = threading.Thread(target=outlet.insert, args=(b"3\n",))
    last.start()
    got: list[bytes] = []

    def read() -> None:
        with open(reading, "rb") as file:
            got.extend(file.read().splitlines())

    reader = threading.Thread(target=read)
    reader.start()
    outlet.relay(b"line\n")
    last.join()
    outlet.close()
    os.close(writing)
    reader.join()
    assert got == [b"1", b"half line", large, b"3"]


def test_nothing_is_written_after_the_end() -> None:
    reading, writing = os.pipe()
    outlet = Outlet(writing)
    outlet.close()
    outlet.insert(b"1\n")
    os.close(writing)
    with open(reading, "rb") as file:
        assert file.read() == b""
