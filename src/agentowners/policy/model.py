"""The parsed policy: the same immutable values whichever syntax it was written in.

Spans, texts and generated ids are carried along for people and ignored by equality, so that a policy written as lines
compares equal to the same policy written as YAML.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import ClassVar, Final

from msgspec import Struct

from agentowners.diagnostics import Diagnostic, Source, Span
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern, RefPattern
from agentowners.text.source import PlacedText
from agentowners.values import PartlyCompared

MAX_APPROVALS = 10
"""The largest number one rule may ask for."""


class Decision(StrEnum):
    """A rule's decision, in order of strictness; the strictest of several stands."""

    ALLOW = "allow"
    REQUIRE_APPROVAL = "require_approval"
    BLOCK = "block"

    @property
    def strictness(self) -> int:
        """0 for allow, 1 for require_approval, 2 for block."""
        return _STRICTNESS[self]

    @property
    def restricts(self) -> bool:
        """True if it is anything but allow."""
        return self is not Decision.ALLOW


_STRICTNESS = {Decision.ALLOW: 0, Decision.REQUIRE_APPROVAL: 1, Decision.BLOCK: 2}


class Action(StrEnum):
    """Action on a path."""

    FILE_READ = "file_read"
    FILE_WRITE = "file_write"
    FILE_CREATE = "file_create"
    FILE_MODIFY = "file_modify"
    FILE_DELETE = "file_delete"
    FILE_RENAME = "file_rename"
    SHELL_EXECUTE = "shell_execute"


WRITE_KINDS = frozenset({Action.FILE_CREATE, Action.FILE_MODIFY, Action.FILE_DELETE, Action.FILE_RENAME})
"""The kinds that the general ``file_write`` includes."""


class Mode(Enum):
    """Presets that compile to rules; see section 6 of the policy reference."""

    READ_ONLY = "read-only"
    WORKSPACE_WRITE = "workspace-write"
    REVIEWED_EGRESS = "reviewed-egress"
    APPROVED_ONLINE = "approved-online"
    OBSERVE_ONLY = "observe-only"


class Permission(Enum):
    """Permission on a repository, weakest first."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for none to 5 for admin."""
        return list(Permission).index(self)


class Outcome(Struct, frozen=True):
    """A decision with what it asks for. ``count`` is 0 unless approval is required, then 1 to 10."""

    decision: Decision
    count: int = 0
    approvers: tuple[Approver, ...] = ()
    """Users and teams, each once, in the order written; empty means anyone who may approve."""

    def __post_init__(self) -> None:
        if not (1 <= self.count <= MAX_APPROVALS if self.decision is Decision.REQUIRE_APPROVAL else self.count == 0):
            raise ValueError("approvals asked for by a decision that asks for none, or not 1 to 10 of them")
        if self.approvers and not self.count:
            raise ValueError("approvers without an approval to give")
        if len(set(self.approvers)) < len(self.approvers):
            raise ValueError("an approver named twice")


ALLOW, BLOCK = Outcome(Decision.ALLOW), Outcome(Decision.BLOCK)


class Rule(PartlyCompared, frozen=True):
    """One statement: these patterns, for these principals, on these refs, get this outcome."""

    uncompared: ClassVar = frozenset({"id", "span"})

    patterns: tuple[PathPattern, ...]
    """Path patterns, negative ones included; none means every path."""
    refs: tuple[RefPattern, ...]
    """Ref patterns, negative ones included; none means every ref."""
    principals: tuple[PrincipalPattern, ...]
    """Principals it is about, one at least; behind them the negative ones, which it leaves out."""
    outcome: Outcome
    actions: frozenset[Action] = frozenset()
    """Empty means every action."""
    reason: str | None = None
    name: str | None = None
    """The id the author gave it, if any."""
    id: str = ""
    """``name``, else ``<path>:<line>``, with ``#2``, ``#3`` for further rules of one line."""
    span: Span | None = None

    def __post_init__(self) -> None:
        if not self.named:
            raise ValueError("a rule about nobody")

    @property
    def decision(self) -> Decision:
        """The outcome's decision."""
        return self.outcome.decision

    @property
    def named(self) -> tuple[PrincipalPattern, ...]:
        """Principals it is about, those included that it leaves out."""
        return tuple([principal for principal in self.principals if not principal.negative])

    @property
    def left_out(self) -> frozenset[str]:
        """Keys of those whom it leaves out."""
        return frozenset(principal.positive.key for principal in self.principals if principal.negative)


class Bound(Enum):
    """Comparison of an assert's decision with the one that is made."""

    AT_LEAST = "at-least"
    """The decision is as strict everywhere, or stricter."""
    AT_MOST = "at-most"
    """The decision is nowhere stricter, for whoever is verified."""

    @classmethod
    def usual(cls, decision: Decision) -> Bound:
        """The bound where none is written: a floor for what restricts, a ceiling for ``allow``."""
        return cls.AT_LEAST if decision.restricts else cls.AT_MOST


class Assertion(Struct, frozen=True):
    """A promise about a policy: it decides nothing, and is proved."""

    claim: Rule
    """Place, principals and decision."""
    bound: Bound

    @property
    def id(self) -> str:
        """The id, as of a rule."""
        return self.claim.id

    @property
    def reason(self) -> str | None:
        """Why, in its author's words."""
        return self.claim.reason

    @property
    def span(self) -> Span | None:
        """Place in its file."""
        return self.claim.span


class Default(PartlyCompared, frozen=True):
    """Outcome for one principal where no rule of the layer matches."""

    uncompared: ClassVar = frozenset({"id", "span"})

    principal: PrincipalPattern
    outcome: Outcome
    id: str = ""
    span: Span | None = None

    def __post_init__(self) -> None:
        if self.principal.negative:
            raise ValueError("a default about nobody")


class ModeLine(PartlyCompared, frozen=True):
    """A preset chosen for some principals."""

    uncompared: ClassVar = frozenset({"id", "span"})

    mode: Mode
    principals: tuple[PrincipalPattern, ...]
    workspace: tuple[PathPattern, ...] = ()
    """For workspace-write, reviewed-egress and approved-online: where writing is free."""
    approved: tuple[PathPattern, ...] = ()
    """For approved-online: what needs no approval although it opens external access. Positive patterns only."""
    id: str = ""
    span: Span | None = None

    def __post_init__(self) -> None:
        if not self.principals:
            raise ValueError("a mode for nobody")
        if any(pattern.negative for pattern in self.approved):
            raise ValueError("a negative pattern among what needs no approval")


class Unprotect(PartlyCompared, frozen=True):
    """Takes paths out of the built-in layer, and out of nothing else, for the principals named."""

    uncompared: ClassVar = frozenset({"id", "span"})

    patterns: tuple[PathPattern, ...]
    principals: tuple[PrincipalPattern, ...]
    reason: str | None = None
    id: str = ""
    span: Span | None = None

    def __post_init__(self) -> None:
        if not self.patterns or not self.principals:
            raise ValueError("paths taken out of no protection, or for nobody")


TOKEN_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Every algorithm that a token may be signed by: none with a secret that both sides share."""
STANDARD_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Those that stand where a policy names none."""


class OidcClaims(Struct, frozen=True):
    """A token issuer, and what its tokens must claim."""

    issuer: str
    """Compared exactly; a slash at its end is part of it."""
    claims: tuple[tuple[str, str], ...]
    """(claim, pattern) pairs, sorted by claim: ``*`` is any run of characters, letter case counts."""
    keys: str | None = None
    """Path of the issuer's public key set, from the repository's root; None: the issuer is asked."""
    algorithms: tuple[str, ...] = ()
    """Those that its tokens may be signed by; empty: ``STANDARD_ALGORITHMS``."""
    audience: str | None = None
    """Audience of its tokens; None: this repository (``tokens.audience``)."""

    def __post_init__(self) -> None:
        if not self.issuer:
            raise ValueError("claims of no issuer")
        if list(self.claims) != sorted(self.claims):
            raise ValueError("claims that are not sorted")


class AgentGroup(Enum):
    """The groups that a policy may put an identity into."""

    AGENTS = "agents"
    BOTS = "bots"


class AgentEntry(PartlyCompared, frozen=True):
    """An identity that the policy defines (``agents:`` entry or ``agent`` line)."""

    uncompared: ClassVar = frozenset({"span"})

    name: str
    """Without the at-sign; a name that ends in ``/*`` is a namespace."""
    logins: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    emails: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    oidc: tuple[OidcClaims, ...] = ()
    group: AgentGroup = AgentGroup.AGENTS
    trailers: tuple[str, ...] = ()
    """Globs over whole trailer lines of commit messages: ``*`` is any run of characters, ASCII case is ignored."""
    descriptions: tuple[str, ...] = ()
    """Globs, as for trailers, over lines of a description or of a commit message."""
    span: Span | None = None

    def __post_init__(self) -> None:
        if not self.name or self.name[0] == "@":
            raise ValueError("an identity without a name, or with its at-sign")


class ByComment(Enum):
    """Authors whose comment may count like an approving review, strictest first."""

    NEVER = "never"
    OTHERS = "others"
    """A comment of anyone whose review would count."""
    AUTHOR = "author"
    """Also that of the person who opened the change."""

    @property
    def strictness(self) -> int:
        """0 for author to 2 for never."""
        return len(ByComment) - 1 - list(ByComment).index(self)


class ApprovalSettings(Struct, frozen=True):
    """Settings of one layer's ``approvals``; None where the layer does not say."""

    dismiss_stale: bool | None = None
    minimum_permission: Permission | None = None
    requester_counts: bool | None = None
    contributors_count: bool | None = None
    by_comment: ByComment | None = None
    reviewers: tuple[int, ...] = ()
    """Ids of the accounts whose advice on changes of the policy is shown."""


class EffectiveApprovals(Struct, frozen=True):
    """The settings in force. For each source of layers (the repository, the organisation), of the values that its layers say
    the strictest, else the standard one; of both sources' the strictest."""

    dismiss_stale: bool = True
    minimum_permission: Permission = Permission.WRITE
    requester_counts: bool = False
    contributors_count: bool = False
    by_comment: ByComment = ByComment.NEVER


class Opaque(StrEnum):
    """Answer to a tool call of which it cannot be told what it touches, mildest first."""

    FLOW = "flow"
    """The client's own flow goes on."""
    REQUIRE_APPROVAL = "require_approval"
    BLOCK = "block"


class AtCall(StrEnum):
    """When an approval for a write is asked for, mildest first."""

    LATER = "later"
    """On the pull request."""
    ASK = "ask"
    """At the tool call, where the client can ask."""


class ToolEntry(Struct, frozen=True):
    """A policy's entry for a tool: its action on the paths in these arguments."""

    pattern: str
    """The tool's name, in which ``*`` is any run of characters."""
    actions: tuple[Action, ...]
    """One at least, each once."""
    paths: tuple[str, ...] = ()
    """Names of arguments that hold a path or a list of them; none where it touches no path."""


class DispatchSettings(Struct, frozen=True):
    """Settings of one layer for tool calls; None where the layer does not say."""

    opaque: Opaque | None = None
    at_call: AtCall | None = None
    tools: tuple[ToolEntry, ...] = ()


class Layer(PartlyCompared, frozen=True):
    """One policy file, or the built-in rules. Decides by itself; the strictest layer stands."""

    uncompared: ClassVar = frozenset({"source", "name", "tree"})

    rules: tuple[Rule, ...] = ()
    """Rules as written, in file order. The rules that modes compile to are not among them: see ``modes.expand``."""
    defaults: tuple[Default, ...] = ()
    modes: tuple[ModeLine, ...] = ()
    unprotects: tuple[Unprotect, ...] = ()
    agents: tuple[AgentEntry, ...] = ()
    approvals: ApprovalSettings = ApprovalSettings()
    source: Source | None = None
    name: str = ""
    """The source's path, or ``builtin``."""
    organisation: bool = False
    """True if it is the organisation's and not the repository's own: a source of its own for names and approvals."""
    asserts: tuple[Assertion, ...] = ()
    """Promises about the whole policy, in file order."""
    dispatch: DispatchSettings = DispatchSettings()
    tree: PlacedText | None = None
    """The source's text as it was read: a ``LineTree`` or a ``YamlTree``. None for the built-in layer, as is its ``source``."""


class Policy(PartlyCompared, frozen=True):
    """Everything that applies to a change, in layers; the built-in layer is the last."""

    uncompared: ClassVar = frozenset({"diagnostics"})

    layers: tuple[Layer, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    """Warnings and notes about the text; a policy with errors never becomes a Policy."""
