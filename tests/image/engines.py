"""What can build and run an image here: docker where a daemon answers, else buildah, which needs none."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

BUILD_SECONDS = 1200
RUN_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a container printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams, for messages."""
        return self.out + self.err


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A host path that the container sees."""

    source: Path
    target: str


class Engine(Protocol):
    """Builds the image once and runs containers of it on the host's network."""

    def build(self, context: Path, base: str | None) -> None:
        """Build the image; raises CalledProcessError."""

    def config(self) -> dict[str, Any]:
        """The image's OCI configuration: `Entrypoint`, `Env`, `User`, `Labels`, ..."""

    def size(self) -> int:
        """The image's size in bytes, its base included."""

    def run(
        self,
        *,
        command: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        workdir: str = "/",
    ) -> Ran:
        """Run a container as root, the entrypoint unless there is another command."""

    def close(self) -> None:
        """Remove what was made."""


def _call(arguments: Sequence[str], seconds: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, errors="replace", timeout=seconds, check=False)


def _must(arguments: Sequence[str], seconds: int = RUN_SECONDS) -> str:
    done = _call(arguments, seconds)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(arguments[:3])} ...` failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


class Docker:
    """The docker command and its daemon."""

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def build(self, context: Path, base: str | None) -> None:
        chosen = ["--build-arg", f"BASE={base}"] if base else []
        _must(["docker", "build", *chosen, "--tag", self.tag, str(context)], BUILD_SECONDS)

    def config(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(_must(["docker", "image", "inspect", self.tag]))[0]["Config"]
        return found

    def size(self) -> int:
        return int(json.loads(_must(["docker", "image", "inspect", self.tag]))[0]["Size"])

    def run(
        self,
        *,
        command: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        workdir: str = "/",
    ) -> Ran:
        arguments = ["docker", "run", "--rm", "--network", "host", "--workdir", workdir]
        for name, value in (env or {}).items():
            arguments += ["--env", f"{name}={value}"]
        for mount in mounts:
            arguments += ["--volume", f"{mount.source}:{mount.target}"]
        if command:
            arguments += ["--entrypoint", command[0]]
        done = _call([*arguments, self.tag, *(command or [""])[1:]], RUN_SECONDS)
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)

    def close(self) -> None:
        _call(["docker", "image", "rm", "--force", self.tag], RUN_SECONDS)


class Buildah:
    """buildah without a daemon or namespaces of its own, which works inside a container too; needs root."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.base = ["buildah", "--storage-driver", "vfs"]

    def build(self, context: Path, base: str | None) -> None:
        chosen = ["--build-arg", f"BASE={base}"] if base else []
        pull = ["--pull-never"] if base and base.startswith("localhost/") else []
        options = ["--isolation", "chroot", "--network", "host", *pull, *chosen, "--tag", self.tag]
        _must([*self.base, "bud", *options, str(context)], BUILD_SECONDS)

    def config(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(_must([*self.base, "inspect", "--type", "image", self.tag]))["OCIv1"]["config"]
        return found

    def size(self) -> int:
        return int(json.loads(_must([*self.base, "inspect", "--type", "image", self.tag])).get("Size", 0)) or self._measured()

    def _measured(self) -> int:
        done = self.run(command=["du", "-sxk", "/"])
        return int(done.out.split()[0]) * 1024

    def run(
        self,
        *,
        command: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        workdir: str = "/",
    ) -> Ran:
        container = _must([*self.base, "from", "--pull-never", self.tag]).strip()
        try:
            arguments = [*self.base, "run", "--isolation", "chroot", "--workingdir", workdir]
            for name, value in (env or {}).items():
                arguments += ["--env", f"{name}={value}"]
            for mount in mounts:
                arguments += ["--volume", f"{mount.source}:{mount.target}"]
            done = _call([*arguments, container, "--", *(command or self.config()["Entrypoint"])], RUN_SECONDS)
        finally:
            _must([*self.base, "rm", container])
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)

    def close(self) -> None:
        _call([*self.base, "rmi", "--force", self.tag], RUN_SECONDS)


def find(tag: str) -> Engine:
    """The engine of this machine.

    Raises:
        RuntimeError: there is none.
    """
    if shutil.which("docker") and _call(["docker", "info"], 60).returncode == 0:
        return Docker(tag)
    if shutil.which("buildah"):
        return Buildah(tag)
    raise RuntimeError("needs a docker daemon, or buildah")
