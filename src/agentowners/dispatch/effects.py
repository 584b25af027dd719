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


class Words:
    """The words behind a program's name."""

    def __init__(self, words: Sequence[str]) -> None:
        self.all = words
        self.options: list[str] = []
        self.operands: list[str] = []
        for index, word in enumerate(words):
            if word == "--":
                self.operands += words[index + 1 :]
                break
            (self.options if word.startswith("-") and word != "-" else self.operands).append(word)

    def has(self, letters: str, *long: str) -> bool:
        """True if one of these options is there; long ones may be cut short, as GNU and git take them."""
        short = (option for option in self.options if not option.startswith("--"))
        names = (option.partition("=")[0] for option in self.options if option.startswith("--"))
        return any(letter in option for option in short for letter in letters) or any(
            name.startswith(given) for given in names if given != "--" for name in long
        )

    def check(self, why: str, letters: str, *long: str) -> None:
        """Make sure that none of these options is there.

        Raises:
            Unclear: one is.
        """
        if self.has(letters, *long):
            raise Unclear(why)

    def values(self, letter: str = "") -> list[str]:
        """Values that stand in the same word as a long option, or as the short one of this letter."""
        long = [option.partition("=")[2] for option in self.options if option.startswith("--") and "=" in option]
        short = [option.partition(letter)[2] for option in self.options if letter and not option.startswith("--")]
        return [*long, *filter(None, short)]

    def paths(self, letter: str = "") -> list[str]:
        """Every word that may be a path: operands, and values of options."""
        return [*self.operands, *self.values(letter)]


Program = Callable[[Words], Iterator[Effect]]
"""The words behind a program's name -> what they do; raises ``Unclear`` behind what it yields where there is more."""


def onto(words: Words, action: Action, reach: Reach, *, merges: bool = False) -> Iterator[Effect]:
    """Sources and a target: the last operand, or a directory into which each source goes under its own name; with ``merges``
    what is in the sources goes among what is there."""
    operands = words.operands
    below = Reach.BELOW if merges else Reach.FILE
    if words.has("t", "--target-directory"):
        for path in words.paths("t"):
            yield Effect(action, path, reach)
            yield Effect(Action.FILE_WRITE, path)
        for target in (*operands[:1], *operands[-1:], *words.values("t")):
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
        yield Effect(Action.FILE_WRITE, target, below if words.has("T", "--no-target-directory") else Reach.FILE)


def _into(directory: str, path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return f"{directory.rstrip('/') or '/'}/{'.' if name == '..' else name}"
