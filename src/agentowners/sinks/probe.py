"""Six questions to a store, whose answers are what an audit log rests on."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

from agentowners.sinks.s3 import S3Store
from agentowners.sinks.store import Made

QUESTIONS: Final = {
    "versioned": "the bucket keeps every version",
    "default-lock": "what is written is locked for a time by default, in mode COMPLIANCE",
    "create-once": "an object that is there cannot be created again",
    "create-once-in-parallel": "of eight that create an object at the same time, one does",
    "version-undeletable": "a version cannot be deleted",
    "marker-refused": "an object cannot be hidden behind a mark of deletion",
}


class StoreAnswer(NamedTuple):
    """Answers of a store."""

    question: str
    holds: bool
    """True if it is as it has to be; what could not be asked is not."""
    seen: str
    """Observation, in a few words."""


def probe(store: S3Store, prefix: str) -> tuple[StoreAnswer, ...]:
    """Ask a store. It writes two objects below ``<prefix>/probe/``, which stay as long as the lock says."""
    client, bucket = store.client, store.bucket
    name = f"{prefix}/probe/{secrets.token_hex(8)}".lstrip("/")

    def versioned() -> tuple[bool, str]:
        status = str(client.get_bucket_versioning(Bucket=bucket).get("Status", "never enabled"))
        return status == "Enabled", status.lower()

    def locked() -> tuple[bool, str]:
        rule = client.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"].get("Rule", {})
        retention = rule.get("DefaultRetention", {})
        length = " ".join(f"{retention[unit]} {unit.lower()}" for unit in ("Days", "Years") if unit in retention)
        return retention.get("Mode") == "COMPLIANCE", f"{retention.get('Mode', 'no default')} {length}".strip()

    def once() -> tuple[bool, str]:
        answers = [store.create(name, b"probe").value for _ in range(2)]
        return answers == [Made.CREATED.value, Made.EXISTS.value], ", then ".join(answers)

    def parallel() -> tuple[bool, str]:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: store.create(f"{name}-parallel", b"probe"), range(8)))
        total = sum(version.written for version in store.versions(f"{name}-parallel"))
        created = answers.count(Made.CREATED)
        return created <= 1 == total, f"{created} created, {total} kept"

    def undeletable() -> tuple[bool, str]:
        (version, *_) = client.list_object_versions(Bucket=bucket, Prefix=name)["Versions"]
        return _refused(lambda: client.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"]))

    def unhidden() -> tuple[bool, str]:
        return _refused(lambda: client.delete_object(Bucket=bucket, Key=name))

    pairs = zip(QUESTIONS, (versioned, locked, once, parallel, undeletable, unhidden), strict=True)
    return tuple(_answer(question, ask) for question, ask in pairs)


def _answer(question: str, ask: Callable[[], tuple[bool, str]]) -> StoreAnswer:
    try:
        return StoreAnswer(question, *ask())
    except Exception as error:  # noqa: BLE001 (whatever keeps it from answering: it is not known to hold)
        return StoreAnswer(question, False, f"not answered: {_code(error)}")


def _refused(ask: Callable[[], Any]) -> tuple[bool, str]:
    from botocore.exceptions import ClientError

    try:
        ask()
    except ClientError as error:
        code = _code(error)
        return code in ("AccessDenied", "InvalidRequest", "MethodNotAllowed"), f"refused: {code}"
    return False, "done"


def _code(error: Exception) -> str:
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    return str(code or type(error).__name__)[:60]
