"""Judges the requests of an MCP client, as ``hook`` judges the calls of an agent's."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from agentowners.cli.hook_call import Dispatcher
from agentowners.cli.hook_journal import keep_refusal
from agentowners.cli.policy_cache import PolicyCache
from agentowners.diagnostics import AgentownersError, PolicyError
from agentowners.dispatch.answers import Reply
from agentowners.dispatch.clients import identity_of
from agentowners.dispatch.denial import Denial
from agentowners.dispatch.document import DenialJson
from agentowners.dispatch.model import ToolCall, Touches
from agentowners.dispatch.words import refusal
from agentowners.mcp.frames import FaultCode
from agentowners.mcp.reaching import file_paths, reach
from agentowners.mcp.replies import error_frame, refusal_frame
from agentowners.mcp.session import ResourceRequest, Target, ToolRequest, Undecided
from agentowners.store.journal import JournalBatch

if TYPE_CHECKING:
    from agentowners.cli.mcp_token import TokenSession

AT_THE_SAME_TIME: Final = 10_000_000
"""Nanoseconds: about the step in which file systems tell times apart."""
_SHORT: Final = 4096
"""Bytes of a frame up to which it is worth telling one call from another."""
_WHO: Final = "mcp"
"""Caller in the journal that does not say its name."""


class _Look(Struct, frozen=True):
    """One look at the disk."""

    made: int
    bases: tuple[str, ...]
    """Absolute paths of the directories that the server may take relative paths from."""
    dispatchers: tuple[Dispatcher, ...]
    """One for each that the caller is judged as."""


class McpJudge:
    """Judges each request by the policies as they are when it comes."""

    def __init__(
        self,
        command: Sequence[str],
        policy_files: Sequence[str],
        token_file: str | None = None,
        server: str | None = None,
        *,
        grants: bool = True,
    ) -> None:
        self._policy_files = policy_files
        self._token_file = token_file
        self._token: TokenSession | None = None
        if token_file is not None:
            from agentowners.cli.mcp_token import TokenSession

            self._token = TokenSession(token_file)
        self._server = server
        self._grants = grants
        self._session = secrets.token_hex(8)
        self._cache = PolicyCache()
        self._journal = JournalBatch()
        self._looks: dict[tuple[str, ...], _Look] = {}
        self._cwd = os.getcwd()
        self._starts = tuple(_directories(self._cwd, command[1:]))

    def refuse(self, undecided: Undecided, roots: Sequence[str]) -> bytes | None:
        """The frame that refuses a request; None for one that may pass. Nothing is raised: what cannot be judged is refused."""
        call, started = self._call(undecided), time.monotonic()
        try:
            words = repr((call.tool, undecided.target)) if undecided.size <= _SHORT else None
            answer = self._judged(call, undecided.target, roots, words)
            if answer is None:
                return None
            reason, denial = answer
        except Exception as error:  # noqa: BLE001 (whatever it is, the answer is no)
            message, help = _words(error)
            reason = refusal(message, help)
            self._journal.write()  # the lines of the calls before this one
            keep_refusal(call, None, message, started)
            denial = Denial("tool", "", (f"@{identity_of(call)}",), (), ()).as_json()
        id = undecided.request.id
        if isinstance(undecided.target, ToolRequest):
            return refusal_frame(id, reason, denial, structured=undecided.target.hints.structured)
        return error_frame(id, FaultCode.INVALID_PARAMS, reason, denial)

    def _judged(self, call: ToolCall, target: Target, roots: Sequence[str], words: str | None) -> tuple[str, DenialJson] | None:
        """Reason and denial of a request; None where it may pass.

        Raises:
            AgentownersError: it cannot be judged.
        """
        look = self._look(call, tuple(roots))
        bases = look.bases

        def names_path(text: str) -> bool:
            return any(os.path.lexists(os.path.join(base, os.path.expanduser(text)).encode("utf-8", "replace")) for base in bases)

        def reached(mapped: Touches) -> Touches:
            return reach(call, target, mapped, bases, names_path)

        for dispatcher in look.dispatchers:
            dispatcher.take(call, reached, words)
            decision = dispatcher.decide()
            if decision.reply is not Reply.PASS:
                denial = dispatcher.denial(decision).as_json()
                denial["decision"] = decision.decision.value
                return decision.reason, denial
        return None

    def _look(self, call: ToolCall, roots: tuple[str, ...]) -> _Look:
        """A look at the disk, which serves the calls that come at the same time."""
        key, now = (call.caller, *roots), time.monotonic_ns()
        look = self._looks.get(key)
        if look is None or now - look.made > AT_THE_SAME_TIME:
            bases = tuple(dict.fromkeys([self._cwd, *self._starts, *_directories(self._cwd, roots)]))
            look = _Look(now, bases, self._made(call, bases))
            self._looks = {key: look}
        return look

    def _made(self, call: ToolCall, bases: tuple[str, ...]) -> tuple[Dispatcher, ...]:
        make = partial(
            Dispatcher, call, self._policy_files, grants=self._grants, bases=bases, cache=self._cache, journal=self._journal
        )
        if self._token is None:
            return (make(),)
        from agentowners.issuers.keys import KeysUnavailableError

        try:
            return (make(self._token_file, bearer=self._token.bearer),)
        except KeysUnavailableError:
            declared = make()
            return declared, make(self._token_file, claimed=self._token.claimed(declared.innermost))

    def prove(self) -> None:
        """Look at the token before any request comes.

        Raises:
            TokenRefusedError: it proves nothing.
            AgentownersError: it cannot be read, or no repository here says whose it is.
        """
        self._made(ToolCall(None, "", {}, self._cwd, caller=_WHO), (self._cwd, *self._starts))

    def rest(self) -> None:
        """Write the journal, now that nothing waits."""
        self._journal.write()

    def _call(self, undecided: Undecided) -> ToolCall:
        target = undecided.target
        return ToolCall(
            None,
            target.tool if isinstance(target, ToolRequest) else undecided.request.method,
            {} if isinstance(target, ResourceRequest) else target.arguments,
            self._cwd,
            annotations=target.hints.annotations if isinstance(target, ToolRequest) else None,
            server=self._server,
            session=self._session,
            id=str(undecided.request.id),
            caller=undecided.client or _WHO,
        )


def _directories(cwd: str, names: Sequence[str]) -> Iterator[str]:
    """Absolute paths of the directories among some names, which may be URIs: a server may start from any of them."""
    for name in names:
        for path in (name, name.partition("=")[2], *file_paths(name)):
            place = os.path.join(cwd, path)
            if path and "\0" not in path and os.path.isdir(place.encode("utf-8", "surrogateescape")):
                yield os.path.normpath(place)


def _words(error: Exception) -> tuple[str, str | None]:
    if isinstance(error, PolicyError):
        return f"the policy does not parse: {error.message}", error.help
    if isinstance(error, AgentownersError):
        return error.message, error.help
    return f"this is a bug in agentowners: {type(error).__name__}: {error}", "please report it"
