"""What ``check`` is asked to judge: the change, and the policy files that apply to it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from agentowners.change.model import Change, Evidence, Status
from agentowners.cli.shell import UsageError
from agentowners.cli.what_if import STATUS_OF, declared, full_ref
from agentowners.diagnostics import Diagnostic, Source
from agentowners.engine.verdict import Verdict
from agentowners.policy.model import Action
from agentowners.records import record, replace

if TYPE_CHECKING:
    from agentowners.engine.facts import Need, Reply


@record(kw_only=True)
class Request:
    """The command line, checked: options that make no sense together do not get here."""

    base: str | None = None
    head: str | None = None
    changes: str | None = None
    nul: bool = False
    event: str | None = None
    event_name: str | None = None
    policy_files: tuple[str, ...] = ()
    principals: tuple[Evidence, ...] = ()
    ref: str | None = None
    status: Status = Status.MODIFIED

    @classmethod
    def of(cls, options: argparse.Namespace) -> Request:
        """Check the options against each other.

        Raises:
            UsageError: an option has no meaning beside the others, or a value is not understood.
        """
        for name, owner in (("head", "base"), ("nul", "changes"), ("action", "changes"), ("event_name", "event")):
            if getattr(options, name) and getattr(options, owner) is None:
                option = "-z" if name == "nul" else f"--{name.replace('_', '-')}"
                raise UsageError(f"`{option}` has no meaning without `--{owner}`")
        if options.event is not None and options.ref is not None:
            raise UsageError("`--ref` has no meaning beside `--event`", help="the event says which ref the change goes to")
        return cls(
            base=options.base,
            head=options.head,
            changes=options.changes,
            nul=options.nul,
            event=options.event,
            event_name=options.event_name,
            policy_files=tuple(options.policy_files),
            principals=tuple(declared(name) for name in options.principals or ()),
            ref=full_ref(options.ref),
            status=STATUS_OF[Action(options.action)] if options.action else Status.MODIFIED,
        )


def _not_looked_at(commit: str) -> None:
    """No commit's paths."""


@record(kw_only=True)
class Subject:
    """A change and the policy files that apply to it."""

    change: Change
    sources: tuple[Source, ...]
    named: tuple[str, ...] = ()
    """Policy files that the user named, from the repository's root where they lie in it."""
    diagnostics: tuple[Diagnostic, ...] = ()
    first_lines: Callable[[], dict[str, int]] = dict
    """First changed line of each file, found out only where a format shows it."""
    paths_of: Callable[[str], frozenset[str] | None] = _not_looked_at
    """Tells the paths of a commit, None where it cannot; asked only where they can change the verdict."""

    def judge(self, token_file: str | None = None) -> Verdict:
        """The verdict; where a file with a token is named, on its bearer alone.

        Raises:
            PolicyError: the policy does not parse.
            AgentownersError: the token proves nothing, or that cannot be told.
        """
        from agentowners.engine.settle import inquire
        from agentowners.policy.load import load_policy

        policy, change = load_policy(self.sources, named=self.named), self.change
        if token_file is not None:
            from agentowners.cli.tokens import present

            bearer = present(token_file, policy)
            # nobody else answers for what is only asserted of a bearer
            policy, change = bearer.policy, replace(change, evidence=(bearer.evidence,), author=None, by_writer=False)
        verdict = inquire(policy, change, self._answer)
        return replace(verdict, diagnostics=verdict.diagnostics + self.diagnostics) if self.diagnostics else verdict

    def _answer(self, need: Need) -> Reply:
        from agentowners.cli.offline import answer
        from agentowners.engine.facts import Known, PathsOf

        paths = self.paths_of(need.commit) if isinstance(need, PathsOf) else None
        return answer(need) if paths is None else Known(paths)


def collect(request: Request) -> Subject:
    """Find out what is asked to be judged, from disk and from the local repository.

    Raises:
        AgentownersError: it cannot be read, or not whole.
    """
    if request.base is not None:
        from agentowners.cli.ranges import of_range

        return of_range(request, request.base)
    if request.changes is not None:
        from agentowners.cli.lists import of_list

        return of_list(request, request.changes)
    if request.event is not None:
        from agentowners.cli.recorded import of_event

        return of_event(request, request.event)
    raise UsageError("nothing to judge is named", help="give one of `--base`, `--changes` and `--event`")
