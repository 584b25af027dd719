"""Fails where a class name stands for two classes, a helper's name for many helpers, a variable is called by a word that is no
noun, or a docstring opens with a question word; see docs/style.md.

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

NO_NOUNS = frozenset(
    ["found", "told", "said", "one", "who", "made", "asked", "shown", "kept", "taken", "begun", "meant", "done"],
)
"""Words that say of a value how it was come by, and not what it is."""
MOST_HOMES = 9
"""Files that may have a private helper of the same name; one that more have says nothing."""

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


def helpers(trees: dict[Path, ast.Module]) -> dict[str, list[Path]]:
    """The files that define a private function or method of each name."""
    homes: dict[str, list[Path]] = defaultdict(list)
    for path, tree in trees.items():
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for name in names:
            if name.startswith("_") and not name.startswith("__"):
                homes[name].append(path)
    return homes


def variables(path: Path, tree: ast.Module) -> Iterator[tuple[Path, int, str]]:
    """Variables and parameters that are called by no noun, with their lines; fields of classes are no variables."""
    fields = {
        id(statement.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in fields:
                pass
            case ast.arg(arg=name):
                pass
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                pass
            case _:
                continue
        if name in NO_NOUNS:
            yield path, node.lineno, name


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
    faults += [
        f"{len(homes)} files have a helper `{name}`: {', '.join(path.stem for path in homes)}"
        for name, homes in sorted(helpers(trees).items())
        if len(homes) > MOST_HOMES
    ]
    faults += [
        f"{path}:{line}: `{name}` is no noun" for path, tree in trees.items() for _, line, name in sorted(variables(path, tree))
    ]
    odd = [text for path, tree in trees.items() for text in docstrings(path, tree) if OPENING.match(text[2])]
    faults += [f"{path}:{line}: opens with a question word: {text.splitlines()[0]}" for path, line, text in odd]
    print("\n".join(faults[:200]) if faults else "words: nothing to say")
    for folder, count in Counter(path.parent.name for path, _, _ in odd).most_common():
        print(f"{count:6} docstrings in {folder}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
