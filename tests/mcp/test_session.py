"""Frames of both protocol eras: what passes, what is handed out to be decided, and what is refused, with the error it gets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.dispatch.model import Annotations
from agentowners.mcp import ledger
from agentowners.mcp.frames import FaultCode, FrameError, FrameLine, LineSplitter
from agentowners.mcp.ledger import RequestLedger
from agentowners.mcp.replies import fault_frame, refusal_frame
from agentowners.mcp.revisions import LAST_WITH_HANDSHAKE, PER_REQUEST, WITH_HANDSHAKE
from agentowners.mcp.session import MOST_ROOTS, McpSession, PromptRequest, ResourceRequest, ToolRequest, Undecided
from tests.examples import examples

MODERN = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}
CALL = {"name": "read_file", "arguments": {"path": "a"}}


def line(message: object) -> FrameLine:
    return FrameLine(json.dumps(message).encode())


def request(id: object, method: str, params: object = None, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, **({} if params is None else {"params": params}), **more}


def send(session: McpSession, id: object, method: str, params: object = None) -> Undecided | None:
    return session.client_line(line(request(id, method, params)))


def answer(session: McpSession, id: object, result: object) -> None:
    session.server_line(json.dumps({"jsonrpc": "2.0", "id": id, "result": result}).encode())


def started(version: str = "2025-11-25") -> McpSession:
    session = McpSession()
    info = {"name": "claude-code", "version": "1"}
    assert send(session, 0, "initialize", {"protocolVersion": version, "capabilities": {}, "clientInfo": info}) is None
    answer(session, 0, {"protocolVersion": version, "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}})
    session.client_line(line({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    return session


def refused(session: McpSession, frame: bytes | dict[str, Any]) -> FrameError:
    with pytest.raises(FrameError) as caught:
        session.client_line(FrameLine(frame) if isinstance(frame, bytes) else line(frame))
    assert json.loads(fault_frame(caught.value))["error"]["code"] == caught.value.code
    return caught.value


UNREADABLE = {
    "no JSON": b"{",
    "nothing": b"",
    "a byte order mark": b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"ping"}',
    "invalid UTF-8": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xff"}}',
    "an overlong slash": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xc0\xaf"}}',
    "half a character": rb'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\ud800"}}',
    "no number": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":NaN}}',
    "a text": b'"ping"',
    "deep": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + b"[" * 5000 + b"]" * 5000 + b"}}",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_frames_are_refused(name: str) -> None:
    error = refused(started(), UNREADABLE[name])
    assert error.code in (FaultCode.UNREADABLE, FaultCode.INVALID_REQUEST)


@pytest.mark.parametrize("frame", [b'{"jsonrpc":"2.0",\r"id":1,"method":"ping"}', b'{"jsonrpc":"2.0","id":1,"method":"ping"}\r'])
def test_a_carriage_return_is_refused_since_some_readers_end_lines_there(frame: bytes) -> None:
    error = refused(started(), frame)
    assert (error.code, error.id) == (FaultCode.UNREADABLE, 1)


def test_batches_are_refused() -> None:
    assert refused(started(), b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]').code is FaultCode.INVALID_REQUEST


DUPLICATES = [
    b'{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/call"}',
    b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","name":"b"}}',
    b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"x":{"y":[{"p":1,"p":2}]}}}}',
    rb'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"path":"a","p\u0061th":"b"}}}',
]


@pytest.mark.parametrize("frame", DUPLICATES)
def test_a_member_that_is_there_twice_is_refused_at_any_depth_and_answered(frame: bytes) -> None:
    error = refused(started(), frame)
    assert (error.code, error.id) == (FaultCode.INVALID_REQUEST, 7)


@pytest.mark.parametrize("ids", ['"id":7,"id":8', '"id":7,"ID":8', '"Id":7'])
def test_a_frame_whose_id_is_not_certain_is_answered_without_one(ids: str) -> None:
    frame = '{"jsonrpc":"2.0",IDS,"method":"ping","x":1,"x":2}'.replace("IDS", ids)
    error = refused(started(), frame.encode())
    assert error.id is None
    assert "id" not in json.loads(fault_frame(error))


MISSPELLED = [
    request(7, "ping", Method="tools/call"),
    request(7, "ping", METHOD="tools/call"),
    {**request(7, "ping"), "param\u017f": {}},
    {**request(7, "ping"), "\uff4dethod": "tools/call"},
    request(7, "ping", Result={}),
    request(7, "tools/call", {**CALL, "Name": "write_file"}),
    request(7, "tools/call", {**CALL, "argument\u017f": {"path": "security/keys.py"}}),
    request(7, "tools/call", {**CALL, "nam\u0065\u0301": "x"}),
    request(7, "tools/call", {**CALL, "_Meta": {}}),
    request(7, "resources/read", {"uri": "file:///a", "URI": "file:///b"}),
    request(7, "prompts/get", {"name": "a", "Arguments": {}}),
    request(7, "ping", {"_meta": {"io.modelcontextprotocol/ProtocolVersion": "2026-07-28"}}),
    request(7, "subscriptions/listen", {**MODERN, "notifications": {"ResourceSubscriptions": ["file:///a"]}}),
    request(7, "tools/call", {**CALL, "_meta": {**MODERN["_meta"], "io.modelcontextprotocol/clientInfo": {"Name": "x"}}}),
]


@pytest.mark.parametrize("frame", MISSPELLED, ids=lambda frame: json.dumps(frame)[:60])
def test_names_that_some_servers_take_for_another_are_refused(frame: dict[str, Any]) -> None:
    error = refused(started(), frame)
    assert error.code in (FaultCode.INVALID_REQUEST, FaultCode.INVALID_PARAMS)
    assert error.id == 7


def test_other_members_pass() -> None:
    assert send(started(), 7, "ping", {"surprise": 1, "_meta": {"example.org/Name": 1, "progressToken": 3}}) is None


NO_MESSAGE = [
    {"id": 7, "method": "ping"},
    {"jsonrpc": "1.0", "id": 7, "method": "ping"},
    {"jsonrpc": "2.0", "id": None, "method": "ping"},
    {"jsonrpc": "2.0", "id": True, "method": "ping"},
    {"jsonrpc": "2.0", "id": 1.0, "method": "ping"},
    {"jsonrpc": "2.0", "id": 1 << 53, "method": "ping"},
    {"jsonrpc": "2.0", "id": 7, "method": ["ping"]},
    {"jsonrpc": "2.0", "id": 7, "method": "ping", "params": []},
    {"jsonrpc": "2.0", "id": 7, "method": "ping", "params": None},
    {"jsonrpc": "2.0", "id": 7, "method": "ping", "params": {"_meta": 1}},
    {"jsonrpc": "2.0", "id": 7, "method": "ping", "result": {}},
    {"jsonrpc": "2.0", "id": 7},
    {"jsonrpc": "2.0", "id": 7, "result": {}, "error": {}},
    {"jsonrpc": "2.0", "result": {}},
    request(7, "tools/call"),
    request(7, "tools/call", {"name": 1}),
    request(7, "tools/call", {"name": "a", "arguments": []}),
    request(7, "tools/call", {"name": "a", "arguments": None}),
    request(7, "resources/read", {"uri": ["file:///a"]}),
    request(7, "prompts/get", {}),
    request(7, "subscriptions/listen", {**MODERN, "notifications": {"resourceSubscriptions": "file:///a"}}),
]


@pytest.mark.parametrize("frame", NO_MESSAGE, ids=json.dumps)
def test_what_is_no_message_of_the_protocol_is_refused(frame: dict[str, Any]) -> None:
    refused(started(), frame)


@pytest.mark.parametrize("version", [*WITH_HANDSHAKE, *PER_REQUEST])
def test_every_method_of_a_revision_passes_and_none_of_another(version: str) -> None:
    modern = version in PER_REQUEST
    revision = PER_REQUEST.get(version) or WITH_HANDSHAKE[version]
    session = McpSession() if modern else started(version)
    params = {"name": "n", "uri": "x:y", "notifications": {}, "protocolVersion": version, **(MODERN if modern else {})}
    names = sorted(
        {*LAST_WITH_HANDSHAKE.requests, *PER_REQUEST["2026-07-28"].requests, "tasks/update", "roots/list", "Tools/call"}
    )
    for number, method in enumerate(names, 1):
        if method in revision.requests:
            send(session, number, method, params)
        else:
            error = refused(session, request(number, method, params))
            assert (error.code, error.id) == (FaultCode.UNKNOWN_METHOD, number)
    for method in sorted({*LAST_WITH_HANDSHAKE.notifications, "notifications/message"}):
        frame = {"jsonrpc": "2.0", "method": method}
        if method in revision.notifications:
            assert session.client_line(line(frame)) is None
        else:
            assert refused(session, frame).id is None


def test_the_server_chooses_the_revision() -> None:
    session = McpSession()
    send(session, 0, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x"}})
    answer(session, 0, {"protocolVersion": "2025-06-18"})
    assert refused(session, request(1, "tasks/list")).code is FaultCode.UNKNOWN_METHOD


def test_a_revision_that_is_not_known_gets_the_list_of_those_that_are() -> None:
    error = refused(McpSession(), request(1, "tools/list", {"_meta": {"io.modelcontextprotocol/protocolVersion": "2031-01-01"}}))
    assert error.code == -32022
    assert error.data is not None
    supported = error.data["supported"]
    assert isinstance(supported, list)
    assert supported[:2] == ["2026-07-28", "2025-11-25"]


def test_a_probe_of_a_client_of_both_eras_passes_and_so_does_its_handshake_afterwards() -> None:
    session = McpSession()
    assert send(session, 0, "server/discover", MODERN) is None
    session.server_line(b'{"jsonrpc":"2.0","id":0,"error":{"code":-32601,"message":"?"}}')
    send(session, 1, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x"}})
    assert session.client_line(line({"jsonrpc": "2.0", "method": "notifications/initialized"})) is None


@pytest.mark.parametrize("again", [5, "5"])
def test_the_id_of_a_request_under_way_is_refused_without_an_answer_to_it(again: object) -> None:
    session = started()
    send(session, 5, "ping")
    assert refused(session, request(again, "ping")).id is None


def test_with_a_handshake_an_id_never_comes_again_and_without_one_it_may_once_it_is_answered() -> None:
    session = started()
    send(session, 5, "ping")
    answer(session, 5, {})
    assert refused(session, request(5, "ping")).id == 5
    modern = McpSession()
    send(modern, 5, "tools/list", MODERN)
    refused(modern, request(5, "tools/list", MODERN))
    answer(modern, 5, {"tools": []})
    assert send(modern, 5, "tools/list", MODERN) is None


@given(st.lists(st.integers(-3, 12) | st.sampled_from(["1", "01", "1.0", " 1", "x", "\u0661", ""]), max_size=40))
def test_an_id_was_used_if_it_came_before_however_the_ledger_keeps_it(ids: list[int | str]) -> None:
    requests, came = RequestLedger(), set[str]()
    for each in ids:
        assert requests.was_used(each) is (str(each) in came)
        requests.open(each, "ping", once=True)
        came.add(str(each))


def test_a_session_remembers_so_many_ids_and_then_ends_but_numbers_in_a_row_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MOST_IDS", 50)
    session = started()
    for number in range(1, 500):
        send(session, number, "ping")
        answer(session, number, {})
    for number in range(50):
        send(session, f"a-{number}", "ping")
        answer(session, f"a-{number}", {})
    assert "ids" in refused(session, request("b", "ping")).message
    assert "used before" in refused(session, request(77, "ping")).message
    assert "used before" in refused(session, request("a-7", "ping")).message


def test_a_refused_request_is_not_under_way() -> None:
    modern = McpSession()
    refused(modern, request(5, "ping", MODERN))
    nameless = {"_meta": {**MODERN["_meta"], "io.modelcontextprotocol/clientInfo": {"Name": "x"}}}
    refused(modern, request(5, "tools/call", {**CALL, **nameless}))
    send(modern, 5, "tools/call", {**CALL, **MODERN})
    modern.refused(5)
    assert send(modern, 5, "tools/list", MODERN) is None


def test_answers_pass_only_to_what_the_server_asked_and_tell_the_roots() -> None:
    session = started()
    reply = {"jsonrpc": "2.0", "id": 3, "result": {"roots": [{"uri": "file:///work", "name": "w"}, {"uri": 1}]}}
    refused(session, reply)
    session.server_line(b'{"jsonrpc":"2.0","id":3,"method":"roots/list"}')
    assert session.client_line(line(reply)) is None
    assert session.roots == ("file:///work",)
    refused(session, reply)


def test_roots_are_learned_from_the_inputs_of_a_later_request_too_and_bounded() -> None:
    session = McpSession()
    roots = {"roots": [{"uri": "file:///work"}]}
    send(session, 1, "tools/call", {**CALL, **MODERN, "inputResponses": {"r": roots}, "requestState": "s"})
    assert session.roots == ("file:///work",)
    many = {"roots": [{"uri": f"file:///{number}"} for number in range(MOST_ROOTS)]}
    refused(session, request(2, "tools/call", {**CALL, **MODERN, "inputResponses": {"r": many}}))


def test_requests_that_reach_for_something_are_handed_out() -> None:
    session = started()
    undecided = send(session, 1, "tools/call", CALL)
    assert undecided is not None
    assert undecided.client == "claude-code"
    assert isinstance(undecided.target, ToolRequest)
    assert (undecided.target.tool, undecided.target.arguments) == ("read_file", {"path": "a"})
    for number, method in enumerate(["resources/read", "resources/subscribe"], 2):
        undecided = send(session, number, method, {"uri": "file:///a"})
        assert undecided is not None
        assert undecided.target == ResourceRequest(("file:///a",))
    undecided = send(session, 4, "prompts/get", {"name": "p", "arguments": {"file": "a"}})
    assert undecided is not None
    assert undecided.target == PromptRequest("p", {"file": "a"})
    info = {"_meta": {**MODERN["_meta"], "io.modelcontextprotocol/clientInfo": {"name": "codex\u2028"}}}
    undecided = McpSession().client_line(
        line(request(5, "subscriptions/listen", {**info, "notifications": {"resourceSubscriptions": ["file:///a"]}}))
    )
    assert undecided is not None
    assert undecided.target == ResourceRequest(("file:///a",))
    assert undecided.client == "codex?"


def test_hints_are_learned_from_the_list_of_tools_page_by_page() -> None:
    session = started()

    def hints(tool: str, id: int) -> Any:
        undecided = send(session, id, "tools/call", {"name": tool})
        assert undecided is not None
        assert isinstance(undecided.target, ToolRequest)
        return undecided.target.hints

    assert hints("r", 1).annotations is None
    tools: list[Any] = [
        {
            "name": "r",
            "annotations": {"readOnlyHint": True},
            "outputSchema": {"type": "object"},
            "inputSchema": {"properties": {"a": {}}},
        },
        {"name": "plain"},
        {"name": "odd", "annotations": {"readOnlyHint": "true", "title": "t"}},
        {"name": "twice", "annotations": {"readOnlyHint": True}},
        {"name": "twice", "annotations": {"readOnlyHint": True}},
        7,
    ]
    send(session, 2, "tools/list")
    answer(session, 2, {"tools": tools, "nextCursor": "1"})
    send(session, 3, "tools/list", {"cursor": "1"})
    answer(session, 3, {"tools": [{"name": "w", "annotations": {"destructiveHint": False}}]})
    assert hints("r", 4).annotations == Annotations(read_only=True)
    assert (hints("r", 5).structured, hints("r", 10).parameters) == (True, {"a"})
    assert hints("plain", 6).annotations is None
    assert hints("odd", 7).annotations == Annotations()
    assert hints("twice", 8).annotations == Annotations()
    assert hints("w", 9).annotations == Annotations(destructive=False)


@pytest.mark.parametrize(
    "frame", [b"", b"{", b"[]", b"log line", b'{"id":1.5}', b'{"id":4,"result":{"tools":7}}', b"\xff", b"[" * 9999]
)
def test_whatever_a_server_sends_is_borne(frame: bytes) -> None:
    session = started()
    send(session, 4, "tools/list")
    session.server_line(frame)
    assert send(session, 5, "tools/call", CALL) is not None


def test_lines_are_split_wherever_the_bytes_are_cut() -> None:
    data = b"one\n\ntwo\nthr"
    for size in range(1, len(data) + 1):
        splitter = LineSplitter()
        lines = [each for start in range(0, len(data), size) for each in splitter.feed(data[start : start + size])]
        assert [each.data for each in lines] == [b"one", b"", b"two"]
        assert splitter.rest()


def test_a_line_over_the_limit_is_passed_over_and_the_next_is_read() -> None:
    splitter = LineSplitter(4)
    lines = [each for part in (b"12", b"34", b"5\n12", b"34\n") for each in splitter.feed(part)]
    assert lines == [FrameLine(b"", fits=False), FrameLine(b"1234")]
    with pytest.raises(FrameError, match="too large"):
        started().client_line(lines[0])


def test_a_refusal_is_a_result_that_holds_the_denial() -> None:
    denial: Any = {"error": "policy_denied"}
    plain = json.loads(refusal_frame("x", "no", denial, structured=False))
    assert plain["id"] == "x"
    assert plain["result"] == {
        "content": [{"type": "text", "text": "no"}],
        "isError": True,
        "resultType": "complete",
        "structuredContent": denial,
    }
    shaped = json.loads(refusal_frame(1, "no", denial, structured=True))["result"]
    assert "structuredContent" not in shaped
    assert json.loads(shaped["content"][1]["text"]) == denial


PARTS = st.sampled_from(
    [
        *(b'{"jsonrpc":"2.0"', b',"id":', b"7", b'"7"', b"null", b"1e999", b',"method":', b'"tools/call"', b'"ping"'),
        *(b',"Method":"ping"', b',"params":', b"{}", b"[]", b'{"name":"a","arguments":{"p":1}}', b'{"uri":7}'),
        *(b',"result":{}', b"}", b"\r", b"\xff", b"["),
    ]
)


@given(st.lists(PARTS, max_size=9).map(b"".join) | st.binary(max_size=60), st.booleans())
@examples(150)
def test_whatever_a_client_sends_passes_is_decided_or_is_refused_with_an_error(data: bytes, after_handshake: bool) -> None:
    session = started() if after_handshake else McpSession()
    try:
        undecided = session.client_line(FrameLine(data))
    except FrameError as error:
        json.loads(fault_frame(error))
        return
    message = json.loads(data)
    assert isinstance(message, dict)
    if message.get("method") == "tools/call":
        assert undecided is not None or "id" not in message
