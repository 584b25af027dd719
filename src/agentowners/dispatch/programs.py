"""Actions of programs on the paths that their words name, as far as these tell. A program that is not here may do anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from agentowners.dispatch.model import Reach
from agentowners.policy.model import Action

_READ, _WRITE = Action.FILE_READ, Action.FILE_WRITE


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


def _onto(words: Words, action: Action, reach: Reach, *, merges: bool = False) -> Iterator[Effect]:
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


_LISTED: Final = "a file names what it reads"
_LINK: Final = "what is reached through the link is not known"
_OTHER: Final = "it runs another program"


def _all(action: Action, paths: Iterable[str], reach: Reach = Reach.FILE) -> Iterator[Effect]:
    return (Effect(action, path, reach) for path in paths)


def _nothing(words: Words) -> Iterator[Effect]:
    return iter(())


def _reads(words: Words) -> Iterator[Effect]:
    yield from _all(_READ, words.paths())
    words.check(_LISTED, "", "--files0-from")


def _differences(words: Words) -> Iterator[Effect]:
    """Directories are compared by what is in them."""
    for path in words.paths():
        yield Effect(_READ, path)
        yield Effect(_READ, path, Reach.SEARCH)


def _date(words: Words) -> Iterator[Effect]:
    return _all(_READ, words.paths("f") if words.has("f", "--file") else ())


def _tests(words: Words) -> Iterator[Effect]:
    if any("$(" in word or "`" in word for word in words.all):
        raise Unclear("it may run what is quoted")
    return iter(())


def _prints(words: Words) -> Iterator[Effect]:
    if any(word.startswith("-v") for word in words.all[:1]):
        raise Unclear("it sets a variable")
    return iter(())


def _lists(words: Words) -> Iterator[Effect]:
    yield from _all(_READ, words.operands or ["."], Reach.PLACE)
    words.check(_LISTED, "", "--files0-from")


def _writes(words: Words, deep: str = "R") -> Iterator[Effect]:
    """Writes to what is named, or below it with one of the letters that ask for that."""
    return _all(_WRITE, words.operands, Reach.BELOW if words.has(deep, "--recursive") else Reach.FILE)


def _copy(words: Words) -> Iterator[Effect]:
    deep = words.has("rRa", "--recursive", "--archive")
    action = _WRITE if words.has("l", "--link") else _READ
    yield from _onto(words, action, Reach.BELOW if deep else Reach.FILE, merges=deep)
    words.check(_LINK, "s", "--symbolic-link")


def _link(words: Words) -> Iterator[Effect]:
    """A further name of a file: whoever writes to that one writes to this."""
    yield from _onto(words, _READ if words.has("s", "--symbolic") else _WRITE, Reach.FILE)
    words.check(_LINK, "s", "--symbolic")


def _sort(words: Words) -> Iterator[Effect]:
    yield from _all(_READ, words.paths())
    if words.has("o", "--output"):
        yield from _all(_WRITE, words.paths("o"))
    words.check(_LISTED, "", "--files0-from")
    words.check(_OTHER, "", "--compress-program")


def _uniq(words: Words) -> Iterator[Effect]:
    for number, path in enumerate(words.operands):
        yield Effect(_WRITE if number else _READ, path)


def _grep(words: Words) -> Iterator[Effect]:
    return _search(words, deep=words.has("rRd", "--recursive", "--dereference-recursive", "--directories"))


def _ripgrep(words: Words) -> Iterator[Effect]:
    yield from _search(words, deep=True)
    words.check(_OTHER, "", "--pre", "--hostname-bin")


def _search(words: Words, *, deep: bool) -> Iterator[Effect]:
    places = words.operands if words.has("ef", "--regexp", "--file", "--files") else words.operands[1:]
    for path in (*places, *words.values()):
        yield Effect(_READ, path)
        if deep:
            yield Effect(_READ, path, Reach.SEARCH)
    if deep and not places:
        yield Effect(_READ, ".", Reach.SEARCH)


_HARMLESS_SCRIPT: Final = re.compile(
    r"(?:\d+|\$|/[^/\\]*/)?(?:,(?:\d+|\$|/[^/\\]*/))?(?:[pdq=]|s([/|#,:@])(?:(?!\1)[^\\\n]|\\[^\n])*\1(?:(?!\1)[^\\\n]|\\[^\n])*\1[gipI0-9]*)?"
)
"""Scripts of ``sed`` that neither write a file nor run a command: print, delete, or substitute."""


def _sed(words: Words) -> Iterator[Effect]:
    inplace = words.has("i", "--in-place")
    named = words.has("ef", "--expression", "--file")
    script, paths = ("", words.operands) if named else ("".join(words.operands[:1]), words.operands[1:])
    for path in paths:
        yield Effect(_READ, path)
        if inplace:
            yield Effect(_WRITE, path)
    if named or not all(_HARMLESS_SCRIPT.fullmatch(part.strip()) for part in script.split(";")):
        raise Unclear("its script may write files or run commands")


def _dd(words: Words) -> Iterator[Effect]:
    for word in words.all:
        name, _, value = word.partition("=")
        if name in ("if", "of"):
            yield Effect(_READ if name == "if" else _WRITE, value)


_FIND_ACTS: Final = frozenset(["-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls", "-files0-from"])


def _find(words: Words) -> Iterator[Effect]:
    places: list[str] = []
    for word in words.all:
        if not places and (word in ("-H", "-L", "-P") or word.startswith("-O")):
            continue
        if word.startswith(("-", "(", "!", ")")):
            break
        places.append(word)
    for path in places or ["."]:
        yield Effect(_READ, path, Reach.PLACE)
        if "-delete" in words.all:
            yield Effect(_WRITE, path, Reach.BELOW)
    if not _FIND_ACTS.isdisjoint(words.all):
        raise Unclear("it runs commands or writes files by itself")


_GIT_SAYS: Final = frozenset(["status", "rev-parse", "ls-files", "ls-tree", "describe", "merge-base", "shortlog"])
_GIT_WRITES: Final = {"add": ("",), "stage": ("",), "rm": ("r",), "restore": ("s", "--source")}
"""Each with the options by which everything below is written."""
_GIT_SHOWS: Final = frozenset(["diff", "log", "show", "blame", "grep", "cat-file"])
_SETTINGS: Final = re.compile(r"core\.(?:hookspath|fsmonitor|sshcommand|attributesfile)|alias\.|include(?:if)?\.", re.IGNORECASE)
"""Names of settings by which git runs or reads something else."""
_PATHSPEC: Final = re.compile(r":(?:\([^)]*\)|[/!^]*:?)|(?=.*[*?\[])", re.DOTALL)


def _git(command: Words) -> Iterator[Effect]:
    """Effects of a command, without the options before its name."""
    verb, rest = command.all[0] if command.all else "", command.all[1:]
    words = Words(rest)
    operands = words.operands
    if verb in _GIT_SHOWS:
        yield Effect(_READ, ".", Reach.SEARCH, from_top="--" not in rest and verb != "grep")
        for path in operands:
            yield Effect(_READ, path)
            if ":" in path:
                yield Effect(_READ, path.rpartition(":")[2] or ".", from_top=True)
    elif verb in _GIT_WRITES:
        yield from _specified(operands, Reach.BELOW if words.has(*_GIT_WRITES[verb]) else Reach.FILE)
        if verb in ("add", "stage") and not operands and words.has("Au", "--all", "--update"):
            yield Effect(_WRITE, ".", Reach.PLACE)
    elif verb == "mv":
        yield from _onto(words, _WRITE, Reach.BELOW)
    elif verb == "checkout" and "--" in rest:
        index = list(rest).index("--")
        other = Words(rest[:index]).operands
        yield from _specified(rest[index + 1 :], Reach.BELOW if other else Reach.FILE)
    elif verb not in _GIT_SAYS and not (verb == "symbolic-ref" and len(operands) == 1 and not words.has("d", "--delete")):
        if (
            verb in ("update-ref", "symbolic-ref")
            or operands[:1] == ["set-head"]
            or (verb == "config" and any(map(_SETTINGS.match, operands)))
        ):
            yield Effect(_WRITE, ".git", from_top=True)
        raise Unclear(f"what `{verb[:60]}` does is not known")
    words.check("a file names the paths", "", "--pathspec-from-file")
    if words.has("", "--output"):
        yield from _all(_WRITE, words.paths())
    if words.has("", "--output", "--ext-diff", "--open-files-in-pager") or any(
        option.startswith("-O") for option in words.options
    ):
        raise Unclear("an option of it writes a file or runs a command")


def _specified(pathspecs: Sequence[str], reach: Reach = Reach.FILE) -> Iterator[Effect]:
    """Paths that git writes, out of patterns that git reads."""
    magic = False
    for spec in pathspecs:
        start = _PATHSPEC.match(spec)
        if start is None:
            yield Effect(_WRITE, spec, reach)
            continue
        magic = True
        path = re.split(r"[*?\[]", spec[start.end() :])
        plain = path[0] if len(path) == 1 else path[0].rpartition("/")[0]
        yield Effect(_WRITE, plain or ".", reach, from_top=spec.startswith(":"))
    if magic:
        raise Unclear("a pattern that git expands")


_ASKING: Final = frozenset(["--as", "--ref", "--action", "--format", "--json", "-q", "--quiet"])
"""Options of ``agentowners explain`` that name no file."""
_STATE: Final = "~/.local/state/agentowners"


def only_asks(words: Sequence[str | None]) -> bool:
    """True for ``agentowners explain PATH``, to which every denial points: it reads nothing but the policy."""
    options = [word.partition("=")[0] for word in words if word is not None and word.startswith("-")]
    return list(words[:2]) == ["agentowners", "explain"] and None not in words and _ASKING.issuperset(options)


def _own(words: Words) -> Iterator[Effect]:
    """This tool's own commands, as far as agents are told to use them; what a person decides writes where a person is asked."""
    first, two = words.all[:1], words.all[:2]
    if only_asks(["agentowners", *words.all]) or first == ["denials"] or two in (["inbox", "list"], ["inbox", "show"]):
        return
    if first == ["propose"]:
        yield from _reads(Words(Words(words.all[1:]).operands))
    else:
        if first in (["inbox"], ["serve"], ["init"]) or two == ["hook", "install"]:
            yield Effect(_WRITE, _STATE)
        if words.has("o", "--output"):
            yield from _all(_WRITE, words.paths("o"))
        raise Unclear("what it does is for a person")


_SAY_ONLY: Final = (
    "echo", "true", "false", "pwd", "sleep", "exit", ":", "whoami", "id", "uname", "which",
    "basename", "dirname", "seq", "expr", "tr",
)  # fmt: skip
_READ_ONLY: Final = (
    "cat", "head", "tail", "wc", "cut", "nl", "od", "strings", "file", "stat", "md5sum", "sha1sum", "sha256sum", "sha512sum",
    "cmp", "comm", "paste", "tac", "rev", "base64", "fold", "column", "jq",
)  # fmt: skip

PROGRAMS: Final[dict[str, Program]] = {
    **dict.fromkeys(_SAY_ONLY, _nothing),
    **dict.fromkeys(_READ_ONLY, _reads),
    **dict.fromkeys(["test", "["], _tests),
    "printf": _prints,
    "date": _date,
    "diff": _differences,
    **dict.fromkeys(["ls", "du"], _lists),
    **dict.fromkeys(["tee", "touch", "mkdir", "rmdir", "truncate", "chmod", "chown", "chgrp", "unlink", "shred"], _writes),
    "rm": partial(_writes, deep="rR"),
    **dict.fromkeys(["grep", "egrep", "fgrep"], _grep),
    "rg": _ripgrep,
    "cp": _copy,
    "ln": _link,
    "mv": partial(_onto, action=_WRITE, reach=Reach.BELOW),
    "sort": _sort,
    "uniq": _uniq,
    "sed": _sed,
    "dd": _dd,
    "find": _find,
    "git": _git,
    "agentowners": _own,
}
"""By name."""
