"""Writes the version of a release, or prints the notes of one.

usage: release.py TAG
       release.py --set VERSION

`--set` writes the version into every file that names it and heads the CHANGELOG's unreleased section with it: nobody types it
twice. With a tag, prints the CHANGELOG's section for it; fails where a file names another version or the section is missing.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


PLACES = {
    "pyproject.toml": r'(?m)^version = "([^"]+)"$',
    "src/agentowners/__init__.py": r'(?m)^__version__ = "([^"]+)"$',
    "Dockerfile": r"(?m)^ARG VERSION=(\S+)$",
    ".github/workflows/agentowners.yml": r"(?m)uses: agentowners/agentowners-action@v(\S+)$",
    ".github/workflows/agentowners-audit.yml": r"(?m)uses: agentowners/agentowners-action@v(\S+)$",
    "docs/pre-commit.md": r"(?m)^ *rev: v(\S+)$",
    "CHANGELOG.md": r"(?m)^## \[(\d[^\]]*)\]",
}
"""Files that name the version of the release; each pattern's group is the version."""


def versions(root: Path) -> dict[str, str]:
    """The version that each file names; empty where it names none."""
    matches = {place: re.search(pattern, (root / place).read_text(encoding="utf-8")) for place, pattern in PLACES.items()}
    return {place: match[1] if match else "" for place, match in matches.items()}


def set_version(root: Path, version: str, today: date) -> None:
    """Writes the version into every file, and dates the CHANGELOG's unreleased section.

    Raises:
        ValueError: a file names no version.
    """
    for place, pattern in PLACES.items():
        path = root / place
        text = path.read_text(encoding="utf-8")
        if place == "CHANGELOG.md":
            text, count = re.subn(
                r"(?m)^## \[Unreleased\]$", f"## [Unreleased]\n\n## [{version}] - {today.isoformat()}", text, count=1
            )
        else:
            text, count = re.subn(pattern, lambda match: match[0].replace(match[1], version), text)
        if not count:
            raise ValueError(f"`{place}` names no version")
        path.write_text(text, encoding="utf-8")


def notes(root: Path, version: str) -> str:
    """The CHANGELOG's section for `version`, without its heading; empty where there is none."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    match = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    return match[1].strip() if match else ""


def main(arguments: list[str]) -> int:
    """Prints the notes, or sets the version; 1 where a version is not the same everywhere, 2 for a mistake in the arguments."""
    if len(arguments) == 2 and arguments[0] == "--set" and re.fullmatch(r"\d+\.\d+\.\d+", arguments[1]):
        set_version(ROOT, arguments[1], datetime.now(UTC).date())  # noqa: TID251 (a release has a date)
        return 0
    if len(arguments) != 1 or not re.fullmatch(r"v\d+\.\d+\.\d+", arguments[0]):
        print(__doc__, file=sys.stderr)
        return 2
    version = arguments[0].removeprefix("v")
    wrong = {place: named for place, named in versions(ROOT).items() if named != version}
    text = notes(ROOT, version)
    for place, named in wrong.items():
        print(f"release: `{place}` says `{named}`, the tag says `{version}`", file=sys.stderr)
    if not text:
        print(f"release: `CHANGELOG.md` has nothing under `{version}`", file=sys.stderr)
    if wrong or not text:
        return 1
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
