"""Objects in an S3 bucket, by the official client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final

from msgspec import Struct

from agentowners.audit.entry import MAX_ENTRY
from agentowners.diagnostics import AgentownersError
from agentowners.sinks.store import Listing, Made, ObjectVersions, StoreError

_ADDRESS: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[A-Za-z0-9/_.=-]*))?")
_UNSURE: Final = frozenset({408, 409, 429, 500, 502, 503, 504})
_TIMEOUT: Final = 5
"""Seconds for a connection, and for each part of an answer."""
_EXTRA: Final = "install `agentowners[audit]`; the container has it"


class BucketError(AgentownersError):
    """An address that is no bucket's."""


class BucketAddress(Struct, frozen=True):
    """A bucket, and what all names in it begin with."""

    bucket: str
    prefix: str
    """Without a slash at its ends; may be empty."""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


def read_address(text: str) -> BucketAddress:
    """The bucket and prefix that ``s3://bucket/prefix`` names.

    Raises:
        BucketError: it names none.
    """
    match = _ADDRESS.fullmatch(text)
    prefix = "" if match is None else (match["prefix"] or "").removesuffix("/")
    if match is None or (prefix and any(part in ("", ".", "..") for part in prefix.split("/"))):
        raise BucketError(f"`{text}` is not the address of a bucket", help="write `s3://bucket/prefix`")
    return BucketAddress(match["bucket"], prefix)


class S3Store:
    """A bucket. Credentials and region are where the client looks for them: the environment, a web identity, a profile."""

    def __init__(self, bucket: str, endpoint: str | None = None) -> None:
        """Name the bucket, and the server where it is not Amazon's.

        Raises:
            StoreError: the client is not installed, or cannot be made.
        """
        try:
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
            from botocore.session import Session
        except ImportError:
            raise StoreError("writing to S3 needs `botocore`, which is not installed", help=_EXTRA) from None
        style = {"addressing_style": "path"} if endpoint else {}
        # how often to try again is the log's business: it has to look first
        config = Config(connect_timeout=_TIMEOUT, read_timeout=_TIMEOUT, retries={"total_max_attempts": 1}, s3=style)
        session = Session()
        region = session.get_config_variable("region") or "us-east-1"
        self.bucket = bucket
        try:
            self.client: Any = session.create_client("s3", region_name=region, endpoint_url=endpoint or None, config=config)
        except (BotoCoreError, ValueError) as error:
            raise StoreError(f"the client for S3 cannot be made: {_kind_of_failure(error)}") from None

    def listing(self, prefix: str) -> Listing:
        """See ``ObjectStore.listing``."""
        with self._asking("list"):
            page = self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
        folders = tuple(str(item["Prefix"]) for item in page.get("CommonPrefixes", ()))
        return Listing(folders, tuple(str(item["Key"]) for item in page.get("Contents", ())), not page.get("IsTruncated", False))

    def read(self, key: str) -> bytes | None:
        """See ``ObjectStore.read``."""
        try:
            with self._asking("read"), closing(self.client.get_object(Bucket=self.bucket, Key=key)["Body"]) as body:
                data: bytes = body.read(MAX_ENTRY + 1)
        except _MissingError:
            return None
        if len(data) > MAX_ENTRY:
            raise StoreError(f"`{key}` is larger than any entry", help="somebody else wrote it")
        return data

    def create(self, key: str, data: bytes) -> Made:
        """See ``ObjectStore.create``."""
        from botocore.exceptions import ClientError, HTTPClientError
        from botocore.exceptions import ConnectionError as NoConnectionError

        try:
            self.client.put_object(Bucket=self.bucket, Key=key, Body=data, IfNoneMatch="*", ContentType="application/json")
        except ClientError as error:
            status = _status(error.response)
            if status == 412:
                return Made.EXISTS
            if status in _UNSURE:
                return Made.UNSURE
            raise self._refused("write", error) from None
        except (HTTPClientError, NoConnectionError):
            return Made.UNSURE
        except Exception as error:  # noqa: BLE001 (of the client's own: no credentials, no region)
            raise self._broken("write", error) from None
        return Made.CREATED

    def versions(self, prefix: str) -> list[ObjectVersions]:
        """See ``ObjectStore.versions``."""
        by_key: dict[str, list[bool]] = {}
        with self._asking("list versions"):
            for page in self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix):
                for kind in ("Versions", "DeleteMarkers"):
                    for item in page.get(kind, ()):
                        by_key.setdefault(str(item["Key"]), []).append(kind == "DeleteMarkers")
        return [ObjectVersions(key, kinds.count(False), True in kinds) for key, kinds in sorted(by_key.items())]

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        from botocore.exceptions import ClientError

        try:
            yield
        except (StoreError, _MissingError):
            raise
        except ClientError as error:
            if _status(error.response) == 404 and error.response["Error"]["Code"] == "NoSuchKey":
                raise _MissingError from None
            raise self._refused(what, error) from None
        except Exception as error:  # noqa: BLE001 (the client's, and those of the connection below it)
            raise self._broken(what, error) from None

    def _refused(self, what: str, error: Any) -> StoreError:
        status, code = _status(error.response), str(error.response.get("Error", {}).get("Code", ""))[:60]
        help = None if status in _UNSURE else "the role that writes needs more rights, or the bucket is another"
        return StoreError(f"`s3://{self.bucket}` refuses to {what}: {status} {code}", help=help)

    def _broken(self, what: str, error: Exception) -> StoreError:
        from botocore.exceptions import ConnectionError as NoConnectionError
        from botocore.exceptions import HTTPClientError

        passing = isinstance(error, HTTPClientError | NoConnectionError | OSError)
        help = None if passing else "credentials come from the environment"
        return StoreError(f"`s3://{self.bucket}` cannot be asked to {what}: {_kind_of_failure(error)}", help=help)


class _MissingError(Exception):
    pass


def _status(response: Mapping[str, Any]) -> int:
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _kind_of_failure(error: Exception) -> str:
    """Failure by its kind: a client's message may quote what it sent."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() or "it failed"
