"""Effects that a program's words name, and its options and operands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from agentowners.dispatch.model import Reach
from agentowners.policy.model import Action


class Effect(NamedTuple):
    """An action on a path that a word names."""

    action: Action
    path: str
    reach: Reach = Reach.FILE
    from_top: bool = False
    """True if the path starts from the top of the repository, wherever in it the program runs."""


class Unclear(Exception):  # noqa: N818 (no error: the words do not tell everything)
    """Why the words of a program do not tell everything."""


Program = Callable[[Sequence[str]], Iterator[Effect]]
"""The words behind a program's name -> what they do; raises ``Unclear`` behind what it yields where there is more."""


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Options and operands."""
    options: list[str] = []
    operands: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            return options, [*operands, *words[index + 1 :]]
        (options if word.startswith("-") and word != "-" else operands).append(word)
    return options, operands


def has(options: Sequence[str], letters: str, *long: str) -> bool:
    """True if one of them is there; long ones may be cut short, as GNU and git take them."""
    short = (option for option in options if not option.startswith("--"))
    names = (option.partition("=")[0] for option in options if option.startswith("--"))
    return any(letter in option for option in short for letter in letters) or any(
        name.startswith(given) for given in names if given != "--" for name in long
    )


def values(options: Sequence[str], letter: str = "") -> list[str]:
    """Values that stand in the same word as a long option, or as the short one of this letter."""
    long = [option.partition("=")[2] for option in options if option.startswith("--") and "=" in option]
    short = [option.partition(letter)[2] for option in options if letter and not option.startswith("--")]
    return [*long, *filter(None, short)]


def onto(words: Sequence[str], action: Action, reach: Reach, *, merges: bool = False) -> Iterator[Effect]:
    """Sources and a target: the last operand, or a directory into which each source goes under its own name; with ``merges``
    what is in the sources goes among what is there."""
    options, operands = split(words)
    below = Reach.BELOW if merges else Reach.FILE
    if has(options, "t", "--target-directory"):
        for path in (*operands, *values(options, "t")):
            yield Effect(action, path, reach)
            yield Effect(Action.FILE_WRITE, path)
        for target in (*operands[:1], *operands[-1:], *values(options, "t")):
            for path in operands:
                yield Effect(Action.FILE_WRITE, _into(target, path), below)
        raise Unclear("where it goes is said by an option")
    *sources, target = operands or [""]
    for path in sources:
        yield Effect(action, path, reach)
        if merges:  # what git does not list is taken along
            yield Effect(Action.FILE_READ, path, Reach.SEARCH)
        yield Effect(Action.FILE_WRITE, _into(target, path), below)
    if target:
        yield Effect(Action.FILE_WRITE, target, below if has(options, "T", "--no-target-directory") else Reach.FILE)


def _into(directory: str, path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return f"{directory.rstrip('/') or '/'}/{'.' if name == '..' else name}"
