"""The outcome of judging a change, with everything a reader may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, overload

from msgspec import Struct

from agentowners.change.model import Account, Because, Via
from agentowners.diagnostics import Diagnostic, Source
from agentowners.identity.model import Principal
from agentowners.policy.model import Action, ByComment, Decision, Default, Permission, Rule


class AppliedRule(Struct, frozen=True, dict=True):
    """A rule or a default as it is reported where it carries a decision."""

    id: str
    source: str
    """Path of the policy file, or ``builtin``."""
    line: int | None
    """From 1; None for the built-in layer."""
    statement: Rule | Default | str
    """The rule or default; or its text, where that is all there is."""
    decision: Decision
    reason: str | None
    is_default: bool = False

    @cached_property
    def text(self) -> str:
        """Canonical line syntax, without the reason."""
        from agentowners.policy.statement_text import canonical_text

        return self.statement if isinstance(self.statement, str) else canonical_text(self.statement)


class Judgement(Struct, frozen=True):
    """A decision with its reasons; shared by all files that the same rules decide in the same way."""

    decision: Decision
    """Strictest decision that is enforced."""
    principal: Principal | None
    """First principal for whom the decision is this strict; None where nothing restricts and no rule allows."""
    rules: tuple[AppliedRule, ...] = ()
    """Those that carry the decision, first in file order first."""
    matched: tuple[str, ...] = ()
    """Ids of every rule that matched, of all layers, in file order."""
    unprotected: tuple[str, ...] = ()
    """Ids of the ``unprotect`` lines that were used."""
    obligations: tuple[int, ...] = ()
    """Indices into the verdict's obligations that this file brings in, where the verdict is enforced."""
    of_people: frozenset[int] = frozenset()
    """Those of ``obligations`` that are asked because of a person."""
    withheld: tuple[str, ...] = ()
    """Ids of rules that would allow it to a principal who is only asserted: what loosens takes proof."""
    observed: Decision = Decision.ALLOW
    """Strictest decision of layers that only observe these principals (mode observe-only)."""
    observed_rules: tuple[AppliedRule, ...] = ()
    observed_principal: Principal | None = None
    observed_obligations: tuple[int, ...] = ()
    """Indices into the verdict's obligations, where the verdict is only observed."""
    observed_of_people: frozenset[int] = frozenset()
    unsettled: bool = False
    """True if it might restrict no longer once it is known that the change's author may write."""


class FileDecision(NamedTuple):
    """One judged path. A rename appears twice, as its old and as its new path."""

    path: str
    actions: tuple[Action, ...]
    judgement: Judgement
    first_line: int | None = None
    """First changed line in the new file, from 1."""
    because: Because = Because.LISTED
    stands_for: str | None = None
    """The path that lands here, where it is judged for whoever is judged on that one."""
    principals: tuple[Principal, ...] = ()
    """Those who are judged on it."""


class FileDecisions(Sequence[FileDecision]):  # noqa: PLW1641 (no hash, as a list has none)
    """File decisions, each made when it is asked for: of 80,000 most readers want few, and the garbage collector would be busy
    with all."""

    def __init__(
        self, paths: Sequence[str], judgements: Sequence[Judgement], decision: Callable[[str, Judgement], FileDecision]
    ) -> None:
        self.paths, self.judgements, self.decision = paths, judgements, decision

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> FileDecision: ...
    @overload
    def __getitem__(self, index: slice) -> list[FileDecision]: ...
    def __getitem__(self, index: int | slice) -> FileDecision | list[FileDecision]:
        if isinstance(index, slice):
            return list(map(self.decision, self.paths[index], self.judgements[index]))
        return self.decision(self.paths[index], self.judgements[index])

    def __iter__(self) -> Iterator[FileDecision]:
        return map(self.decision, self.paths, self.judgements)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, FileDecisions) else NotImplemented


def members(bits: int) -> Iterator[int]:
    """The numbers in a set that is given bit by bit, in order."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


class SettledObligation(Struct, frozen=True):
    """Approvals asked for, and how far they are given."""

    count: int
    approvers: tuple[str, ...]
    """Names with an at-sign; empty means anyone who may approve."""
    rules: tuple[str, ...]
    """Ids of the rules and defaults that ask for it, in file order."""
    granted_by: tuple[str, ...] = ()
    """Logins, without at-sign, of those whose approval counts, in order of review."""
    note: str | None = None
    """Why it cannot be seen to be met, where that is so: ``cannot read team `acme/sre```."""

    @property
    def met(self) -> bool:
        """True once enough people approved."""
        return len(self.granted_by) >= self.count


class IgnoredReview(Struct, frozen=True, omit_defaults=True):
    """A review that does not count, and why."""

    reviewer: str
    """Login, without at-sign; ``ghost`` where the account is gone."""
    why: str
    """Continues the reviewer's name: ``gave it to an older commit``."""
    help: str | None = None
    """The way out, with the setting that would change it."""
    rules: tuple[str, ...] = ()
    """Ids of the rules for whose obligations alone it does not count; empty where it counts for none."""


class CountedReview(Struct, frozen=True):
    """An approval that counts."""

    login: str
    """Without at-sign."""
    via: Via = Via.REVIEW
    url: str = ""
    """Its page; empty where that is not known."""


class Approvals(Struct, frozen=True):
    """Section 7 of the policy reference, settled."""

    required: int = 0
    granted: int = 0
    obligations: tuple[SettledObligation, ...] = ()
    ignored: tuple[IgnoredReview, ...] = ()
    counted: tuple[CountedReview, ...] = ()
    """Approvals that meet an obligation, or a part of it, in order."""
    by_comment: ByComment = ByComment.NEVER
    """The people whose comments may approve."""
    permission: Permission = Permission.WRITE
    """Least permission of whoever approves."""

    @property
    def met(self) -> bool:
        """True once every obligation is met."""
        return all(o.met for o in self.obligations)


class Verdict(Struct, frozen=True):
    """The judgement of a whole change: the strictest of its files', with the approvals that were counted."""

    decision: Decision
    """The policy's decision, the same before and after approvals are met; the one it would make, where nothing restricting is
    enforced and an observed layer restricts."""
    observed_only: bool
    """True if ``decision`` comes from layers that only observe (mode observe-only)."""
    files: Sequence[FileDecision]
    """Sorted by path."""
    principals: tuple[Principal, ...]
    approvals: Approvals
    ref: str
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    repository: str | None = None
    pull_request: int | None = None
    head: str | None = None
    author: Account | None = None
    conflict: bool = False
    """True if it conflicts with its base branch, so that it cannot pass as it is."""
    by_writer: bool = False
    """True if it was taken for the change of somebody who may write, without asking."""
    vouched: frozenset[int] = frozenset()
    """Indices of the asserted principals for whom the verdict is milder because the change's author answers for them."""
    paths: tuple[tuple[str, ...] | None, ...] = ()
    """For each principal who is judged on some paths only, these, sorted; None for one who is judged on every path, or whose
    commits were not all looked into."""

    @property
    def digest(self) -> str:
        """The policy's fingerprint: ``sha256:`` and 64 hex digits over names and bytes of all sources, in order."""
        import hashlib

        total = hashlib.sha256()
        for source in self.sources:
            for part in (source.path.encode("utf-8", "surrogatepass"), source.data):
                total.update(len(part).to_bytes(8, "big"))
                total.update(part)
        return f"sha256:{total.hexdigest()}"

    def decision_of(self, file: FileDecision) -> Decision:
        """The decision to report for a file: the enforced one, or the observed one where the verdict is only observed."""
        return file.judgement.observed if self.observed_only else file.judgement.decision

    def obligations_of(self, file: FileDecision) -> tuple[SettledObligation, ...]:
        """The obligations that a file brings in, as reported with ``decision_of``."""
        judgement = file.judgement
        indices = judgement.observed_obligations if self.observed_only else judgement.obligations
        return tuple(self.approvals.obligations[index] for index in indices)

    @property
    def blocked(self) -> tuple[FileDecision, ...]:
        """The files that are (or, where only observed, would be) blocked."""
        return tuple(f for f in self.files if self.decision_of(f) is Decision.BLOCK)


class NoVerdict(Struct, frozen=True):
    """The change could not be evaluated. Never counts as a pass."""

    title: str
    """Short, for the check run's title: ``Policy does not parse``, ``Too many files to list``."""
    message: str
    """One line: what happened."""
    help: str | None = None
    """The way out."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """The errors of the policy, where that is why."""
    head: str | None = None
    repository: str | None = None
    pull_request: int | None = None
    ref: str | None = None


Outcome = Verdict | NoVerdict
