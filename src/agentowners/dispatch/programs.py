"""Actions of programs on the paths that their words name, as far as these tell. A program that is not here may do anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.dispatch.effects import Effect, Program, Unclear, has, onto, split, values
from agentowners.dispatch.git_effects import git
from agentowners.dispatch.model import Reach
from agentowners.policy.model import Action

_READ, _WRITE = Action.FILE_READ, Action.FILE_WRITE


def _nothing(words: Sequence[str]) -> Iterator[Effect]:
    return iter(())


def _reads(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = split(words)
    for path in (*operands, *values(options)):
        yield Effect(_READ, path)
    _no_lists(options)


def _no_lists(options: Sequence[str]) -> None:
    if has(options, "", "--files0-from"):
        raise Unclear("a file names what it reads")


def _differences(words: Sequence[str]) -> Iterator[Effect]:
    """Directories are compared by what is in them."""
    options, operands = split(words)
    for path in (*operands, *values(options)):
        yield Effect(_READ, path)
        yield Effect(_READ, path, Reach.SEARCH)


def _date(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = split(words)
    if has(options, "f", "--file"):
        for path in (*operands, *values(options, "f")):
            yield Effect(_READ, path)


def _tests(words: Sequence[str]) -> Iterator[Effect]:
    if any("$(" in word or "`" in word for word in words):
        raise Unclear("it may run what is quoted")
    return
    yield


def _prints(words: Sequence[str]) -> Iterator[Effect]:
    if any(word.startswith("-v") for word in words[:1]):
        raise Unclear("it sets a variable")
    return
    yield


def _lists(words: Sequence[str]) -> Iterator[Effect]:
    for path in split(words)[1] or ["."]:
        yield Effect(_READ, path, Reach.PLACE)
    _no_lists(split(words)[0])


def _writes(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = split(words)
    deep = has(options, "R", "--recursive")
    for path in operands:
        yield Effect(_WRITE, path, Reach.BELOW if deep else Reach.FILE)


def _remove(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = split(words)
    deep = has(options, "rR", "--recursive")
    for path in operands:
        yield Effect(_WRITE, path, Reach.BELOW if deep else Reach.FILE)


def _copy(words: Sequence[str]) -> Iterator[Effect]:
    options = split(words)[0]
    deep = has(options, "rRa", "--recursive", "--archive")
    action = _WRITE if has(options, "l", "--link") else _READ
    yield from onto(words, action, Reach.BELOW if deep else Reach.FILE, merges=deep)
    if has(options, "s", "--symbolic-link"):
        raise Unclear(_LINK)


def _move(words: Sequence[str]) -> Iterator[Effect]:
    yield from onto(words, _WRITE, Reach.BELOW)


def _link(words: Sequence[str]) -> Iterator[Effect]:
    """A further name of a file: whoever writes to that one writes to this."""
    symbolic = has(split(words)[0], "s", "--symbolic")
    yield from onto(words, _READ if symbolic else _WRITE, Reach.FILE)
    if symbolic:
        raise Unclear(_LINK)


_LINK: Final = "what is reached through the link is not known"


def _sort(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = split(words)
    for path in (*operands, *values(options)):
        yield Effect(_READ, path)
    if has(options, "o", "--output"):
        for path in (*operands, *values(options, "o")):
            yield Effect(_WRITE, path)
    _no_lists(options)
    if has(options, "", "--compress-program"):
        raise Unclear("it runs another program")


def _uniq(words: Sequence[str]) -> Iterator[Effect]:
    operands = split(words)[1]
    for path in operands[:1]:
        yield Effect(_READ, path)
    for path in operands[1:]:
        yield Effect(_WRITE, path)


def _grep(words: Sequence[str]) -> Iterator[Effect]:
    yield from _search(words, deep=has(split(words)[0], "rRd", "--recursive", "--dereference-recursive", "--directories"))


def _ripgrep(words: Sequence[str]) -> Iterator[Effect]:
    yield from _search(words, deep=True)
    if has(split(words)[0], "", "--pre", "--hostname-bin"):
        raise Unclear("it runs another program")


def _search(words: Sequence[str], *, deep: bool) -> Iterator[Effect]:
    options, operands = split(words)
    named = has(options, "ef", "--regexp", "--file", "--files")
    places = operands if named else operands[1:]
    for path in (*places, *values(options)):
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
    options, operands = split(words)
    inplace = has(options, "i", "--in-place")
    named = has(options, "ef", "--expression", "--file")
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


_FIND_ACTS: Final = frozenset(["-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls", "-files0-from"])


def _find(words: Sequence[str]) -> Iterator[Effect]:
    places: list[str] = []
    for word in words:
        if not places and (word in ("-H", "-L", "-P") or word.startswith("-O")):
            continue
        if word.startswith(("-", "(", "!", ")")):
            break
        places.append(word)
    for path in places or ["."]:
        yield Effect(_READ, path, Reach.PLACE)
        if "-delete" in words:
            yield Effect(_WRITE, path, Reach.BELOW)
    if not _FIND_ACTS.isdisjoint(words):
        raise Unclear("it runs commands or writes files by itself")


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
        yield from _reads(split(words[1:])[1])
    else:
        if words[:1] in (["inbox"], ["serve"], ["init"]) or words[:2] == ["hook", "install"]:
            yield Effect(_WRITE, _STATE)
        options, operands = split(words)
        if has(options, "o", "--output"):
            for path in (*operands, *values(options, "o")):
                yield Effect(_WRITE, path)
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
    **dict.fromkeys(["grep", "egrep", "fgrep"], _grep),
    "rg": _ripgrep,
    "rm": _remove,
    "cp": _copy,
    "ln": _link,
    "mv": _move,
    "sort": _sort,
    "uniq": _uniq,
    "sed": _sed,
    "dd": _dd,
    "find": _find,
    "git": git,
    "agentowners": _own,
}
"""By name."""
