"""What a hook may write: its client's own keys, once, and an exit code that the client takes for what it is."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from agentowners.dispatch.answers import Reply, Wire, wire
from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.model import CallError, Client, Moment, Touches
from agentowners.dispatch.payload import read_call
from agentowners.dispatch.touches import touches_of
from agentowners.dispatch.words import refusal, visible
from tests.dispatch.recorded import CALLS

_NESTED: Final = {"hookEventName", "permissionDecision", "permissionDecisionReason", "decision", "additionalContext"}
KEYS: Final[dict[Client, set[str]]] = {
    **{key: {"hookSpecificOutput"} for key in (Client.CLAUDE, Client.CODEX, Client.DROID, Client.QWEN, Client.VSCODE)},
    Client.GEMINI: {"decision", "reason"},
    Client.COPILOT: {"permissionDecision", "permissionDecisionReason"},
    Client.CLINE: {"cancel", "errorMessage"},
    Client.CURSOR: {"permission", "user_message", "agent_message"},
    Client.OPENCODE: set(),
}


def holds(client: Client | None, answer: Wire) -> None:
    assert answer.code in (0, 2)
    assert answer.code == 0 or answer.err.strip()
    if not answer.out:
        return
    assert client is not None
    said = json.loads(answer.out)
    assert set(said) <= KEYS[client]
    assert set(said.get("hookSpecificOutput", {})) <= _NESTED
    assert answer.out.count(b"\n") == 1


@given(
    st.none() | st.sampled_from(Client),
    st.sampled_from(Moment),
    st.sampled_from(Reply),
    st.text(),
    st.none() | st.text(min_size=1),
)
def test_every_answer_is_one_that_its_client_reads(
    client: Client | None, moment: Moment, reply: Reply, reason: str, note: str | None
) -> None:
    if reply is Reply.ASK and (client is None or not CLIENTS[client].asks):
        return
    answer = wire(client, moment, reply, refusal(reason), note=note)
    holds(client, answer)
    denies = answer.code == 2 or (client is Client.CLINE and json.loads(answer.out or b"{}").get("cancel"))
    assert bool(denies) is (reply is Reply.DENY)


@given(st.text())
def test_a_reason_is_one_line_in_which_everything_shows(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert "\u202e" not in shown


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(CALLS), st.data())
def test_a_payload_with_something_else_in_it_is_read_or_refused(recorded: Any, data: st.DataObject) -> None:
    payload = dict(recorded.payload)
    name = data.draw(st.sampled_from(sorted(payload)))
    if data.draw(st.booleans()):
        payload[name] = data.draw(_JSON)
    else:
        del payload[name]
    with suppress(CallError):
        call = read_call(json.dumps(payload).encode(), named=None, directory="/r")
        touches_of(call, lambda command, directory: Touches())


@given(st.binary(max_size=200) | st.sampled_from(CALLS).flatmap(lambda each: st.integers(0, 400).map(each.cut)))
def test_bytes_that_are_no_payload_are_refused(data: bytes) -> None:
    with suppress(CallError):
        read_call(data, named=None, directory="/r")
