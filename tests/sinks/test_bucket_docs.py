"""The bucket of docs/audit.md, as it is pasted, on a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from agentowners.sinks.probe import probe
from agentowners.sinks.s3 import S3Store
from tests.docs.pages import page
from tests.sinks import weed
from tests.sinks.logs import a_log, checked, said

pytestmark = pytest.mark.usefixtures("credentials")
BUCKET = "acme-audit"
PREFIX = "agentowners"


def pasted(title: str) -> dict[str, Any]:
    (block,) = (block for block in page("docs/audit.md").blocks if block.title == title)
    found: dict[str, Any] = json.loads(block.text)
    return found


@pytest.fixture(scope="module")
def admin(s3: str) -> Any:
    """The bucket's owner, who did what the page says.

    The server knows the conditions of a request and not the one about conditions, `s3:if-none-match`: with that statement it
    would refuse every object. So it is left out here, and held against its published form instead.
    """
    found = weed.client(s3)
    found.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    found.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=pasted("object-lock.json"))
    found.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=pasted("lifecycle.json"))
    policy = pasted("bucket-policy.json")
    role = [statement | {"Principal": "*"} for statement in pasted("role.json")["Statement"]]
    kept = [statement for statement in policy["Statement"] if statement["Sid"] != "OnlyOnce"]
    found.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy | {"Statement": [*kept, *role]}))
    return found


@pytest.fixture
def writer(s3: str, admin: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody who may do what the page gives the role, and nothing else."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", weed.WRITER[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", weed.WRITER[1])
    return weed.client(s3, weed.WRITER)


def test_the_role_can_write_and_verify(s3: str, writer: Any) -> None:
    log = a_log(S3Store(BUCKET, s3), prefix=PREFIX)
    assert [log.append(said(str(number))).number for number in range(3)] == [1, 2, 3]
    assert checked(S3Store(BUCKET, s3), prefix=PREFIX).faults == ()


def test_the_role_can_do_nothing_else(s3: str, writer: Any) -> None:
    name = f"{PREFIX}/kept"
    writer.put_object(Bucket=BUCKET, Key=name, Body=b"x", IfNoneMatch="*")
    (version,) = writer.list_object_versions(Bucket=BUCKET, Prefix=name)["Versions"]
    attempts: list[Callable[[], Any]] = [
        lambda: writer.delete_object(Bucket=BUCKET, Key=name),
        lambda: writer.delete_object(Bucket=BUCKET, Key=name, VersionId=version["VersionId"]),
        lambda: writer.put_object(Bucket=BUCKET, Key="elsewhere", Body=b"x"),
        lambda: writer.put_bucket_policy(Bucket=BUCKET, Policy="{}"),
        lambda: writer.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}),
        lambda: writer.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}),
        lambda: writer.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": []}),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError):
            attempt()


def test_the_store_answers_all_six_as_it_should(s3: str, admin: Any) -> None:
    answers = {answer.question: (answer.holds, answer.seen) for answer in probe(S3Store(BUCKET, s3), PREFIX)}
    assert [question for question, (holds, _) in answers.items() if not holds] == [], answers


def test_what_is_written_without_the_condition_is_refused_by_the_published_form() -> None:
    (once,) = (one for one in pasted("bucket-policy.json")["Statement"] if one["Sid"] == "OnlyOnce")
    assert (once["Effect"], once["Action"], once["Principal"]) == ("Deny", "s3:PutObject", "*")
    assert once["Condition"] == {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}
