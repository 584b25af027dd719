"""Prints what a release is, from the files that say it: its version agrees everywhere, or nothing is printed.

usage: release.py TAG

Prints the CHANGELOG's section for the tag. Fails where the tag is not the version of pyproject.toml, of the Dockerfile and
of the reusable workflow, or where the CHANGELOG has no section for it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def versions(root: Path) -> dict[str, str]:
    """Every place that names the version of the release, and what it names; empty where it names none."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    places = {
        "Dockerfile": r"^ARG VERSION=(\S+)$",
        ".github/workflows/agentowners.yml": r"uses: agentowners/agentowners-action@v(\S+)$",
        "CHANGELOG.md": r"^## \[(\d[^\]]*)\]",
    }
    found = {"pyproject.toml": str(project)}
    for place, pattern in places.items():
        match = re.search(pattern, (root / place).read_text(encoding="utf-8"), re.MULTILINE)
        found[place] = match[1] if match else ""
    return found


def notes(root: Path, version: str) -> str:
    """The CHANGELOG's section for `version`, without its heading; empty where there is none."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    match = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    return match[1].strip() if match else ""


def main(arguments: list[str]) -> int:
    """Prints the notes; 1 where the version is not the same everywhere."""
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
