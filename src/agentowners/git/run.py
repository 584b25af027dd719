"""One git command at a time: bytes in, bytes out, and nothing from repository or environment that could run or mislead."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final, NamedTuple

from agentowners.diagnostics import AgentownersError

_KEPT: Final = frozenset(
    {
        "GIT_DIR",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_QUARANTINE_PATH",
        "GIT_CEILING_DIRECTORIES",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    }
)
"""Variables that say where the repository is; with the ``GIT_CONFIG*`` family the only git variables passed on."""

_FIXED: Final = {
    # no transport: in a partial clone git would fetch what is missing, by a command that the repository's own settings name
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}

_OPTIONS: Final = (
    "--no-pager",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=true",
    "-c",
    "log.showSignature=false",
)

PLAIN: Final = ("--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
"""A diff that nobody's settings or programs have a part in."""
PLAIN_LOG: Final = ("log", "-z", *PLAIN, "--no-decorate", "--no-notes")

_ALONE: Final = ("-c", f"core.attributesFile={os.devnull}")
_ALTERNATES: Final = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


class Sealed(NamedTuple):
    """A git that takes nothing from its surroundings."""

    program: str
    """Absolute path."""
    git_dir: str
    """Absolute path of the repository's directory, so that nothing is searched for."""


class GitError(AgentownersError):
    """The local repository could not be read."""


class NoRepositoryError(GitError):
    """There is no repository, or no git to read one with."""


class Git:
    """Runs git in one directory. Nothing that it runs looks at the work tree or writes anything."""

    def __init__(self, directory: str = ".", *, alone: bool = False, sealed: Sealed | None = None) -> None:
        """Remember where to run; the directory is looked at by the first command.

        Args:
            directory: where to run.
            alone: whether it is a bare repository of ours, for which nobody's settings hold.
            sealed: the program and the repository, where neither may be looked up; then no variable of this process is passed on.
        """
        self._directory = directory
        self._alone = alone
        self._sealed = sealed

    def path(self, name: str) -> str:
        """A path that git printed, as seen from this process."""
        return os.path.join(self._directory, name)

    def run(self, *arguments: str, accept: Collection[int] = (0,)) -> bytes:
        """Output of a command.

        Raises:
            GitError: git is missing, the repository cannot be read, or the exit code is not one of ``accept``.
        """
        code, out, err = self.attempt(*arguments)
        if code not in accept:
            raise failure(err, arguments)
        return out

    def attempt(self, *arguments: str) -> tuple[int, bytes, bytes]:
        """Exit code, output and error output of a command.

        Raises:
            GitError: git is missing, or the directory is not there.
        """
        with self.open(*arguments) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    def lines(self, *arguments: str) -> Iterator[bytes]:
        """The lines that a command prints, without their line ends, as they come.

        Raises:
            GitError: as for ``run``, after the last line.
        """
        with self.open(*arguments, stderr=subprocess.DEVNULL) as process:
            for line in pipe(process.stdout):
                yield line.removesuffix(b"\n")
            if process.wait() != 0:
                raise GitError(f"git {arguments[0]} failed with exit code {process.returncode}")

    def fields(self, *arguments: str) -> Iterator[bytes]:
        """The fields that a command prints, each ended by a NUL, as they come.

        Raises:
            GitError: as for ``run``, after the last field; or the output ends within a field.
        """
        rest = b""
        with self.open(*arguments, stderr=subprocess.DEVNULL) as process:
            out = pipe(process.stdout).fileno()
            while chunk := os.read(out, 1 << 16):
                *fields, rest = (rest + chunk).split(b"\0")
                yield from fields
            if process.wait() != 0:
                raise GitError(f"git {arguments[0]} failed with exit code {process.returncode}")
        if rest:
            raise GitError(f"git {arguments[0]} printed half a field")

    @contextmanager
    def open(self, *arguments: str, stderr: int = subprocess.PIPE, talk: bool = False) -> Iterator[subprocess.Popen[bytes]]:
        """A running command; with ``talk`` its standard input is a pipe. It is ended when the block is left.

        Raises:
            GitError: git is not installed, or the directory is not there.
        """
        try:
            process = subprocess.Popen(
                [*self._command(), *arguments],
                cwd=self._directory,
                env=_environment(self._directory if self._alone else None) if self._sealed is None else _FIXED,
                stdin=subprocess.PIPE if talk else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            if os.path.isdir(self._directory):
                raise NoRepositoryError("git cannot be run", help="install git, or check that it is on the PATH") from error
            raise GitError(f"`{self._directory}` is not a directory") from error
        except ValueError as error:
            raise GitError("an argument for git holds a NUL") from error
        with process:
            try:
                yield process
            finally:
                if process.poll() is None and process.stdin is not None:
                    process.stdin.close()
                if process.poll() is None and process.stdout is not None and not process.stdout.closed:
                    process.stdout.close()

    def _command(self) -> list[str]:
        if self._sealed is None:
            return ["git", *_OPTIONS, *(_ALONE if self._alone else ())]
        where = [f"--git-dir={self._sealed.git_dir}", f"--work-tree={self._directory}"]
        return [self._sealed.program, *where, *_OPTIONS, *_ALONE]


def pipe(stream: IO[bytes] | None) -> IO[bytes]:
    """A pipe that a running command was started with."""
    if stream is None:
        raise GitError("git was started without a pipe")
    return stream


def _environment(alone: str | None) -> dict[str, str]:
    if alone is not None:
        variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name == _ALTERNATES}
        settings = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1"}
        return variables | _FIXED | settings | {"GIT_DIR": alone}
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith("GIT_CONFIG")
    }
    return variables | _FIXED


def failure(stderr: bytes, arguments: Sequence[str]) -> GitError:
    """Error for people made of a failed command's output."""
    message = text(stderr)
    if "dubious ownership" in message:
        return GitError(
            "git refuses to read this repository: its files belong to another user",
            help="tell git that you trust it: `git config --global --add safe.directory <path of the repository>`",
        )
    if "not a git repository" in message:
        return NoRepositoryError("this is not a git repository", help="run it inside a clone")
    lines = [line.removeprefix("fatal: ").removeprefix("error: ") for line in message.splitlines() if line.strip()]
    why = lines[-1].rstrip(".") if lines else "it did not say why"
    return GitError(f"git {arguments[0]} failed: {why}")


def text(data: bytes) -> str:
    """Git's bytes as text; bytes that are not UTF-8 become lone surrogates and can be turned back."""
    return data.decode("utf-8", "surrogateescape")
