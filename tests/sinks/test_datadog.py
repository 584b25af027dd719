"""Events to Datadog: what is sent, that it is not cut off there, and what happens while nobody takes it."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from agentowners.audit.entry import LogEntry, Receipt
from agentowners.sinks.datadog import MAX_EVENT, DatadogEvents
from agentowners.sinks.store import StoreError
from tests.audit.test_events import POLICY, event_of
from tests.engine.build import change, verdict
from tests.sinks.logs import AT, LOG, FakeTime

KEY = "the-key-that-nobody-may-see"
RECEIPT = Receipt(LOG, 7, "sha256:" + "a" * 64)


class Intake:
    """Datadog on loopback; ``answers`` are given one after the other, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = [(202, {})]
        self.taken: list[tuple[dict[str, str], list[dict[str, Any]]]] = []
        self.url = ""


@pytest.fixture
def intake() -> Iterator[Intake]:
    found = Intake()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers = found.answers.pop(0) if len(found.answers) > 1 else found.answers[0]
            if status == 202:
                found.taken.append((dict(self.headers), json.loads(gzip.decompress(body))))
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/api/v2/logs"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def entry(*paths: str) -> LogEntry:
    return LogEntry(LOG, 7, "sha256:" + "0" * 64, "a" * 64, AT, (event_of(verdict(POLICY, change(*paths))),))


def stream(intake: Intake, passed: FakeTime | None = None) -> DatadogEvents:
    passed = passed or FakeTime()
    return DatadogEvents("datadoghq.com", KEY, url=intake.url, pause=passed.pause, clock=lambda: passed.now)


def test_an_event_with_its_receipt(intake: Intake) -> None:
    stream(intake).send(entry("security/k.py"), RECEIPT)
    ((headers, (event,)),) = intake.taken
    assert (headers["DD-API-KEY"], headers["Content-Encoding"]) == (KEY, "gzip")
    assert (event["audit"], event["class_uid"], event["ddsource"]) == (RECEIPT.json(), 2003, "agentowners")
    assert KEY not in json.dumps(event)


def test_it_is_never_cut_off_there(intake: Intake) -> None:
    stream(intake).send(entry("security/k.py", *(f"docs/{number}/{'x' * 50}" for number in range(3000))), RECEIPT)
    ((_, (event,)),) = intake.taken
    assert len([one for one in event["resources"] if one["type"] == "file"]) == 50
    assert event["unmapped"]["agentowners"]["files_omitted"] == 2951
    assert event["resources"][3]["name"] == "security/k.py"
    many = entry("docs/a.md")
    huge = dict(many.events[0]) | {"message": "x" * 2 * MAX_EVENT}
    stream(intake).send(LogEntry(LOG, 7, many.previous, many.uid, AT, (huge,)), RECEIPT)
    assert len(json.dumps(intake.taken[-1][1][0])) < MAX_EVENT
    assert intake.taken[-1][1][0]["audit"] == RECEIPT.json()


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_one_is_waited_for_as_long_as_it_says(intake: Intake, status: int) -> None:
    passed = FakeTime()
    intake.answers = [(status, {"Retry-After": "7"}), (status, {}), (202, {})]
    stream(intake, passed).send(entry("docs/a.md"), None)
    assert (len(intake.taken), passed.pauses) == (1, 2)
    assert 7 <= passed.now < 10


@pytest.mark.parametrize(("status", "pauses"), [(503, True), (403, False), (400, False), (302, False)])
def test_one_that_does_not_take_it_is_given_up(intake: Intake, status: int, pauses: bool) -> None:
    passed = FakeTime()
    intake.answers = [(status, {"Location": "http://127.0.0.1:1/"})]
    with pytest.raises(StoreError) as caught:
        stream(intake, passed).send(entry("docs/a.md"), None)
    assert f"status {status}" in caught.value.message
    assert KEY not in caught.value.message
    assert (passed.pauses > 0) is pauses
    assert passed.now <= 20


def test_one_that_is_not_there() -> None:
    passed = FakeTime()
    nowhere = DatadogEvents("x", KEY, url="http://127.0.0.1:1/", pause=passed.pause, clock=lambda: passed.now)
    with pytest.raises(StoreError, match="no connection"):
        nowhere.send(entry("docs/a.md"), None)
