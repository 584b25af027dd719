"""Actions of programs on the paths that their words name, as far as these tell. A program that is not here may do anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from agentowners.dispatch.model import Reach
from agentowners.policy.model import Action

_READ, _WRITE = Action.FILE_READ, Action.FILE_WRITE


class Effect(NamedTuple):
    """An action on a path that a word names."""

    action: Action
    path: str
    reach: Reach = Reach.FILE


class Unclear(Exception):  # noqa: N818 (no error: the words do not tell everything)
    """Why the words of a program do not tell everything."""


Program = Callable[[Sequence[str]], Iterator[Effect]]
"""The words behind a program's name -> what they do; raises ``Unclear`` behind what it yields where there is more."""


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Options and operands."""
    options: list[str] = []
    operands: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            return options, [*operands, *words[index + 1 :]]
        (options if word.startswith("-") and word != "-" else operands).append(word)
    return options, operands


def _has(options: Sequence[str], letters: str, *long: str) -> bool:
    short = (option for option in options if not option.startswith("--"))
    return any(letter in option for option in short for letter in letters) or any(
        option.partition("=")[0] == name for option in options for name in long
    )


def _values(options: Sequence[str]) -> list[str]:
    return [option.partition("=")[2] for option in options if option.startswith("--") and "=" in option]


def _nothing(words: Sequence[str]) -> Iterator[Effect]:
    return iter(())


def _reads(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    for path in (*operands, *_values(options)):
        yield Effect(_READ, path)


def _lists(words: Sequence[str]) -> Iterator[Effect]:
    for path in _split(words)[1] or ["."]:
        yield Effect(_READ, path, Reach.PLACE)


def _writes(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    deep = _has(options, "R", "--recursive")
    for path in operands:
        yield Effect(_WRITE, path, Reach.BELOW if deep else Reach.FILE)


def _remove(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    deep = _has(options, "rR", "--recursive")
    for path in operands:
        yield Effect(_WRITE, path, Reach.BELOW if deep else Reach.FILE)


def _copy(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    deep = Reach.BELOW if _has(options, "rRa", "--recursive", "--archive") else Reach.FILE
    yield from _onto(operands, options, _READ, deep)


def _move(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    yield from _onto(operands, options, _WRITE, Reach.BELOW)


def _onto(operands: Sequence[str], options: Sequence[str], action: Action, reach: Reach) -> Iterator[Effect]:
    """Sources and a target: the last operand, or a directory into which each source goes under its own name."""
    if _has(options, "t", "--target-directory"):
        for path in (*operands, *_values(options)):
            yield Effect(action, path, reach)
            yield Effect(_WRITE, path)
        raise Unclear("where it goes is said by an option")
    *sources, target = operands or [""]
    for path in sources:
        yield Effect(action, path, reach)
        yield Effect(_WRITE, f"{target.rstrip('/') or '/'}/{path.rstrip('/').rpartition('/')[2]}")
    if target:
        yield Effect(_WRITE, target)


def _sort(words: Sequence[str]) -> Iterator[Effect]:
    yield from _reads(words)
    options, operands = _split(words)
    if _has(options, "o", "--output"):
        for path in (*operands, *_values(options), *(option[2:] for option in options if option.startswith("-o"))):
            yield Effect(_WRITE, path)
    if _has(options, "", "--compress-program"):
        raise Unclear("it runs another program")


def _uniq(words: Sequence[str]) -> Iterator[Effect]:
    operands = _split(words)[1]
    for path in operands[:1]:
        yield Effect(_READ, path)
    for path in operands[1:]:
        yield Effect(_WRITE, path)


def _grep(words: Sequence[str]) -> Iterator[Effect]:
    yield from _search(words, deep=_has(_split(words)[0], "rR", "--recursive", "--dereference-recursive"))


def _ripgrep(words: Sequence[str]) -> Iterator[Effect]:
    yield from _search(words, deep=True)
    if _has(_split(words)[0], "", "--pre", "--hostname-bin"):
        raise Unclear("it runs another program")


def _search(words: Sequence[str], *, deep: bool) -> Iterator[Effect]:
    options, operands = _split(words)
    named = _has(options, "ef", "--regexp", "--file", "--files")
    places = operands if named else operands[1:]
    for path in (*places, *_values(options)):
        yield Effect(_READ, path)
        if deep:
            yield Effect(_READ, path, Reach.SEARCH)
    if deep and not places:
        yield Effect(_READ, ".", Reach.SEARCH)


_HARMLESS_SCRIPT: Final = re.compile(
    r"(?:\d+|\$|/[^/\\]*/)?(?:,(?:\d+|\$|/[^/\\]*/))?(?:[pdq=]|s([/|#,:@])(?:(?!\1)[^\\\n]|\\[^\n])*\1(?:(?!\1)[^\\\n]|\\[^\n])*\1[gipI0-9]*)?"
)
"""Scripts of ``sed`` that neither write a file nor run a command: print, delete, or substitute."""


def _sed(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    inplace = any(option.startswith("--in-place") for option in options) or _has(options, "i")
    named = _has(options, "ef", "--expression", "--file")
    script, paths = ("", operands) if named else ("".join(operands[:1]), operands[1:])
    for path in paths:
        yield Effect(_READ, path)
        if inplace:
            yield Effect(_WRITE, path)
    if named or not all(_HARMLESS_SCRIPT.fullmatch(part.strip()) for part in script.split(";")):
        raise Unclear("its script may write files or run commands")


def _dd(words: Sequence[str]) -> Iterator[Effect]:
    for word in words:
        name, _, value = word.partition("=")
        if name in ("if", "of"):
            yield Effect(_READ if name == "if" else _WRITE, value)


_FIND_ACTS: Final = frozenset(["-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls"])


def _find(words: Sequence[str]) -> Iterator[Effect]:
    places: list[str] = []
    for word in words:
        if word.startswith(("-", "(", "!", ")")):
            break
        places.append(word)
    for path in places or ["."]:
        yield Effect(_READ, path, Reach.PLACE)
        if "-delete" in words:
            yield Effect(_WRITE, path, Reach.BELOW)
    if not _FIND_ACTS.isdisjoint(words):
        raise Unclear("it runs commands or writes files by itself")


_GIT_SAYS: Final = frozenset(["status", "rev-parse", "ls-files", "ls-tree", "describe", "symbolic-ref", "merge-base", "shortlog"])
_GIT_SHOWS: Final = frozenset(["diff", "log", "show", "blame", "grep", "cat-file"])


def _git(words: Sequence[str]) -> Iterator[Effect]:
    verb, rest = (words[0], words[1:]) if words else ("", [])
    options, operands = _split(rest)
    if verb in _GIT_SHOWS:
        yield Effect(_READ, ".", Reach.SEARCH)
        for path in operands:
            yield Effect(_READ, path)
            if ":" in path:
                yield Effect(_READ, path.rpartition(":")[2] or ".")
        if any(option.partition("=")[0] in ("--output", "--ext-diff", "-O", "--open-files-in-pager") for option in options):
            raise Unclear("an option of it writes a file or runs a command")
    elif verb in ("add", "stage"):
        for path in operands:
            yield Effect(_WRITE, path)
        if not operands and _has(options, "Au", "--all", "--update"):
            yield Effect(_WRITE, ".", Reach.PLACE)
    elif verb == "rm":
        yield from _remove(rest)
    elif verb == "mv":
        yield from _move(rest)
    elif verb == "restore" or (verb == "checkout" and "--" in rest):
        for path in operands if verb == "restore" else rest[list(rest).index("--") + 1 :]:
            yield Effect(_WRITE, path)
    elif verb not in _GIT_SAYS:
        raise Unclear(f"what `{verb[:60]}` does is not known")


_ASKING: Final = frozenset(["--as", "--ref", "--action", "--format", "--json", "-q", "--quiet"])
"""Options of ``agentowners explain`` that name no file."""
_STATE: Final = "~/.local/state/agentowners"


def only_asks(words: Sequence[str | None]) -> bool:
    """True for ``agentowners explain PATH``, to which every denial points: it reads nothing but the policy."""
    options = [word.partition("=")[0] for word in words if word is not None and word.startswith("-")]
    return list(words[:2]) == ["agentowners", "explain"] and None not in words and _ASKING.issuperset(options)


def _own(words: Sequence[str]) -> Iterator[Effect]:
    """This tool's own commands, as far as agents are told to use them; what a person decides writes where a person is asked."""
    if only_asks(["agentowners", *words]) or words[:1] == ["denials"] or words[:2] in (["inbox", "list"], ["inbox", "show"]):
        return
    if words[:1] == ["propose"]:
        yield from _reads(_split(words[1:])[1])
    else:
        if words[:1] in (["inbox"], ["serve"]):
            yield Effect(_WRITE, _STATE)
        raise Unclear("what it does is for a person")


_SAY_ONLY: Final = (
    "echo", "printf", "true", "false", "pwd", "date", "sleep", "exit", "test", "[", ":", "whoami", "id", "uname", "which",
    "basename", "dirname", "seq", "expr", "tr",
)  # fmt: skip
_READ_ONLY: Final = (
    "cat", "head", "tail", "wc", "cut", "nl", "od", "strings", "file", "stat", "md5sum", "sha1sum", "sha256sum", "sha512sum",
    "diff", "cmp", "comm", "paste", "tac", "rev", "base64", "fold", "column", "jq",
)  # fmt: skip

PROGRAMS: Final[dict[str, Program]] = {
    **dict.fromkeys(_SAY_ONLY, _nothing),
    **dict.fromkeys(_READ_ONLY, _reads),
    **dict.fromkeys(["ls", "du"], _lists),
    **dict.fromkeys(["tee", "touch", "mkdir", "rmdir", "truncate", "chmod", "chown", "chgrp", "unlink", "shred"], _writes),
    **dict.fromkeys(["grep", "egrep", "fgrep"], _grep),
    "rg": _ripgrep,
    "rm": _remove,
    "cp": _copy,
    "ln": _copy,
    "mv": _move,
    "sort": _sort,
    "uniq": _uniq,
    "sed": _sed,
    "dd": _dd,
    "find": _find,
    "git": _git,
    "agentowners": _own,
}
"""By name."""
