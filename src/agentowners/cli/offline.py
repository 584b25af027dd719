"""Judging without a server: a change with the policy files that apply to it, and answers where nobody can be asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Change, Evidence
from agentowners.diagnostics import Diagnostic, Source
from agentowners.engine.facts import KindsOf, Known, MembersOf, Need, PathsOf, PermissionOf, Reply, Requesters, Unavailable

if TYPE_CHECKING:
    from agentowners.engine.verdict import Verdict

_NO_SERVER: Final = "`check` asks no server"


def answer(need: Need) -> Reply:
    """The answer to a need where nobody can be asked."""
    match need:
        case PermissionOf(account):
            return Unavailable(f"the permission of `{account.login}` is not known, {_NO_SERVER}")
        case MembersOf(owner, team):
            return Unavailable(f"the members of `{owner}/{team}` are not known, {_NO_SERVER}")
        case Requesters():
            return Unavailable(f"who set the agent to work is not known, {_NO_SERVER}")
        case PathsOf():
            return Unavailable("the commit's files were not looked at")
        case KindsOf():
            return Unavailable("a list of paths does not say whether a file became a link there")
        case _:
            assert_never(need)


def answer_with(paths_of: Callable[[str], frozenset[str] | None], need: Need) -> Reply:
    """The same, where the paths of commits may be known."""
    paths = paths_of(need.commit) if isinstance(need, PathsOf) else None
    return answer(need) if paths is None else Known(paths)


class Subject(Struct, frozen=True, kw_only=True):
    """A change and the policy files that apply to it."""

    change: Change
    sources: tuple[Source, ...]
    named: tuple[str, ...] = ()
    """Policy files that the user named, from the repository's root where they lie in it."""
    supposed: tuple[Evidence, ...] = ()
    """Those whom the caller names as acting (``--as``)."""
    diagnostics: tuple[Diagnostic, ...] = ()
    first_lines: Callable[[], dict[str, int]] = dict
    """First changed line of each file, found out only where a format shows it."""
    paths_of: Callable[[str], frozenset[str] | None] = staticmethod(lambda commit: None)
    """Tells the paths of a commit, None where it cannot; asked only where they can change the verdict."""

    def judge(self, token_file: str | None = None) -> Verdict:
        """The verdict; where a file with a token is named, on its bearer alone.

        Raises:
            PolicyError: the policy does not parse.
            UsageError: somebody who is supposed to act is a misspelled agent.
            AgentownersError: the token proves nothing, or that cannot be told.
        """
        from agentowners.engine.settle import inquire
        from agentowners.policy.load import load_policy

        policy, change = load_policy(self.sources, named=self.named), self.change
        if self.supposed:
            from agentowners.cli.what_if import refuse_slips

            refuse_slips(self.supposed, policy)
        if token_file is not None:
            from agentowners.cli.tokens import present

            bearer = present(token_file, policy)
            # nobody else answers for what is only asserted of a bearer
            policy, change = bearer.policy, replace(change, evidence=(bearer.evidence,), author=None, by_writer=False)
        verdict = inquire(policy, change, partial(answer_with, self.paths_of))
        return replace(verdict, diagnostics=verdict.diagnostics + self.diagnostics) if self.diagnostics else verdict
