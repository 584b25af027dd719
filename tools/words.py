"""Fails where a class name stands for two classes, or a docstring opens with a question word; see docs/style.md.

usage: words.py [FOLDER...]
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPENING = re.compile(r"(What|Whether|Where|Who|Whom|Whose|Of|That|How)\b")
"""Words that open a clause which stands for a noun; the noun itself, or a verb, comes first."""

Docstring = tuple[Path, int, str]


def class_names(trees: dict[Path, ast.Module]) -> dict[str, list[Path]]:
    """The files that define a class of each name, at module level."""
    homes: dict[str, list[Path]] = defaultdict(list)
    for path, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(path)
    return homes


def docstrings(path: Path, tree: ast.Module) -> Iterator[Docstring]:
    """Docstrings of a file with their lines, those below constants and fields included."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for statement in body:
            if (
                isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
                and isinstance(statement.value.value, str)
            ):
                yield path, statement.lineno, statement.value.value.strip()


def main(arguments: list[str]) -> int:
    """Prints each fault with its place and returns 1, or 0 where there is none."""
    folders = [Path(argument) for argument in arguments] or [ROOT / "src", ROOT / "tools"]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    faults = [
        f"{', '.join(str(path) for path in homes)}: `{name}` names {len(homes)} classes"
        for name, homes in sorted(class_names(trees).items())
        if len(homes) > 1
    ]
    odd = [found for path, tree in trees.items() for found in docstrings(path, tree) if OPENING.match(found[2])]
    faults += [f"{path}:{line}: opens with a question word: {text.splitlines()[0]}" for path, line, text in odd]
    print("\n".join(faults[:200]) if faults else "words: nothing to say")
    for folder, count in Counter(path.parent.name for path, _, _ in odd).most_common():
        print(f"{count:6} docstrings in {folder}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
