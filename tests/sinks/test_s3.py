"""The log on a real S3 server, whatever happens on the way there."""

from __future__ import annotations

import multiprocessing
import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from agentowners.sinks.log import ObjectLog
from agentowners.sinks.s3 import BucketError, S3Store, read_address
from agentowners.sinks.store import Made, ObjectStore, StoreError
from tests.sinks import weed
from tests.sinks.logs import LOG, FakeTime, a_log, checked, said
from tests.sinks.memory import MemoryStore
from tests.sinks.proxy import Meddling, answers, loses_the_answer, meddling, resets

pytestmark = pytest.mark.usefixtures("credentials")
BUCKET = "agentowners-audit"
LOOSE = "agentowners-loose"


@pytest.fixture(scope="session")
def admin(s3: str) -> Any:
    """Somebody who may do anything; the buckets are there."""
    found = weed.client(s3)
    weed.bucket(found, BUCKET)
    weed.bucket(found, LOOSE, lock=False)
    return found


@pytest.fixture
def prefix() -> str:
    return f"audit/{uuid.uuid4().hex}"


@pytest.fixture(params=["memory", "server"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    """The store in memory, and the real one: whatever is tried, both answer alike."""
    if request.param == "memory":
        return MemoryStore()
    s3 = request.getfixturevalue("s3")
    request.getfixturevalue("admin")
    return S3Store(BUCKET, s3)


def test_both_stores_answer_alike(store: ObjectStore, prefix: str) -> None:
    assert store.listing(f"{prefix}/") == ((), (), True)
    assert store.read(f"{prefix}/a") is None
    assert store.create(f"{prefix}/a/001.json", b"1") is Made.CREATED
    assert store.create(f"{prefix}/a/001.json", b"2") is Made.EXISTS
    assert store.create(f"{prefix}/002.json", b"2") is Made.CREATED
    assert store.read(f"{prefix}/a/001.json") == b"1"
    assert store.listing(f"{prefix}/") == ((f"{prefix}/a/",), (f"{prefix}/002.json",), True)
    assert store.versions(f"{prefix}/") == [(f"{prefix}/002.json", 1, False), (f"{prefix}/a/001.json", 1, False)]
    assert store.versions(f"{prefix}/b") == []


def test_a_log(store: ObjectStore, prefix: str) -> None:
    log = a_log(store, prefix=prefix)
    assert [log.append(said(str(n))).number for n in range(3)] == [1, 2, 3]
    assert a_log(store, prefix=prefix).append(said("later")).number == 4
    assert a_log(store, prefix=prefix).append(said("later")).number == 4
    found = checked(store, prefix=prefix)
    assert (len(found.entries), found.faults) == (4, ())


def _write(endpoint: str, prefix: str, writer: int, failed: Any) -> None:
    try:
        store = S3Store(BUCKET, endpoint)
        for number in range(3):
            ObjectLog(store, prefix, LOG).append(said(f"{writer}-{number}"))
    except Exception as error:
        failed.put(f"{writer}: {error}")


def test_eight_processes_make_one_unbroken_chain(s3: str, admin: Any, prefix: str) -> None:
    context = multiprocessing.get_context("spawn")
    failed = context.Queue()
    writers = [context.Process(target=_write, args=(s3, prefix, number, failed)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed.empty(), failed.get()
    found = checked(S3Store(BUCKET, s3), prefix=prefix)
    assert (len(found.entries), found.faults) == (24, ())
    assert [entry.number for _, entry in found.entries] == list(range(1, 25))


@pytest.mark.parametrize(
    "trouble",
    [
        loses_the_answer,
        resets,
        *(answers(status, done=done) for status in (409, 429, 500, 503) for done in (True, False)),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_trouble_on_the_way(s3: str, admin: Any, prefix: str, trouble: Meddling, method: str) -> None:
    left = {"PUT": 2, "GET": 2}

    def meddle(command: str, path: str) -> Meddling | None:
        if command == method and left[command]:
            left[command] -= 1
            return trouble
        return None

    with meddling(s3, meddle) as endpoint:
        log = ObjectLog(S3Store(BUCKET, endpoint), prefix, LOG, 0, FakeTime().waiting)
        assert [log.append(said(str(number))).number for number in range(3)] == [1, 2, 3]
    assert left[method] == 0
    found = checked(S3Store(BUCKET, s3), prefix=prefix)
    assert (len(found.entries), found.faults) == (3, ())


def test_an_answer_that_comes_when_nobody_waits_any_more(s3: str, admin: Any, prefix: str) -> None:
    """The first try arrives after the second: it can change nothing any more."""
    late: list[Callable[[], Any]] = []

    def keep(handler: Any, forward: Callable[[], Any]) -> None:
        late.append(forward)
        answers(503, done=False)(handler, forward)

    with meddling(s3, lambda method, path: keep if method == "PUT" and not late else None) as endpoint:
        log = ObjectLog(S3Store(BUCKET, endpoint), prefix, LOG, 0, FakeTime().waiting)
        log.append(said("a"))
        assert late[0]()[0] == 412
        log.append(said("b"))
    assert checked(S3Store(BUCKET, s3), prefix=prefix).faults == ()


def test_a_store_that_is_not_there() -> None:
    passed = FakeTime()
    with pytest.raises(StoreError) as caught:
        ObjectLog(S3Store(BUCKET, "http://127.0.0.1:1"), "audit", LOG, 0, passed.waiting).append(said("x"))
    assert "cannot be asked to list" in caught.value.message
    assert passed.pauses > 3


def test_what_waiting_does_not_mend_is_said_at_once(s3: str, admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = FakeTime()
    with pytest.raises(StoreError) as caught:
        ObjectLog(S3Store("agentowners-nowhere", s3), "audit", LOG, 0, passed.waiting).append(said("x"))
    assert (passed.pauses, "404 NoSuchBucket" in caught.value.message) == (0, True)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
    with pytest.raises(StoreError) as caught:
        ObjectLog(S3Store(BUCKET, s3), "audit", LOG, 0, passed.waiting).append(said("x"))
    assert (passed.pauses, "403 SignatureDoesNotMatch" in caught.value.message) == (0, True)
    assert "another-secret" not in f"{caught.value.message}{caught.value.help}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(StoreError) as caught:
        ObjectLog(S3Store(BUCKET, s3), "audit", LOG, 0, passed.waiting).append(said("x"))
    assert (passed.pauses, caught.value.help) == (0, "credentials come from the environment")


def test_retention_can_be_neither_shortened_nor_downgraded(s3: str, admin: Any, prefix: str) -> None:
    a_log(S3Store(BUCKET, s3), prefix=prefix).append(said("x"))
    (version,) = admin.list_object_versions(Bucket=BUCKET, Prefix=prefix)["Versions"]
    which = {"Bucket": BUCKET, "Key": version["Key"], "VersionId": version["VersionId"]}
    until = admin.get_object_retention(**which)["Retention"]
    end = until["RetainUntilDate"]
    assert until["Mode"] == "COMPLIANCE"
    shorter = end - timedelta(hours=1)
    attempts: list[Callable[[], Any]] = [
        lambda: admin.put_object_retention(**which, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": shorter}),
        lambda: admin.put_object_retention(**which, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": end}),
        lambda: admin.put_object_retention(**which, Retention={}, BypassGovernanceRetention=True),
        lambda: admin.delete_object(**which),
        lambda: admin.delete_object(**which, BypassGovernanceRetention=True),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError):
            attempt()
    assert checked(S3Store(BUCKET, s3), prefix=prefix).faults == ()


@pytest.mark.parametrize(
    "text", ["", "bucket", "s3://", "s3://B", "https://bucket/x", "s3://bucket/../x", "s3://bucket//x", "s3://bucket/a b"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BucketError):
        read_address(text)


def test_an_address() -> None:
    assert str(read_address("s3://acme-audit/agent/owners/")) == "s3://acme-audit/agent/owners"
    assert read_address("s3://acme-audit") == read_address("s3://acme-audit/")
    assert os.environ["AWS_ACCESS_KEY_ID"] == weed.ADMIN[0]
