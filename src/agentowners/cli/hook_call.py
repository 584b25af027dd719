"""One tool call: from the payload on standard input to the bytes of the answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

import agentowners
from agentowners.change.model import Evidence, Signal, Strength
from agentowners.cli.hook_grants import granted
from agentowners.cli.hook_journal import JudgedCall, common_dir_of, denial_of, keep, with_remarks
from agentowners.cli.hook_policies import Granting, RepositoryPolicies, policies_of
from agentowners.cli.hook_progress import Progress
from agentowners.cli.policies import from_disk
from agentowners.dispatch.answers import Reply, Wire, wire
from agentowners.dispatch.boundary import HARD, GuardedPlaces
from agentowners.dispatch.clients import identity_of
from agentowners.dispatch.decide import CallDecision, CallFacts, decide_call, strictest_settings
from agentowners.dispatch.denial import Denial
from agentowners.dispatch.judging import AccessDecision
from agentowners.dispatch.model import Access, CallError, Client, Reach, ToolCall, Touch, Touches, distinct
from agentowners.dispatch.payload import read_call
from agentowners.dispatch.shell import read_command
from agentowners.dispatch.tools import Argument, Tool, fits
from agentowners.dispatch.touches import touches_of
from agentowners.git.sealed import tracked_below
from agentowners.policy.model import Action, AtCall, Decision, Opaque, ToolEntry
from agentowners.store.machine import home
from agentowners.store.places import Spot, SpotCache, directory_exists, spots
from agentowners.store.repositories import Repositories, Repository

if TYPE_CHECKING:
    from agentowners.cli.policy_cache import PolicyCache
    from agentowners.dispatch.denial import Denial
    from agentowners.store.journal import JournalBatch
    from agentowners.tokens.bearer import Bearer

    TokenProof = Callable[[RepositoryPolicies], Bearer]

Reaching = Callable[[Touches], Touches]
_UNKNOWN: Final = "an unknown path"
_WRITES: Final = frozenset({Action.FILE_WRITE, Action.FILE_CREATE, Action.FILE_MODIFY, Action.FILE_DELETE, Action.FILE_RENAME})


def answer_call(
    data: bytes,
    progress: Progress,
    named: Client | None,
    policy_files: Sequence[str],
    token_file: str | None,
    *,
    grants: bool = True,
) -> Wire:
    """Judge the call in a payload.

    Raises:
        AgentownersError: it cannot be judged, and has to be refused.
    """
    call = progress.call = read_call(data, named=named, directory=os.getcwd())
    decision = Dispatcher(call, policy_files, token_file, grants=grants).decide()
    return wire(call.client, call.moment, decision.reply, decision.reason, note=decision.note)


class Dispatcher:
    """Judges one call, by the policies of every repository that it touches."""

    def __init__(
        self,
        call: ToolCall,
        policy_files: Sequence[str],
        token_file: str | None = None,
        *,
        grants: bool = True,
        bearer: TokenProof | None = None,
        claimed: Evidence | None = None,
        bases: Sequence[str] = (),
        cache: PolicyCache | None = None,
        journal: JournalBatch | None = None,
        principal: str | None = None,
    ) -> None:
        """Read the policies of the directory that the call is made in.

        Args:
            call: the call.
            policy_files: further policy, by its paths on disk.
            token_file: a token that says who calls.
            grants: whether those of this machine count.
            principal: who is said to call, without the at-sign, where that is not the client's identity.
            bearer: looks at the token; else it is verified anew.
            claimed: who calls, where that is not the client.
            bases: the directories that relative paths may start from, where that is not the call's own alone.
            cache: of the session that the call is part of.
            journal: of that session; else the line of the call is written before it is answered.

        Raises:
            AgentownersError: that directory is gone, or a policy cannot be read.
        """
        if not directory_exists(call.cwd):
            raise CallError("the working directory is gone", help="go to a directory that is there")
        self._call = call
        self._started = time.monotonic()
        self._home = home()
        self._named = from_disk(policy_files)
        self._principal = principal or identity_of(call)
        self._evidence = claimed or Evidence(Signal.DECLARED, Strength.DECLARED, name=self._principal)
        self._counts_grants = grants
        self._repositories = Repositories()
        self._policies: dict[str, RepositoryPolicies] = {}
        self._reach: Reaching | None = None
        self._looked_up = SpotCache()
        self._resolved: dict[tuple[str, str], tuple[Spot, ...]] = {}
        self._words: str | None = None
        self._known: dict[str, tuple[CallFacts, CallDecision]] = {}
        self._cache = cache
        self._journal = journal
        held = [
            policies
            for base in bases or (call.cwd,)
            for spot in spots(base, call.cwd, None)
            for policies, _ in self._holding(spot)
        ]
        self._here = list({policies.repository.root: policies for policies in held}.values())
        self._decided: tuple[AccessDecision, ...] = ()
        if claimed is not None:
            self._principal = self.innermost.policies[-1].judge.principal
        if token_file is not None and claimed is None:
            self._verify(bearer or partial(_proved_by, token_file))
        self._own = [os.path.dirname(agentowners.__file__), *policy_files, *filter(None, [token_file])]

    def take(self, call: ToolCall, reach: Reaching, words: str | None = None) -> None:
        """Turn to another call of the same caller in the same directories.

        Args:
            call: the call.
            reach: adds what it touches beside what the tables tell.
            words: all that it asks for, to the letter: a call with the same words is decided once; None for one by itself.
        """
        self._call, self._reach, self._words = call, reach, words
        self._started = time.monotonic()

    def decide(self) -> CallDecision:
        """The decision on the call, which goes into the journal.

        Raises:
            AgentownersError: it cannot be judged.
        """
        facts, decision = self._judged_once()
        took = time.monotonic() - self._started
        record = JudgedCall(facts, decision, self._here, self._principal, self._evidence, time.time_ns(), took)
        if self._journal is None:
            return keep(record)
        self._journal.add(common_dir_of(self._here), record.entry)
        if decision.reply is Reply.PASS:
            return decision
        return with_remarks(decision, self._here, logged=self._journal.write())  # who reads of a denial may look it up

    def _judged_once(self) -> tuple[CallFacts, CallDecision]:
        """The decision on the call, or on one with the same words that came at the same time."""
        known = None if self._words is None else self._known.get(self._words)
        if known is not None:
            facts, decision = known
            self._decided = facts.decided
            return replace(facts, call=self._call), decision
        judged = self.judge()
        if self._words is not None:
            self._known[self._words] = judged
        return judged

    def judge(self) -> tuple[CallFacts, CallDecision]:
        """Everything that is known of the call, and the decision on it.

        Raises:
            AgentownersError: it cannot be judged.
        """
        touched, opaque = self._touches()
        decided: list[AccessDecision] = []
        guarded: dict[str, None] = {}
        for touch in touched.touches:
            for spot in self._spots(touch):
                writes = touch.action in _WRITES
                if writes and (
                    self._guarded.guards(spot.path) or (touch.reach is Reach.BELOW and self._guarded.below(spot.path))
                ):
                    guarded[spot.path] = None
                inside = False
                for policies, path in self._holding(spot):
                    inside = True
                    decided += self._judged(policies, touch, spot, path, opaque)
                if writes and not inside and touch.reach is not Reach.NAMED:
                    decided += self._outside(spot.path)
        if opaque and not touched.only_reads:
            decided += self._outside(_UNKNOWN)
        on_opaque, at_call = self._settings
        self._decided = tuple(decided)
        facts = CallFacts(self._call, self._decided, tuple(guarded), distinct(opaque), on_opaque, at_call)
        return facts, decide_call(facts)

    def _spots(self, touch: Touch) -> tuple[Spot, ...]:
        """The places that a path may mean, looked up once for all calls that share this look at the disk."""
        key = (touch.path, touch.base)
        if key not in self._resolved:
            self._resolved[key] = spots(touch.path, touch.base, self._home, self._looked_up)
        return self._resolved[key]

    def denial(self, decision: CallDecision) -> Denial:
        """The denial of the call that was decided, with the lines that would allow it."""
        from agentowners.dispatch.remedies import remedies  # no hook has the time for them

        denial = denial_of(decision.carrying, self._decided, self._here, self._principal)
        accesses = tuple(dict.fromkeys(each.access for each in decision.carrying))
        roots = {each.root for each in decision.carrying}
        here = next((each for each in self._here if {each.repository.root} == roots), None)
        if here is None:
            return denial
        policy = here.policies[0].policy
        return replace(denial, remedies=remedies(policy, accesses, self._evidence, here.refs, lifts=False))

    @cached_property
    def _settings(self) -> tuple[Opaque, AtCall]:
        trusted, more = ([pair for each in self._here for pair in each.settings(trusted=so)] for so in (True, False))
        return strictest_settings(trusted, more)

    @cached_property
    def _entries(self) -> tuple[list[ToolEntry], list[ToolEntry]]:
        """Tools that the trusted policies define, and those of the work tree's."""
        trusted, more = ([entry for each in self._here for entry in each.tools(trusted=so)] for so in (True, False))
        return trusted, more

    @cached_property
    def _guarded(self) -> GuardedPlaces:
        own = tuple(path for name in self._own for path in _both(os.path.abspath(name)))
        return GuardedPlaces.of(() if self._home is None else _both(self._home), own)

    @property
    def innermost(self) -> RepositoryPolicies:
        """Policies of the innermost repository that the call is made in.

        Raises:
            AgentownersError: there is none.
        """
        if not self._here:
            from agentowners.diagnostics import AgentownersError

            raise AgentownersError("no repository here says whose token it is", help="call from inside a clone")
        return self._here[0]

    def _verify(self, prove: TokenProof) -> None:
        """Take the call for that of a token's bearer, as the policy of the innermost repository says."""
        first = self.innermost
        bearer = prove(first)
        self._evidence = bearer.evidence
        others = {root: self._read_policies(each.repository, grants=False) for root, each in self._policies.items()}
        own = self._read_policies(first.repository, bearer, grants=False)
        self._principal = own.policies[-1].judge.principal
        self._policies = others | {first.repository.root: self._read_policies(first.repository, bearer)}
        self._here = [self._policies[each.repository.root] for each in self._here]

    def _granting(self) -> Granting | None:
        """Puts in what was granted to the caller's session on this machine."""
        if not self._counts_grants:
            return None
        return lambda repository, sources, policy: granted(repository, self._principal, self._call.session, sources, policy)

    def _touches(self) -> tuple[Touches, list[str]]:
        """Accesses of the call by the trusted policies' idea of its tool, and by the work tree's too; only the former tells what
        is left open."""
        trusted, more = map(self._tools, self._entries)
        touched = touches_of(self._call, read_command, trusted)
        if more:
            wider = touches_of(self._call, read_command, [*trusted, *more])
            touched = replace(touched, touches=distinct([*touched.touches, *wider.touches]))
        if self._reach is not None:
            touched = self._reach(touched)
        return touched, list(touched.opaque)

    def _tools(self, entries: Sequence[ToolEntry]) -> list[Tool]:
        return [
            tuple(Argument(name, _CARRIES[action], action) for action in entry.actions for name in entry.paths)
            for entry in entries
            if fits(entry.pattern, self._call)
        ]

    def _judged(
        self, policies: RepositoryPolicies, touch: Touch, spot: Spot, path: str, opaque: list[str]
    ) -> Iterator[AccessDecision]:
        directory = path == "." or spot.directory
        match touch.reach:
            case Reach.FILE:
                yield policies.decide(Access(touch.action, path, Reach.PLACE if directory else Reach.FILE, spot.link))
            case Reach.PLACE:
                yield policies.decide(Access(touch.action, path, Reach.PLACE))
            case Reach.SEARCH:
                yield policies.decide(Access(touch.action, path, Reach.PLACE))
                hidden = self._blocked_below(policies, path)
                if hidden is not None:
                    opaque.append(f"`{hidden}` is below what is searched, and may not be read")
            case Reach.NAMED:
                decided = policies.decide(Access(touch.action, path))
                if any(rule.id in HARD for rule in decided.rules):
                    yield decided
            case Reach.BELOW:
                below = tracked_below(policies.git, path)
                for each in dict.fromkeys([*([] if path == "." else [path]), *below]):
                    yield policies.decide(Access(touch.action, each, link=each == path and (spot.link or directory)))

    def _blocked_below(self, policies: RepositoryPolicies, path: str) -> str | None:
        if not policies.may_block_reads():
            return None
        prefix = "" if path == "." else f"{path}/"
        beside = (f"{prefix}{name}" for name in _names_in(os.path.join(policies.repository.root, path)))
        for each in dict.fromkeys([*tracked_below(policies.git, path), *beside]):
            if policies.decide(Access(Action.FILE_READ, each)).decision is Decision.BLOCK:
                return each
        return None

    def _outside(self, path: str) -> Iterator[AccessDecision]:
        for each in self._here:
            for decided in each.unknown_writes():
                if decided.speaks:
                    yield replace(decided, access=Access(Action.FILE_WRITE, path), root="")

    def _read_policies(self, repository: Repository, bearer: Bearer | None = None, *, grants: bool = True) -> RepositoryPolicies:
        granting = self._granting() if grants else None
        policy = None if bearer is None else bearer.policy

        def load() -> RepositoryPolicies:
            lifts = bearer is not None
            return policies_of(repository, self._named, self._evidence, lifts=lifts, base_as=policy, granting=granting)

        key = (self._evidence, self._named, bearer is None, grants)
        return load() if self._cache is None else self._cache.get(repository, key, load)

    def _holding(self, spot: Spot) -> Iterator[tuple[RepositoryPolicies, str]]:
        """The policies of the repositories that hold a place, each with the path from its root."""
        for repository, inside in self._repositories.holding(spot.path, directory=spot.directory):
            policies = self._policies.get(repository.root)
            if policies is None:
                policies = self._policies[repository.root] = self._read_policies(repository)
            yield policies, inside


_CARRIES: Final = {action: Reach.PLACE if action is Action.SHELL_EXECUTE else Reach.FILE for action in Action}
_MOST_NAMES: Final = 10_000


def _proved_by(token_file: str, policies: RepositoryPolicies) -> Bearer:
    from agentowners.cli.hook_token import verified_bearer

    return verified_bearer(token_file, policies)


def _names_in(directory: str) -> Iterator[str]:
    try:
        with os.scandir(directory.encode("utf-8", "surrogateescape")) as entries:
            for _, entry in zip(range(_MOST_NAMES), entries, strict=False):
                yield entry.name.decode("utf-8", "surrogateescape")
    except OSError:
        return


def _both(path: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((path, os.path.realpath(path))))
