"""The answers of ``policy.local``: what agents may ask about one repository."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from agentowners import __version__
from agentowners.cli.denials import recent
from agentowners.cli.hook_call import Dispatcher
from agentowners.cli.proposing import Desk, claimed_principal
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.answers import Reply
from agentowners.dispatch.denial import digest_of
from agentowners.dispatch.model import Client, ToolCall
from agentowners.mcp.hints import annotations_of
from agentowners.proposals.model import ProposalState, Provenance
from agentowners.proposals.reading import read_proposal
from agentowners.server.routes import MAX_WAITING, ApiError, Json
from agentowners.store.proposals import QuotaError

_PAUSE: Final = 0.25
"""Seconds between two looks at a proposal that somebody waits for."""


class _CheckedCall(Struct, forbid_unknown_fields=True):
    """Body of a question about a call."""

    tool: str
    arguments: dict[str, Any]
    client: Client
    cwd: str
    annotations: dict[str, Any] | None = None


class RepositoryService:
    """Answers for one repository, to whoever may open its socket or has a token."""

    def __init__(self, desk: Desk, client: Client | None, pause: Callable[[float], object] = time.sleep) -> None:
        """Remember the repository's desk, and whose agent uses the socket, where that was said; ``pause`` waits some seconds."""
        self._desk = desk
        self._client = client
        self._pause = pause
        self._proving = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MAX_WAITING)

    def current(self) -> Json:
        """The policy on the base: its files' text, and what they are of."""
        base = self._desk.base()
        return {
            "schema": 1,
            "engine": __version__,
            "ref": base.ref,
            "commit": base.commit or None,
            "digest": digest_of(base.sources),
            "sources": [
                {"path": source.path, "text": source.data.decode("utf-8", "backslashreplace")} for source in base.sources
            ],
        }

    def denials(self, last: int) -> Json:
        """The newest denials, newest first."""
        return {"denials": recent(self._desk.repository, last)}

    def propose(self, body: bytes, caller: str) -> tuple[Json, bool]:
        """Hand a proposal in.

        Raises:
            ApiError: it is no proposal, or too many wait.
        """
        try:
            proposal = read_proposal(body)
        except AgentownersError as error:
            raise ApiError(400, "bad_request", error.message, help=error.help) from None
        claimed = Provenance(caller) if caller else claimed_principal(None, self._client, {})
        with self._proving:
            try:
                submitted = self._desk.submit(proposal, claimed)
            except QuotaError as error:
                raise ApiError(429, "too_many", error.message, help=error.help) from None
        return dict(submitted.answer), submitted.kept is not None

    def proposal(self, id: str) -> Json | None:
        """A proposal, merged and proved anew; what a person would be shown beside it is not among it."""
        proposal = self._desk.store.get(id)
        if proposal is None:
            return None
        with self._proving:
            return dict(self._desk.look(proposal).as_json())

    def wait(self, id: str, seconds: int) -> Json | None:
        """A proposal as soon as it is decided, else as it is when the time is over.

        Raises:
            ApiError: as many wait as may.
        """
        if not self._waiting.acquire(blocking=False):
            raise ApiError(429, "too_many", f"{MAX_WAITING} requests wait already", headers={"Retry-After": "5"})
        try:
            until = time.monotonic() + seconds
            while (proposal := self._desk.store.get(id)) is not None:
                state = proposal.now(digest_of(self._desk.base().sources))
                if state is not ProposalState.PENDING or time.monotonic() >= until:
                    return self.proposal(id)
                self._pause(_PAUSE)
            return None
        finally:
            self._waiting.release()

    def check(self, body: Json, caller: str) -> Json:
        """The decision on a call, or its denial; nothing of it goes into the journal.

        Raises:
            ApiError: a member is missing, of another type, or of another name.
        """
        call = _call(body, self._desk.repository.root)
        dispatcher = Dispatcher(call, (), principal=caller.removeprefix("@") or None)
        _, decision = dispatcher.judge()
        if decision.reply is Reply.PASS:
            return {"decision": decision.decision.value}
        return dict(dispatcher.denial(decision).as_json())


def _call(body: Json, root: str) -> ToolCall:
    """The call in a body; paths are taken from the root where none says from where."""
    try:
        call = msgspec.convert({"cwd": root, **body}, _CheckedCall)
    except msgspec.ValidationError as error:
        message = f"the call is not understood: {error}"
        raise ApiError(400, "bad_request", message, help=f"`client` is one of {', '.join(Client)}") from None
    if not os.path.isabs(call.cwd):
        raise ApiError(400, "bad_request", "`cwd` is no absolute path")
    return ToolCall(call.client, call.tool, call.arguments, call.cwd, annotations=annotations_of(call.annotations))
