"""Why one path is decided as it is: every rule with the answer to each of its questions, and what would decide otherwise."""

from __future__ import annotations

from enum import StrEnum

from agentowners.engine.verdict import AppliedRule, Verdict
from agentowners.identity.match import Match, Name
from agentowners.identity.model import Principal
from agentowners.policy.model import Action, Decision, Default, Layer, Mode, ModeLine, Rule, Unprotect
from agentowners.records import record


class RuleStatus(StrEnum):
    """What became of a rule or a default."""

    DECIDES = "decides"
    """It carries the decision."""
    OUTWEIGHED = "outweighed"
    """It holds, and something stricter stands."""
    OBSERVED = "observed"
    """It holds, and its layer only observes here."""
    LIFTED = "lifted"
    """It holds, and an ``unprotect`` line takes the path out of the built-in layer."""
    WITHHELD = "withheld"
    """It would allow it if it were proved who acts."""
    UNUSED = "unused"
    """Of a default: it is the one for somebody here, and a rule of the layer matches."""
    NO = "no"
    """It does not hold."""

    @property
    def holds(self) -> bool:
        """Whether the statement says something here, whatever becomes of it."""
        return self in (RuleStatus.DECIDES, RuleStatus.OUTWEIGHED, RuleStatus.OBSERVED, RuleStatus.LIFTED)


@record
class PatternAnswer:
    """One path or ref pattern of a rule, held against the path or the ref."""

    text: str
    """With the ``!`` of a negative one."""
    negative: bool
    matches: bool
    respelled: bool = False
    """Whether it matches because the path is another spelling of the same place, and not by how it is written."""


@record
class NameAnswer:
    """One principal pattern, held against one principal."""

    pattern: str
    """With its at-sign, and the ``!`` of a negative one."""
    match: Match
    by: Name
    negative: bool = False
    """Whether it takes the principal out of the rule."""


@record
class PrincipalAnswer:
    """The principal patterns of a statement, held against one principal."""

    principal: Principal
    applies: bool
    """Whether the statement applies to the principal: what restricts on any doubt, what loosens on proof alone."""
    withheld: bool
    """Whether it would, if the principal were verified."""
    names: tuple[NameAnswer, ...]


@record
class RuleAnswer:
    """A rule with the answer to each of its four questions. It matches where all four are yes for some principal."""

    rule: Rule
    mode: Mode | None
    """The mode that compiles to the rule, where one does."""
    standing: RuleStatus
    path: bool
    patterns: tuple[PatternAnswer, ...]
    ref: bool
    refs: tuple[PatternAnswer, ...]
    action: bool
    principals: tuple[PrincipalAnswer, ...]
    matched_for: tuple[Principal, ...]

    @property
    def applies(self) -> bool:
        """Whether it applies to any of the principals."""
        return any(answer.applies for answer in self.principals)

    @property
    def matches(self) -> bool:
        """Whether the rule matches."""
        return bool(self.matched_for)


class DefaultLevel(StrEnum):
    """How a default is the one for a principal: the first of these for which the layer has any."""

    NAMED = "named"
    GROUP = "group"
    HUMANS = "humans"
    """The humans' default, for who is unattributed."""
    ANYONE = "anyone"


@record
class DefaultAnswer:
    """A default of a layer, and for whom it is the one that holds."""

    default: Default
    standing: RuleStatus
    principals: tuple[PrincipalAnswer, ...]
    chosen_for: tuple[tuple[Principal, DefaultLevel], ...]
    """Principals for whom it is the layer's default."""


class DecidedBy(StrEnum):
    """What in a layer decides for a principal."""

    RULES = "rules"
    DEFAULT = "default"
    LIFTED = "lifted"
    """Rules match, and ``unprotect`` lines take the path out of the layer."""
    NOTHING = "nothing"
    """No rule matches and there is no default: what nobody speaks of is allowed."""


@record
class Share:
    """What one layer decides for one principal."""

    principal: Principal
    decision: Decision
    by: DecidedBy
    rules: tuple[str, ...]
    """Ids of the rules, or of the default, that carry the decision."""
    rung: DefaultLevel | None
    """For a default, how it is the principal's."""
    lifted_by: tuple[str, ...]
    """Ids of ``unprotect`` lines."""
    observes: bool
    """Whether the layer only observes the principal."""


@record
class UnprotectAnswer:
    """An ``unprotect`` line: whether it was used, and if not, why."""

    line: Unprotect
    used: bool
    path: bool
    patterns: tuple[PatternAnswer, ...]
    principals: tuple[PrincipalAnswer, ...]


@record
class ObserverAnswer:
    """A ``mode observe-only`` line, and whom it means."""

    line: ModeLine
    principals: tuple[PrincipalAnswer, ...]


@record
class LayerAnswer:
    """One layer."""

    layer: Layer
    decision: Decision
    """Strictest over the principals; what it would be, where the layer only observes all of them."""
    observes: bool
    """Whether the layer only observes every principal here."""
    shares: tuple[Share, ...]
    rules: tuple[RuleAnswer, ...]
    """Every rule in file order, those that modes compile to among them."""
    defaults: tuple[DefaultAnswer, ...]
    unprotects: tuple[UnprotectAnswer, ...]
    observers: tuple[ObserverAnswer, ...]


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
    """The change goes to another ref."""
    ACTION = "action"
    """Something else is done to the path."""


@record
class Edit:
    """One thing that might be different, exactly."""

    kind: EditKind
    text: str
    """The pattern or line to write, the principal, the ref, the action, or the text of the rule that is taken out."""
    source: str | None = None
    """The policy file that changes."""
    rule: str | None = None
    """Id of the rule, default or mode that changes."""
    line: int | None = None
    """Where it stands."""
    pattern: str | None = None
    """The ref pattern, as written, that the ref is an example of."""
    section: str | None = None
    """Of a YAML file: the list that the line is written into."""


@record
class WhatIf:
    """What would be decided if some things were different: found out by asking the engine, never by reasoning."""

    steps: tuple[Edit, ...]
    """All of them together."""
    decision: Decision
    observed_only: bool
    required: int
    """Approvals required."""
    rules: tuple[AppliedRule, ...]
    """Those of the policy that would carry the decision; a line that is only supposed is not among them."""
    changes: bool
    """Whether anything is decided otherwise."""


@record
class Explanation:
    """Why one path is decided as it is."""

    path: str
    action: Action
    verdict: Verdict
    """Of a change of just this path."""
    layers: tuple[LayerAnswer, ...]
    claims: tuple[WhatIf, ...]
    """What would change the decision, most useful first."""

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
