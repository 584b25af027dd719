"""A tool call, and what it touches, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from typing import TypeVar

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.policy.model import Action

_T = TypeVar("_T")


class Client(StrEnum):
    """Programs that let an agent call tools and ask a hook first."""

    CLAUDE = "claude"
    CODEX = "codex"
    GEMINI = "gemini"
    QWEN = "qwen"
    COPILOT = "copilot"
    DROID = "droid"
    CLINE = "cline"
    OPENCODE = "opencode"
    CURSOR = "cursor"
    VSCODE = "vscode"


class Moment(Enum):
    """When the client asks."""

    CALL = "call"
    """Before the tool runs."""
    PERMISSION = "permission"
    """Before the client asks the person at the machine."""


class CallError(AgentownersError):
    """A tool call that is not understood: it is refused."""


class Annotations(Struct, frozen=True):
    """A server's hints about a tool, as MCP names them; None where it says nothing."""

    read_only: bool | None = None
    destructive: bool | None = None


class ToolCall(Struct, frozen=True):
    """One call of a tool, as a client announces it."""

    client: Client | None
    """None for one that speaks to an MCP server through the gateway."""
    tool: str
    arguments: Mapping[str, object]
    cwd: str
    """Absolute path of the directory that relative paths start from."""
    moment: Moment = Moment.CALL
    annotations: Annotations | None = None
    server: str | None = None
    """Name of the MCP server whose tool it is; None for the client's own tools, or where the client does not say."""
    attended: bool = True
    """True if somebody may be there to answer a question; not where the client runs without asking."""
    session: str = ""
    id: str = ""
    """The client's own id of the call; empty where it has none."""
    caller: str = ""
    """Name that a client at the gateway gives itself."""


class Reach(Enum):
    """Extent of a touch."""

    FILE = "file"
    PLACE = "place"
    """A directory as itself: where a command runs, what is listed."""
    BELOW = "below"
    """Everything below a directory that git lists, and the path itself."""
    SEARCH = "search"
    """The contents of everything below a directory."""
    NAMED = "named"
    """A file that a command names which may do anything with it: only what always takes a person speaks of that."""


class Touch(Struct, frozen=True):
    """An action on a path as the call spells it."""

    action: Action
    path: str
    """Relative to ``base``, or absolute; ``~/`` at the start may mean the home directory."""
    base: str
    """Absolute path of the directory that it is relative to."""
    reach: Reach = Reach.FILE


class Touches(Struct, frozen=True):
    """Everything a call is known to touch, and why it may touch more."""

    touches: tuple[Touch, ...] = ()
    opaque: tuple[str, ...] = ()
    """Reasons why the rest cannot be told, one short phrase each; none where nothing is left open."""
    only_reads: bool = False
    """True if nothing is written, whatever is left open."""


def distinct(items: Sequence[_T]) -> tuple[_T, ...]:
    """The items, each once."""
    return tuple(dict.fromkeys(items)) if len(items) > 1 else tuple(items)


class Access(Struct, frozen=True):
    """An action on a path of one repository."""

    action: Action
    path: str
    """From the repository's root; ``.`` is the root itself."""
    reach: Reach = Reach.FILE
    link: bool = False
    """True if a symbolic link or a nested repository stands there, which can be taken for a directory."""
