"""Runs the installed command line once through, on whatever system this is: `python -m tests.command_line`.

Needs the standard library, git, and `agentowners` installed for this interpreter; CI runs it on macOS and Windows,
where the other tests do not run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

POLICY = b"security/**  @agents  block  # keys\ndocs/**  @agents  allow\ndefault @agents require_approval\n"
STEPS: tuple[tuple[str, bytes, int, str], ...] = (
    ("--version", b"", 0, "agentowners "),
    ("check --changes - --as @copilot", b"docs/a.md\n", 0, "Allowed"),
    ("check --changes - --as @copilot", b"security/keys.py\n", 3, "AGENTOWNERS:1"),
    ("check --changes - --as @copilot --format json", b"src/a.py\n", 4, '"require_approval"'),
    ("check --base main --head work", b"", 3, "security/keys.py"),
    ("explain security/keys.py --as @copilot", b"", 3, "AGENTOWNERS:1"),
    ("lint", b"", 0, ""),
    ("fmt --write", b"", 0, ""),
    ("fmt --check", b"", 0, ""),
    ("test", b"", 1, "no test cases"),
    ("check --nonsense", b"", 2, "--nonsense"),
)
"""Arguments, standard input, the exit code, and text that stands in the output."""


def main() -> int:
    """Prints each step that does not end as it should; returns 1 where there is one."""
    failures = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _repository(Path(folder))
        for arguments, given, code, text in STEPS:
            command = [sys.executable, "-m", "agentowners", *arguments.split()]
            done = subprocess.run(command, cwd=folder, input=given, capture_output=True)
            output = (done.stdout + done.stderr).decode("utf-8", "replace")
            if done.returncode != code or text not in output:
                failures.append(f"agentowners {arguments}: exit {done.returncode}, wanted {code} and `{text}`\n{output}")
    print("\n".join(failures) or f"{len(STEPS)} steps on {sys.platform}, Python {sys.version.split()[0]}")
    return 1 if failures else 0


def _repository(folder: Path) -> None:
    def git(*arguments: str) -> None:
        identity = (
            "-c",
            "user.name=Copilot",
            "-c",
            "user.email=198982749+Copilot@users.noreply.github.com",
            "-c",
            "core.autocrlf=false",
        )
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    (folder / "AGENTOWNERS").write_bytes(POLICY)
    git("add", ".")
    git("commit", "-qm", "policy")
    git("checkout", "-qb", "work")
    (folder / "security").mkdir()
    (folder / "security" / "keys.py").write_bytes(b"KEY = 1\n")
    git("add", ".")
    git("commit", "-qm", "keys")


if __name__ == "__main__":
    sys.exit(main())
