"""A tool call's arguments become what it touches. Nothing is looked up on disk here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Final

from agentowners.dispatch.model import CallError, Reach, ToolCall, Touch, Touches, distinct
from agentowners.dispatch.tools import PATHS, Argument, Carries, Tool, plain, tool_of
from agentowners.policy.model import Action
from agentowners.values import gathered

ReadCommand = Callable[[str, str], Touches]
"""A shell command and the directory it runs in -> what it touches."""

MOST_PATHS: Final = 5_000
"""Paths of one call; more than this no client sends."""
_HEADS: Final = ("*** Add File:", "*** Update File:", "*** Delete File:", "*** Move to:")
"""Beginnings of lines that name a file in a patch in the form of ``apply_patch``."""
_WILDCARD: Final = re.compile(r"[*?\[{]")


def touches_of(call: ToolCall, read_command: ReadCommand, more: Sequence[Tool] = ()) -> Touches:
    """Touches of a call, and why it may touch more.

    Args:
        call: the call.
        read_command: reads shell commands.
        more: what the policy says of the tool beside the table.

    Raises:
        CallError: an argument that should be a path is none, or there are too many.
    """
    known = tool_of(call.client, call.tool, call.server)
    tools = [*([] if known is None else [known]), *more]
    touched: list[Touch] = []
    opaque: list[str] = []
    if not tools:
        opaque.append(f"nothing says what `{call.tool}` does")
        touched += _named(call)
    for tool in tools:
        result = _by_tool(call, tool, read_command)
        touched += result.touches
        opaque += result.opaque
    if len(touched) > MOST_PATHS:
        raise CallError(f"the call names more than {MOST_PATHS:,} paths")
    return Touches(distinct(touched), distinct(opaque))


def _by_tool(call: ToolCall, tool: Tool, read_command: ReadCommand) -> Touches:
    values = _values(call.arguments)
    touched: list[Touch] = []
    opaque: list[str] = []
    commands: list[str] = []
    directories: list[str] = []
    for argument in tool:
        if argument.carries is Carries.WHERE:
            directories += _texts(_given(values, argument), argument.name)
    directories = directories or [call.cwd]
    bases = [where if where.startswith("/") else f"{call.cwd}/{where}" for where in directories]
    named = False
    for argument in tool:
        given = _given(values, argument)
        texts = _texts(given, argument.name)
        named = named or bool(texts)
        match argument.carries:
            case Reach() as reach:
                touched += [Touch(argument.action, text, base, reach) for base in bases for text in texts]
            case Carries.COMMAND:
                commands += texts
            case Carries.WHERE:
                pass
            case Carries.PATCH:
                touched += [Touch(argument.action, path, call.cwd) for text in texts for path in patched_files(text)]
            case Carries.GLOB:
                folders = [_before_wildcard(text) for text in texts]
                places = [touch.path for touch in touched if touch.reach is Reach.PLACE]
                folders += [f"{place}/{folder}" for place in places for folder in folders if not folder.startswith("/")]
                touched += [Touch(argument.action, folder, call.cwd, Reach.PLACE) for folder in folders]
            case Carries.MATCHING:
                touched += [_matching(argument.action, text, call.cwd) for text in texts]
    first = tool[0] if tool else None
    if first is not None and first.carries in (Reach.PLACE, Reach.SEARCH) and not touched:
        touched.append(Touch(first.action, ".", call.cwd, Reach(first.carries)))
        named = True
    shell = any(argument.carries is Carries.COMMAND for argument in tool)
    if first is not None and not named:
        opaque.append(f"`{call.tool}` names no path" if not shell else f"`{call.tool}` names no command")
    if shell:
        touched += [Touch(Action.SHELL_EXECUTE, where, call.cwd, Reach.PLACE) for where in directories]
    for command, base in product(commands, bases):
        read = read_command(command, base)
        touched += read.touches
        opaque += read.opaque
    return Touches(tuple(touched), tuple(opaque))


def patched_files(patch: str) -> tuple[str, ...]:
    """The paths that a patch writes, in its order; also those in heads that a lenient reader might take for heads.

    Raises:
        CallError: it names none, so that nobody can tell what it writes.
    """
    paths: dict[str, None] = {}
    for line in patch.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        stripped = line.strip()
        for head in _HEADS:
            if stripped.startswith(head):
                paths[stripped[len(head) :].strip()] = None
    if not paths:
        raise CallError("the patch names no file", help="`*** Update File: <path>` names one")
    return tuple(paths)


def _named(call: ToolCall) -> list[Touch]:
    """Paths that a tool names which nothing maps: whatever it does to these, it may write them."""
    texts = [text for name, value in call.arguments.items() if plain(name) in PATHS for text in _texts(value, name)]
    return [Touch(action, text, call.cwd) for text in texts for action in (Action.FILE_READ, Action.FILE_WRITE)]


def _values(arguments: Mapping[str, object]) -> dict[str, list[object]]:
    return gathered((plain(name), value) for name, value in arguments.items())


def _given(values: Mapping[str, list[object]], argument: Argument) -> list[object]:
    name, member = _plain_names(argument.name)
    given = values.get(name, [])
    if not member:
        return given
    values_inside: list[object] = []
    for value in given:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise CallError(f"`{argument.name.partition('[]')[0]}` is not a list of objects")
        values_inside += [inner for item in value for inner in _values(item).get(member, [])]
    return values_inside


@lru_cache(maxsize=1024)
def _plain_names(argument: str) -> tuple[str, str]:
    """Plain names of an argument, and of a member of the objects in it."""
    name, _, member = argument.partition("[].")
    return plain(name), plain(member)


def _texts(value: object, name: str) -> list[str]:
    """The texts in an argument that should hold one, or a list of them, or of lists of them; nothing at all is none.

    Raises:
        CallError: it holds something else.
    """
    texts: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        for text in item if isinstance(item, list) else [item]:
            if isinstance(text, str):
                texts.append(text)
            elif item is not None:
                raise CallError(f"`{name}` is no text and no list of texts")
    return texts


def _before_wildcard(pattern: str) -> str:
    """The directory that a pattern starts from."""
    wild = _WILDCARD.search(pattern)
    folder, slash, _ = (pattern if wild is None else pattern[: wild.start()]).rpartition("/")
    return folder or slash or "."


def _matching(action: Action, pattern: str, cwd: str) -> Touch:
    if _WILDCARD.search(pattern) is None:
        return Touch(action, pattern, cwd)
    return Touch(action, _before_wildcard(pattern), cwd, Reach.SEARCH)
