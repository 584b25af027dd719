"""A history of ten thousand merged changes by people and agents, half of them squashed, and files in a few hundred folders."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Final

POLICY: Final = """\
default @agents require_approval
/api/ @agents allow
/web/ @copilot allow
/billing/ @agents block
/infra/ @agents require_approval(2) @acme/sre
/auth/ @claude @copilot require_approval
package.json *.lock @agents require_approval
/docs/ @agents allow
"""
_WORDS: Final = ["api", "web", "util", "auth", "billing", "search", "infra", "tests", "docs", "data"]
_FILES: Final = [f"{a}/{b}/{c}{number}.py" for a in _WORDS for b in _WORDS for c in ("core", "view") for number in range(5)]
_COPILOT: Final = ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com")
_GITHUB: Final = ("GitHub", "noreply@github.com")
_START: Final = 1_700_000_000
_APART: Final = 600


def build(place: Path, changes: int, env: Mapping[str, str]) -> None:
    """Make a repository with so many changes on ``main``; nothing of it is checked out but its policy."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True, env=env)
    stream = "".join(_history(changes)).encode()
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=place, input=stream, check=True, env=env)
    subprocess.run(["git", "read-tree", "main"], cwd=place, check=True, env=env)
    (place / "AGENTOWNERS").write_text(POLICY)


def _history(changes: int) -> Iterator[str]:
    chance = random.Random(7)
    marks = count(1)
    yield "feature done\nreset refs/heads/main\n"
    tip = next(marks)
    yield _commit("main", tip, (), _GITHUB, _GITHUB, "root", dict.fromkeys([*_FILES, "package.json"], "0\n"))
    for number in range(changes):
        author = _COPILOT if chance.random() < 0.3 else _person(chance.randrange(40))
        message = f"Change {number}\n\nSome words about it.\n"
        if author is not _COPILOT and chance.random() < 0.15:
            message += "\nCo-authored-by: Claude <noreply@anthropic.com>\n"
        if chance.random() < 0.5:
            squash = next(marks)
            yield _commit("main", squash, (tip,), author, _GITHUB, message, _some(chance, squash))
            tip = squash
            continue
        side = tip
        files: dict[str, str] = {}
        for _ in range(chance.randrange(1, 4)):
            after = next(marks)
            changed = _some(chance, after)
            yield _commit("side", after, (side,), author, author, message, changed)
            side, files = after, files | changed
        merge = next(marks)
        merger = _person(chance.randrange(40))
        yield _commit("main", merge, (tip, side), merger, _GITHUB, f"Merge pull request #{number} from acme/side", files)
        tip = merge
    yield "done\n"


def _person(number: int) -> tuple[str, str]:
    return f"Pat {number}", f"{1000 + number}+pat{number}@users.noreply.github.com"


def _some(chance: random.Random, mark: int) -> dict[str, str]:
    return dict.fromkeys(chance.sample(_FILES, chance.randrange(1, 6)), f"{mark}\n")


def _commit(
    branch: str,
    mark: int,
    parents: Sequence[int],
    author: tuple[str, str],
    committer: tuple[str, str],
    message: str,
    files: Mapping[str, str],
) -> str:
    when = _START + mark * _APART
    lines = [f"commit refs/heads/{branch}", f"mark :{mark}"]
    lines += [f"{role} {name} <{email}> {when} +0000" for role, (name, email) in (("author", author), ("committer", committer))]
    lines += [f"data {len(message.encode())}", message]
    lines += [f"{'merge' if place else 'from'} :{parent}" for place, parent in enumerate(parents)]
    for path, text in files.items():
        lines += [f"M 100644 inline {path}", f"data {len(text)}", text]
    return "\n".join(lines) + "\n"
