"""Attacks of whoever may write to the bucket, or owns it, and that `verify` finds them: on both stores, which answer alike."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Protocol

import pytest
from msgspec.structs import replace

from agentowners.audit.entry import EntryPlace
from agentowners.sinks.s3 import S3Store
from agentowners.sinks.store import ObjectStore
from tests.sinks import weed
from tests.sinks.logs import LOG, a_log, checked, said
from tests.sinks.memory import MemoryStore

pytestmark = pytest.mark.usefixtures("credentials")
BUCKET = "agentowners-attacked"


class Attacker(Protocol):
    def put(self, key: str, data: bytes) -> None: ...
    def mark(self, key: str) -> None: ...
    def erase(self, key: str) -> None: ...


class OfMemory:
    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    def put(self, key: str, data: bytes) -> None:
        self.store.put(key, data)

    def mark(self, key: str) -> None:
        self.store.delete(key)

    def erase(self, key: str) -> None:
        self.store.kept.pop(key, None)


class OfServer:
    """Of a bucket without a lock, whose owner may do what he likes."""

    def __init__(self, admin: Any) -> None:
        self.admin = admin

    def put(self, key: str, data: bytes) -> None:
        self.admin.put_object(Bucket=BUCKET, Key=key, Body=data)

    def mark(self, key: str) -> None:
        self.admin.delete_object(Bucket=BUCKET, Key=key)

    def erase(self, key: str) -> None:
        for version in self.admin.list_object_versions(Bucket=BUCKET, Prefix=key).get("Versions", ()):
            self.admin.delete_object(Bucket=BUCKET, Key=key, VersionId=version["VersionId"])


@pytest.fixture(scope="session")
def admin(s3: str) -> Any:
    found = weed.client(s3)
    weed.bucket(found, BUCKET, lock=False)
    return found


@pytest.fixture(params=["memory", "server"])
def both(request: pytest.FixtureRequest) -> tuple[ObjectStore, Attacker]:
    if request.param == "memory":
        memory = MemoryStore()
        return memory, OfMemory(memory)
    url = request.getfixturevalue("s3")
    return S3Store(BUCKET, url), OfServer(request.getfixturevalue("admin"))


def key(number: int, prefix: str, epoch: int = 0) -> str:
    return EntryPlace(LOG, epoch, number).key(prefix)


def edited(data: bytes) -> bytes:
    return data.replace(b"entry 3", b"entry X")


Attack = Callable[[ObjectStore, Attacker, str], None]


def overwrite(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.put(key(3, prefix), edited(store.read(key(3, prefix)) or b""))


def overwrite_with_the_same(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.put(key(3, prefix), store.read(key(3, prefix)) or b"")


def mark(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.mark(key(3, prefix))


def erase(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.erase(key(3, prefix))


def edit(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    data = store.read(key(3, prefix)) or b""
    attacker.erase(key(3, prefix))
    attacker.put(key(3, prefix), edited(data))


def swap(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    third, fourth = (store.read(key(number, prefix)) or b"" for number in (3, 4))
    for number, data in ((3, fourth), (4, third)):
        attacker.erase(key(number, prefix))
        attacker.put(key(number, prefix), data)


def poison(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.put(key(6, prefix), b"not an entry")


def duplicate_keys(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.put(key(6, prefix), b'{"v":1,"v":1}')


def foreign(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.put(key(6, prefix), replace(said("x", "github.com/6"), number=6).stored())


def far_ahead(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.put(key(999_999_999, prefix), replace(said("x"), number=999_999_999).stored())


def fork(store: ObjectStore, attacker: Attacker, prefix: str) -> None:
    attacker.put(key(6, prefix), replace(said("x"), number=6, previous=checked(store, prefix=prefix).receipts[2].digest).stored())


@pytest.mark.parametrize(
    ("attack", "number"),
    [
        (overwrite, 3),
        (overwrite_with_the_same, 3),
        (mark, 3),
        (erase, 3),
        (edit, 3),
        (swap, 2),
        (poison, 6),
        (duplicate_keys, 6),
        (foreign, 5),
        (far_ahead, 6),
        (fork, 5),
    ],
)
def test_it_is_found_with_the_first_bad_number(both: tuple[ObjectStore, Attacker], attack: Attack, number: int) -> None:
    store, attacker = both
    prefix = f"audit/{uuid.uuid4().hex}"
    log = a_log(store, prefix=prefix)
    for count in range(1, 6):
        log.append(said(f"entry {count}"))
    assert checked(store, prefix=prefix).faults == ()
    attack(store, attacker, prefix)
    faults = checked(store, prefix=prefix).faults
    assert faults
    assert faults[0].number == number
