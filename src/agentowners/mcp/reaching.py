"""Touches of a request beyond what the table of tools tells: every spelling of its paths, and every string that names one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, assert_never
from urllib.parse import unquote

from msgspec.structs import replace

from agentowners.dispatch.model import CallError, ToolCall, Touch, Touches, distinct
from agentowners.dispatch.tools import PATHS, plain
from agentowners.dispatch.touches import MOST_PATHS
from agentowners.mcp.session import PromptRequest, ResourceRequest, Target, ToolRequest
from agentowners.policy.model import Action

NamesPath = Callable[[str], bool]
"""True if there is a file, or a directory to hold one, of this name."""

_LONGEST: Final = 4096
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_BLANK: Final = re.compile(r"\s")
_BEFORE: Final = re.compile(r"[\x00-\x20]*\0")
_LEFT_OUT: Final = re.compile(r"^[\x00-\x20]+|[\x00-\x20]+$|[\t\n\r]")
_ONE_SPELLING: Final = re.compile(r"[^\s\"'%:=]+")
_ROUNDS: Final = 4
"""Times that percent signs are decoded; servers do it once, careless ones twice."""


def reach(call: ToolCall, target: Target, mapped: Touches, bases: Sequence[str], names_path: NamesPath) -> Touches:
    """Everything that a request may touch.

    Args:
        call: the request as a call.
        target: what it asks for.
        mapped: touches by the table of tools and the policy's own.
        bases: absolute paths of the directories that the server may take relative paths from.
        names_path: looks at the disk.

    Raises:
        CallError: there are too many.
    """
    opaque: tuple[str, ...]
    match target:
        case ToolRequest(arguments=arguments, hints=hints):
            texts = {touch.path for touch in mapped.touches}
            files = [name for name in arguments if name not in hints.parameters and _is_file_name(name, names_path)]
            only_reads = bool(mapped.touches) and all(touch.action is Action.FILE_READ for touch in mapped.touches)
            actions = (Action.FILE_READ,) if only_reads else (Action.FILE_READ, Action.FILE_WRITE)
            strings = (text for text in (*files, *_strings(arguments)) if text not in texts)
            named = [path for text in strings for path in _paths_in(text, names_path)]
            touches = [*mapped.touches, *(Touch(action, path, call.cwd) for path in named for action in actions)]
            opaque = mapped.opaque
        case ResourceRequest(uris=uris):
            touches = [Touch(Action.FILE_READ, path, call.cwd) for uri in uris for path in _paths_in(uri, names_path)]
            opaque = tuple(f"nothing says what `{uri}` stands for" for uri in uris if not _is_file(uri))
        case PromptRequest(prompt=prompt, arguments=arguments):
            named = [path for text in _strings(arguments) for path in _paths_in(text, names_path)]
            touches = [Touch(Action.FILE_READ, path, call.cwd) for path in named]
            opaque = (f"nothing says what the prompt `{prompt}` reads",)
        case unreachable:
            assert_never(unreachable)
    spelled = [each for touch in touches for each in _spelled(touch, call.cwd, bases)]
    if len(spelled) > MOST_PATHS:
        raise CallError(f"the call names more than {MOST_PATHS:,} paths")
    return Touches(distinct(spelled), opaque, only_reads=not isinstance(target, ToolRequest))


def file_paths(uri: str) -> tuple[str, ...]:
    """Paths that a URI may mean: after its scheme, with and without what could be a host, a query or a fragment, decoded or not.

    Empty for a text without a scheme.
    """
    match = _SCHEME.fullmatch(uri)
    if match is None:
        return ()
    rest = match[2]
    spellings = [rest]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        spellings = [slash + path, *([f"{host}{slash}{path}"] if host not in ("", "localhost") else [])]
    spellings += [re.split("[?#]", spelling, maxsplit=1)[0] for spelling in spellings]
    for _ in range(_ROUNDS):
        spellings += [unquote(spelling, errors="surrogateescape") for spelling in spellings if "%" in spelling]
        spellings = list(dict.fromkeys(spellings))
    return tuple(spelling for spelling in spellings if spelling)


def _spelled(touch: Touch, cwd: str, bases: Sequence[str]) -> list[Touch]:
    """The touch for each path that a server may make of it, and each directory that it may start from."""
    starts = bases if touch.base == cwd else (touch.base,)
    if _ONE_SPELLING.fullmatch(touch.path):  # no server makes another path of it
        return [touch if base == touch.base else replace(touch, base=base) for base in starts]
    trimmed = touch.path.strip()
    plain = [touch.path, trimmed, re.sub("^[\"']|[\"']$", "", trimmed)]  # as the filesystem server does
    plain += [unquote(trimmed, errors="surrogateescape")] if "%" in trimmed else []
    plain += [_as_url(trimmed)] if ":" in trimmed else []
    plain.append(trimmed.partition("=")[2])  # as in an option of a command
    paths = dict.fromkeys(each for text in plain for each in (text, *file_paths(text)) if each or not touch.path)
    return [replace(touch, path=path, base=base) for path, base in product(paths, starts)]


def _paths_in(text: str, names_path: NamesPath) -> tuple[str, ...]:
    """The paths that a text names: by its shape, or because the disk knows them; up to a NUL, where some servers end it."""
    before = _BEFORE.match(text)  # readers of URLs pass over it
    text = text[0 if before is None else before.end() :].partition("\0")[0]
    if len(text) > _LONGEST:  # servers take out what is superfluous before the system counts
        text = posixpath.normpath(text.strip())
    bare = text.strip()
    if not bare or len(text) > _LONGEST:
        return ()
    if _is_file(text):
        return (text,)
    if _is_file(_as_url(text)):
        return (_as_url(text),)
    scheme = _SCHEME.fullmatch(bare)
    if scheme is not None and scheme[2].startswith("//"):
        paths = dict.fromkeys(file_paths(bare))
        if scheme[2].startswith("///"):  # without a host, what follows may start from the server's own root
            paths |= dict.fromkeys(path.lstrip("/") for path in paths)
        return tuple(path for path in paths if path and _known(path, names_path))
    rooted = bare.startswith(("/", "~", "."))
    if rooted or ("/" in bare and not _BLANK.search(bare)) or _known(text, names_path):
        return (text,)
    decoded = unquote(bare, errors="surrogateescape")
    return (decoded,) if decoded != bare and _known(decoded, names_path) else ()


def _as_url(text: str) -> str:
    """The text as readers of URLs take it that follow the browsers' standard."""
    return _LEFT_OUT.sub("", text).replace("\\", "/")


def _known(text: str, names_path: NamesPath) -> bool:
    """True if the disk knows the path, or the directory that it begins with."""
    bare = text.strip()
    return names_path(text) or names_path(bare) or ("/" in bare.lstrip("/") and names_path(bare[: bare.index("/", 1)]))


def _is_file(text: str) -> bool:
    return text.strip(" \t\"'")[:5].lower() == "file:"


def _is_file_name(name: str, names_path: NamesPath) -> bool:
    """True for the name of an argument under which the disk knows a file. A directory's is far more often a parameter's."""
    return plain(name) not in PATHS and names_path(name) and not names_path(f"{name}/.")


def _strings(arguments: Mapping[str, object]) -> Iterator[str]:
    """Strings at any depth, names of members among them; of arguments only names that no parameter has."""
    level = [*arguments.values(), *(name for name in arguments if "/" in name or "." in name)]
    while level:
        following: list[object] = []
        for each in level:
            if isinstance(each, str):
                yield each
            elif isinstance(each, list):
                following += each
            elif isinstance(each, dict):
                following += [*each, *each.values()]
        level = following
