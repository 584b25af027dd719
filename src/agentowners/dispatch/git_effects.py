"""Effects of git's commands on the files of the work tree, as far as their words tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.dispatch.effects import Effect, Unclear, Words, onto
from agentowners.dispatch.model import Reach
from agentowners.policy.model import Action

_READ, _WRITE = Action.FILE_READ, Action.FILE_WRITE

_GIT_SAYS: Final = frozenset(["status", "rev-parse", "ls-files", "ls-tree", "describe", "merge-base", "shortlog"])
_GIT_SHOWS: Final = frozenset(["diff", "log", "show", "blame", "grep", "cat-file"])
_PATHSPEC: Final = re.compile(r":(?:\([^)]*\)|[/!^]*:?)|(?=.*[*?\[])", re.DOTALL)


def git(command: Words) -> Iterator[Effect]:
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
    elif verb in ("add", "stage"):
        yield from _specified(operands)
        if not operands and words.has("Au", "--all", "--update"):
            yield Effect(_WRITE, ".", Reach.PLACE)
    elif verb == "rm":
        yield from _specified(operands, Reach.BELOW if words.has("r") else Reach.FILE)
    elif verb == "mv":
        yield from onto(words, _WRITE, Reach.BELOW)
    elif verb == "restore":
        yield from _specified(operands, Reach.BELOW if words.has("s", "--source") else Reach.FILE)
    elif verb == "checkout" and "--" in rest:
        index = list(rest).index("--")
        other = Words(rest[:index]).operands
        yield from _specified(rest[index + 1 :], Reach.BELOW if other else Reach.FILE)
    elif verb not in _GIT_SAYS and not (verb == "symbolic-ref" and len(operands) == 1 and not words.has("d", "--delete")):
        if verb in ("update-ref", "symbolic-ref") or operands[:1] == ["set-head"] or (verb == "config" and _runs(operands)):
            yield Effect(_WRITE, ".git", from_top=True)
        raise Unclear(f"what `{verb[:60]}` does is not known")
    words.check("a file names the paths", "", "--pathspec-from-file")
    if words.has("", "--output"):
        for path in words.paths():
            yield Effect(_WRITE, path)
    if words.has("", "--output", "--ext-diff", "--open-files-in-pager") or any(one.startswith("-O") for one in words.options):
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
