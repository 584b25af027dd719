"""An explanation of one path's decision: every statement with its answers, and what would decide otherwise."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from agentowners.engine.ruling import strictest
from agentowners.engine.verdict import AppliedRule, Verdict
from agentowners.identity.match import Match, Name
from agentowners.identity.model import Group, Principal
from agentowners.policy.model import Action, Decision, Default, Layer, ModeLine, Rule, Unprotect
from agentowners.policy.statement_text import canonical_text

Statement = Rule | Default | Unprotect | ModeLine
_S = TypeVar("_S", bound=Statement, covariant=True)


class RuleStatus(StrEnum):
    """A statement's part in the decision."""

    DECIDES = "decides"
    OUTWEIGHED = "outweighed"
    """It holds, and something stricter stands."""
    OBSERVED = "observed"
    """It holds, and its layer only observes here."""
    LIFTED = "lifted"
    """It holds, and an ``unprotect`` line takes the path out of the built-in layer; or it is such a line, used."""
    WITHHELD = "withheld"
    """It would allow it if it were proved who acts."""
    UNUSED = "unused"
    """A default for somebody here, where a rule of the layer matches."""
    NO = "no"


class EditKind(StrEnum):
    """One thing that might be different."""

    WITHOUT = "without"
    """The rule, default or mode is taken out of its file."""
    EXCEPT = "except"
    """A pattern is written into the rule."""
    WRITE = "write"
    """A line is written into the file."""
    AS = "as"
    """Somebody else acts."""
    VERIFIED = "verified"
    """It is proved who acts."""
    REF = "ref"
    ACTION = "action"


class PatternAnswer(Struct, frozen=True, omit_defaults=True, rename={"text": "pattern"}):
    """One path or ref pattern of a statement, held against the path or the ref."""

    text: str
    """With the ``!`` of a negative one."""
    negative: bool
    matches: bool
    respelled: bool = False
    """True where it matches because the path is another spelling of the same place, and not by how it is written."""


class NameAnswer(Struct, frozen=True):
    """One principal pattern, held against one principal."""

    pattern: str
    """With its at-sign, and the ``!`` of a negative one."""
    match: Match
    by: Name

    @property
    def negative(self) -> bool:
        """True where it takes principals out."""
        return self.pattern.startswith("!")


class PrincipalAnswer(Struct, frozen=True, rename={"applies": "matches", "names": "patterns"}):
    """The principal patterns of a statement, held against one principal."""

    principal: str
    """Name, with its at-sign."""
    applies: bool
    """True on any doubt where the statement restricts, on proof alone where it loosens."""
    withheld: bool
    """True where the statement would apply if the principal were verified."""
    names: tuple[NameAnswer, ...]


class StatementResult(Struct, Generic[_S], frozen=True):
    """A statement with the answer to each of its questions; a rule matches where all four are yes for some principal."""

    statement: _S
    status: RuleStatus
    principals: tuple[PrincipalAnswer, ...]
    holds_for: tuple[Principal, ...] = ()
    """Those for whom a rule matches, or a default is the layer's."""
    path: bool = True
    patterns: tuple[PatternAnswer, ...] = ()
    ref: bool = True
    refs: tuple[PatternAnswer, ...] = ()
    action: bool = True
    mode: ModeLine | None = None
    """The mode that compiles to the rule, where one does."""

    @property
    def applies(self) -> bool:
        """True where it applies to any of the principals."""
        return any(answer.applies for answer in self.principals)

    @property
    def withheld(self) -> bool:
        """True where it would apply to somebody if they were verified."""
        return any(answer.withheld for answer in self.principals)


class Share(Struct, frozen=True, rename={"level": "rung", "unprotected_by": "unprotected", "observes": "observe_only"}):
    """One layer's decision for one principal."""

    principal: str
    """Name, with its at-sign."""
    decision: Decision
    by: Literal["rules", "default", "lifted", "nothing"]
    """``lifted`` where ``unprotect`` lines take the path out of the layer; ``nothing`` where all is allowed."""
    rules: tuple[str, ...] = ()
    """Ids of the rules, or of the default, that carry the decision."""
    level: str | None = None
    """For a default, its ``default_level``."""
    unprotected_by: tuple[str, ...] = ()
    """Ids of ``unprotect`` lines."""
    observes: bool = False
    """True where the layer only observes the principal."""


class LayerResult(Struct, frozen=True):
    """One layer, with its statements in file order."""

    layer: Layer
    shares: tuple[Share, ...]
    """One for each principal."""
    rules: tuple[StatementResult[Rule], ...]
    """Those that modes compile to among them."""
    defaults: tuple[StatementResult[Default], ...]
    unprotects: tuple[StatementResult[Unprotect], ...]
    observers: tuple[StatementResult[ModeLine], ...]
    """The ``mode observe-only`` lines."""

    @property
    def observes(self) -> bool:
        """True where the layer only observes every principal here."""
        return all(share.observes for share in self.shares)

    @property
    def decision(self) -> Decision:
        """The strictest over the principals; what it would be, where the layer only observes all of them."""
        return strictest(share.decision for share in self.shares if self.observes or not share.observes)


class Edit(Struct, frozen=True):
    """One thing that might be different, exactly."""

    kind: EditKind
    text: str
    """The pattern or line to write, the principal, the ref, the action, or the text of the rule that is taken out."""
    source: str | None = None
    """The policy file that changes."""
    rule: str | None = None
    """Id of the rule, default or mode that changes."""
    line: int | None = None
    """The line it stands on."""
    pattern: str | None = None
    """The ref pattern, as written, that the ref is an example of."""
    section: str | None = None
    """The list that the line is written into, in a YAML file."""


class WhatIf(Struct, frozen=True):
    """The decision if some things were different: found out by asking the engine, never by reasoning."""

    edits: tuple[Edit, ...]
    """All of them together."""
    decision: Decision
    observed_only: bool
    required: int
    """Approvals required."""
    rules: tuple[AppliedRule, ...]
    """Those of the policy that would carry the decision; a line that is only supposed is not among them."""
    changes: bool
    """True where anything is decided otherwise."""


class Explanation(Struct, frozen=True):
    """The reasons for the decision about one path."""

    path: str
    action: Action
    verdict: Verdict
    """The verdict on a change of just this path."""
    layers: tuple[LayerResult, ...]
    what_ifs: tuple[WhatIf, ...]
    """Changes that would change the decision, most useful first."""

    @property
    def decision(self) -> Decision:
        """The decision, as ``check`` would report it."""
        return self.verdict.decision

    @property
    def principal(self) -> Principal | None:
        """The first principal for whom the decision is this strict; None where nothing restricts and no rule allows."""
        judgement = self.verdict.files[0].judgement
        return judgement.observed_principal if self.verdict.observed_only else judgement.principal

    @property
    def deciding(self) -> tuple[AppliedRule, ...]:
        """The rules and defaults that carry the decision, first in file order first."""
        return carrying(self.verdict)


def carrying(verdict: Verdict) -> tuple[AppliedRule, ...]:
    """The rules and defaults that carry the decision about the one path of a verdict."""
    judgement = verdict.files[0].judgement
    return judgement.observed_rules if verdict.observed_only else judgement.rules


def default_level(default: Default, principal: Principal) -> str:
    """The reason why a default is a principal's: it is ``named``, or it is its ``group``'s, the ``humans``' or ``anyone``'s."""
    word = default.principal.group
    if word is None:
        return "named"
    if word == principal.group.value:
        return "group"
    return "humans" if principal.group is Group.UNATTRIBUTED and word == "humans" else "anyone"


def statement_text(statement: Statement) -> str:
    """A statement in canonical line syntax; a mode without its paths."""
    if isinstance(statement, ModeLine):
        return " ".join(["mode", statement.mode.value, *map(str, statement.principals)])
    return canonical_text(statement)
