"""A layer in the making: what both syntaxes share once they know what a statement says."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from agentowners.diagnostics import Diagnostic, Source, Span
from agentowners.policy.model import (
    Action,
    AgentEntry,
    ApprovalSettings,
    Assertion,
    Bound,
    Default,
    DispatchSettings,
    Layer,
    Mode,
    ModeLine,
    Outcome,
    Rule,
    Unprotect,
)
from agentowners.policy.modes import rule_count
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern, ascii_lower, in_order
from agentowners.text.problems import Problems
from agentowners.text.source import PlacedText, SourceText
from agentowners.text.unseen import unseen
from agentowners.text.wording import quote

MAX_RULES: Final = 50_000
_GENERATED: Final = re.compile(r"builtin:|.*:[0-9]+(#[0-9]+)?$", re.DOTALL)
"""Form that an author's id must not have, lest it be taken for another rule's."""


class Draft(Problems):
    """Collects the statements of one source, in file order, and everything that is wrong with it."""

    def __init__(self, source: Source, text: SourceText) -> None:
        super().__init__(source, text)
        self.rules: list[Rule] = []
        """Those that ``rule`` made."""
        self.agents: list[AgentEntry] = []
        """Those whose names passed ``check_agent_name``."""
        self._defaults: list[Default] = []
        self._modes: list[ModeLine] = []
        self._unprotects: list[Unprotect] = []
        self._asserts: list[Assertion] = []
        self._settings: dict[str, Any] = {}
        self._first: dict[tuple[str, str], Span] = {}
        self._on_line: Counter[int] = Counter()
        self._seen: Counter[bool] = Counter()

    def has_room(self, span: Span, *, of_rule: bool) -> bool:
        """Count a statement that is about to be read; False, with an error, once there are too many rules, or too many others."""
        self._seen[of_rule] += 1
        if self._seen[of_rule] == MAX_RULES + 1:
            message = f"more than {MAX_RULES:,} {'rules' if of_rule else 'statements beside the rules'}"
            self.error("too-many-rules", message, span, "say more with one pattern, or split the policy into several files")
        return self._seen[of_rule] <= MAX_RULES

    def add_assert(self, bound: Bound | None, claim: Rule) -> None:
        """Add a promise about what ``rule`` made; without a bound it has the usual one of its decision."""
        self._asserts.append(Assertion(claim, bound or Bound.usual(claim.decision)))

    def rule(
        self,
        patterns: tuple[PathPattern, ...],
        refs: tuple[RefPattern, ...],
        principals: tuple[PrincipalPattern, ...],
        outcome: Outcome,
        actions: frozenset[Action],
        reason: str | None,
        name: str | None,
        span: Span,
    ) -> Rule:
        """A rule with the id that it was given (see ``check_name``) or one from its place."""
        generated = self._id(span.line)
        return Rule(patterns, refs, in_order(principals), outcome, actions, reason or None, name, name or generated, span)

    def check_name(self, name: str, span: Span) -> None:
        """Check the id that an author gives to a rule."""
        if name == "":
            self.error("invalid-id", "empty id", span, "leave it out, or give the rule a name")
        elif not name.isprintable() or next(unseen(name), None) is not None:
            self.error("invalid-id", f"id {quote(name)} holds a character that cannot be shown", span)
        elif _GENERATED.match(name):
            self.error(
                "invalid-id",
                f"id {quote(name)} looks like one that is made up from a rule's place",
                span,
                "let it not begin with `builtin:` nor end in `:` and a number",
            )
        else:
            self._unique("duplicate-id", name, f"id {quote(name)} is given twice", span)

    def add_default(self, principal: PrincipalPattern, outcome: Outcome | None, span: Span, principal_span: Span) -> None:
        """Add a default; without an outcome (it was wrong) only look whether the principal has one already."""
        new = self._unique("duplicate-default", principal.key, f"second default for {quote(str(principal))}", principal_span)
        if new and outcome is not None:
            self._defaults.append(Default(principal, outcome, self._id(span.line), span))

    def add_mode(
        self,
        mode: Mode,
        principals: tuple[PrincipalPattern, ...],
        workspace: tuple[PathPattern, ...],
        approved: tuple[PathPattern, ...],
        span: Span,
    ) -> None:
        """Add a mode; the ids of all rules it compiles to are taken at once."""
        id = self._id(span.line, rule_count(mode, workspace))
        self._modes.append(ModeLine(mode, principals, workspace, approved, id, span))

    def add_unprotect(
        self, patterns: tuple[PathPattern, ...], principals: tuple[PrincipalPattern, ...], reason: str | None, span: Span
    ) -> None:
        """Add paths that the built-in layer shall not protect."""
        self._unprotects.append(Unprotect(patterns, principals, reason or None, self._id(span.line), span))

    def check_agent_name(self, name: str, span: Span) -> None:
        """Check that a name is defined once only."""
        self._unique("duplicate-agent", ascii_lower(name), f"agent {quote(name)} is defined twice", span)

    def set_settings(self, settings: ApprovalSettings | DispatchSettings, span: Span) -> None:
        """Set what the layer says about approvals, or about tool calls, once."""
        field = "approvals" if isinstance(settings, ApprovalSettings) else "dispatch"
        if self._unique(f"duplicate-{field}", "", f"second `{field}`", span, "say it all in one place"):
            self._settings[field] = settings

    def finish(self, tree: PlacedText) -> tuple[Layer, tuple[Diagnostic, ...]]:
        """The layer, as far as it could be read from its tree, and the diagnostics by place."""
        layer = Layer(
            tuple(self.rules),
            tuple(self._defaults),
            tuple(self._modes),
            tuple(self._unprotects),
            tuple(self.agents),
            source=self.source,
            name=self.source.path,
            asserts=tuple(self._asserts),
            tree=tree,
            **self._settings,
        )
        return layer, self.by_place()

    def _unique(self, id: str, key: str, message: str, span: Span, help: str | None = None) -> bool:
        first = self._first.setdefault((id, key), span)
        if first is span:
            return True
        where = f"the first stands in line {first.line}"
        self.error(id, message, span, f"{where}; {help}" if help else where)
        return False

    def _id(self, line: int, count: int = 1) -> str:
        number = self._on_line[line] + 1
        self._on_line[line] += max(count, 1)
        return f"{self.source.path}:{line}" if number == 1 else f"{self.source.path}:{line}#{number}"
