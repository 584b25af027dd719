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
    from_top: bool = False
    """True if the path starts from the top of the repository, wherever in it the program runs."""


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
    """True if one of them is there; long ones may be cut short, as GNU and git take them."""
    short = (option for option in options if not option.startswith("--"))
    names = (option.partition("=")[0] for option in options if option.startswith("--"))
    return any(letter in option for option in short for letter in letters) or any(
        name.startswith(given) for given in names if given != "--" for name in long
    )


def _values(options: Sequence[str], letter: str = "") -> list[str]:
    """Values that stand in the same word as a long option, or as the short one of this letter."""
    long = [option.partition("=")[2] for option in options if option.startswith("--") and "=" in option]
    short = [option.partition(letter)[2] for option in options if letter and not option.startswith("--")]
    return [*long, *filter(None, short)]


def _nothing(words: Sequence[str]) -> Iterator[Effect]:
    return iter(())


def _reads(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    for path in (*operands, *_values(options)):
        yield Effect(_READ, path)
    _no_lists(options)


def _no_lists(options: Sequence[str]) -> None:
    if _has(options, "", "--files0-from"):
        raise Unclear("a file names what it reads")


def _differences(words: Sequence[str]) -> Iterator[Effect]:
    """Directories are compared by what is in them."""
    options, operands = _split(words)
    for path in (*operands, *_values(options)):
        yield Effect(_READ, path)
        yield Effect(_READ, path, Reach.SEARCH)


def _date(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    if _has(options, "f", "--file"):
        for path in (*operands, *_values(options, "f")):
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
    for path in _split(words)[1] or ["."]:
        yield Effect(_READ, path, Reach.PLACE)
    _no_lists(_split(words)[0])


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
    options = _split(words)[0]
    deep = _has(options, "rRa", "--recursive", "--archive")
    action = _WRITE if _has(options, "l", "--link") else _READ
    yield from _onto(words, action, Reach.BELOW if deep else Reach.FILE, merges=deep)
    if _has(options, "s", "--symbolic-link"):
        raise Unclear(_LINK)


def _move(words: Sequence[str]) -> Iterator[Effect]:
    yield from _onto(words, _WRITE, Reach.BELOW)


def _link(words: Sequence[str]) -> Iterator[Effect]:
    """A further name of a file: whoever writes to that one writes to this."""
    symbolic = _has(_split(words)[0], "s", "--symbolic")
    yield from _onto(words, _READ if symbolic else _WRITE, Reach.FILE)
    if symbolic:
        raise Unclear(_LINK)


_LINK: Final = "what is reached through the link is not known"


def _onto(words: Sequence[str], action: Action, reach: Reach, *, merges: bool = False) -> Iterator[Effect]:
    """Sources and a target: the last operand, or a directory into which each source goes under its own name; with ``merges``
    what is in the sources goes among what is there."""
    options, operands = _split(words)
    onto = Reach.BELOW if merges else Reach.FILE
    if _has(options, "t", "--target-directory"):
        for path in (*operands, *_values(options, "t")):
            yield Effect(action, path, reach)
            yield Effect(_WRITE, path)
        for target in (*operands[:1], *operands[-1:], *_values(options, "t")):
            for path in operands:
                yield Effect(_WRITE, _into(target, path), onto)
        raise Unclear("where it goes is said by an option")
    *sources, target = operands or [""]
    for path in sources:
        yield Effect(action, path, reach)
        if merges:  # what git does not list is taken along
            yield Effect(_READ, path, Reach.SEARCH)
        yield Effect(_WRITE, _into(target, path), onto)
    if target:
        yield Effect(_WRITE, target, onto if _has(options, "T", "--no-target-directory") else Reach.FILE)


def _into(directory: str, path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return f"{directory.rstrip('/') or '/'}/{'.' if name == '..' else name}"


def _sort(words: Sequence[str]) -> Iterator[Effect]:
    options, operands = _split(words)
    for path in (*operands, *_values(options)):
        yield Effect(_READ, path)
    if _has(options, "o", "--output"):
        for path in (*operands, *_values(options, "o")):
            yield Effect(_WRITE, path)
    _no_lists(options)
    if _has(options, "", "--compress-program"):
        raise Unclear("it runs another program")


def _uniq(words: Sequence[str]) -> Iterator[Effect]:
    operands = _split(words)[1]
    for path in operands[:1]:
        yield Effect(_READ, path)
    for path in operands[1:]:
        yield Effect(_WRITE, path)


def _grep(words: Sequence[str]) -> Iterator[Effect]:
    yield from _search(words, deep=_has(_split(words)[0], "rRd", "--recursive", "--dereference-recursive", "--directories"))


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
    inplace = _has(options, "i", "--in-place")
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


_GIT_SAYS: Final = frozenset(["status", "rev-parse", "ls-files", "ls-tree", "describe", "merge-base", "shortlog"])
_GIT_SHOWS: Final = frozenset(["diff", "log", "show", "blame", "grep", "cat-file"])


_PATHSPEC: Final = re.compile(r":(?:\([^)]*\)|[/!^]*:?)|(?=.*[*?\[])", re.DOTALL)


def _git(words: Sequence[str]) -> Iterator[Effect]:
    verb, rest = (words[0], words[1:]) if words else ("", [])
    options, operands = _split(rest)
    known = verb in _GIT_SAYS or (verb == "symbolic-ref" and len(operands) == 1 and not _has(options, "d", "--delete"))
    if verb in _GIT_SHOWS:
        yield Effect(_READ, ".", Reach.SEARCH, from_top="--" not in rest and verb != "grep")
        for path in operands:
            yield Effect(_READ, path)
            if ":" in path:
                yield Effect(_READ, path.rpartition(":")[2] or ".", from_top=True)
    elif verb in ("add", "stage"):
        yield from _specified(operands)
        if not operands and _has(options, "Au", "--all", "--update"):
            yield Effect(_WRITE, ".", Reach.PLACE)
    elif verb == "rm":
        yield from _specified(operands, Reach.BELOW if _has(options, "r") else Reach.FILE)
    elif verb == "mv":
        yield from _move(rest)
    elif verb == "restore":
        yield from _specified(operands, Reach.BELOW if _has(options, "s", "--source") else Reach.FILE)
    elif verb == "checkout" and "--" in rest:
        index = list(rest).index("--")
        other = _split(rest[:index])[1]
        yield from _specified(rest[index + 1 :], Reach.BELOW if other else Reach.FILE)
    elif not known:
        if verb in ("update-ref", "symbolic-ref") or operands[:1] == ["set-head"] or (verb == "config" and _runs(operands)):
            yield Effect(_WRITE, ".git", from_top=True)
        raise Unclear(f"what `{verb[:60]}` does is not known")
    if _has(options, "", "--pathspec-from-file"):
        raise Unclear("a file names the paths")
    if _has(options, "", "--output"):
        for path in (*operands, *_values(options)):
            yield Effect(_WRITE, path)
    if _has(options, "", "--output", "--ext-diff", "--open-files-in-pager") or any(one.startswith("-O") for one in options):
        raise Unclear("an option of it writes a file or runs a command")


def _runs(operands: Sequence[str]) -> bool:
    """True if one of them is a setting by which git runs or reads something else."""
    return any(_SETTINGS.match(operand) for operand in operands)


_SETTINGS: Final = re.compile(r"core\.(?:hookspath|fsmonitor|sshcommand|attributesfile)|alias\.|include(?:if)?\.", re.IGNORECASE)


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


def _own(words: Sequence[str]) -> Iterator[Effect]:
    """This tool's own commands, as far as agents are told to use them; what a person decides writes where a person is asked."""
    if only_asks(["agentowners", *words]) or words[:1] == ["denials"] or words[:2] in (["inbox", "list"], ["inbox", "show"]):
        return
    if words[:1] == ["propose"]:
        yield from _reads(_split(words[1:])[1])
    else:
        if words[:1] in (["inbox"], ["serve"], ["init"]) or words[:2] == ["hook", "install"]:
            yield Effect(_WRITE, _STATE)
        options, operands = _split(words)
        if _has(options, "o", "--output"):
            for path in (*operands, *_values(options, "o")):
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
    "git": _git,
    "agentowners": _own,
}
"""By name."""
