"""Input and findings of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cached_property
from typing import Final, assert_never

from msgspec import Struct

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.identity.match import Names
from agentowners.identity.resolve import definitions
from agentowners.lint.shadowed import ShadowedRule, outweighed_rules
from agentowners.lint.shadowing import Shadowing
from agentowners.lint.tree import FileTree
from agentowners.policy.model import Layer, Policy
from agentowners.policy.places import Places
from agentowners.text.edits import TextEdit


class Fix(Struct, frozen=True):
    """Edits that take a finding away and change no decision: that is what makes a fix safe."""

    summary: str
    """The fix as a command: ``remove the second rule``."""
    edits: tuple[TextEdit, ...]


class LintFinding(Struct, frozen=True):
    """A mistake, where it is, and what to do about it."""

    diagnostic: Diagnostic
    """Its id is the check's; its ``help`` is the tip."""
    fix: Fix | None = None
    related: tuple[tuple[str, Span], ...] = ()
    """Other places that explain it, each with a few words: ``("the stricter rule", span)``."""


class AccountStatus(Enum):
    """State of an account or team that a policy names, as the server knows it."""

    THERE = "there"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """It could not be asked, or did not say: nothing is concluded from that."""


class LintFacts(Struct, frozen=True):
    """Facts beside the policy's text. None: it was not looked at, and checks that need it find nothing."""

    files: Callable[[], tuple[str, ...]] | None = None
    """Lists the repository's files, from its root; asked once, by the first check that needs them: see ``Subject.files``."""
    against: bool = False
    """True if the caller chose the files (``--against``), so that every pattern that matches none of them is a mistake."""
    owner: str | None = None
    """Owner of the repository, where the clone tells."""
    standings: Mapping[str, AccountStatus] | None = None
    """By name in lower case without the at-sign, ``login`` or ``owner/team`` (``--online``)."""


NO_FACTS: Final = LintFacts()


class LintSubject(Struct, frozen=True, dict=True):
    """A policy to be looked at, with all that a check may ask about it. What is expensive is worked out once, when asked for."""

    policy: Policy
    facts: LintFacts = NO_FACTS

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that were read from files, in order; the built-in one is not among them."""
        return tuple(layer for layer in self.policy.layers if layer.source is not None)

    @property
    def builtin(self) -> Layer:
        """The built-in layer."""
        return next(layer for layer in self.policy.layers if layer.source is None)

    @cached_property
    def names(self) -> Names:
        """Meaning of the names in the policy."""
        return Names(definitions(self.policy), self.facts.owner)

    @cached_property
    def files(self) -> FileTree | None:
        """The repository's files. None: they are not known, or there is none yet, and nothing can be concluded from that."""
        listed = self.facts.files() if self.facts.files is not None else ()
        return FileTree(listed) if listed or self.facts.against else None

    def lacks(self, need: LintNeed | None) -> bool:
        """True if a check that needs this cannot run."""
        match need:
            case None:
                return False
            case LintNeed.FILES:
                return self.files is None
            case LintNeed.ACCOUNTS:
                return self.facts.standings is None
            case _:
                assert_never(need)

    @cached_property
    def shadowing(self) -> Shadowing:
        """The rules that restrict, by what they match, and what can be proved of them."""
        return Shadowing(self.policy, self.names)

    @cached_property
    def outweighed(self) -> tuple[ShadowedRule, ...]:
        """The rules that certainly never decide, each with the one reason that is reported."""
        return outweighed_rules(self.policy, self.names, self.shadowing)

    def places(self, layer: Layer) -> Places:
        """Places of the parts of each statement of a layer in its file."""
        found = self._places.get(layer.name)
        if found is None:
            found = self._places[layer.name] = Places(layer)
        return found

    @cached_property
    def _places(self) -> dict[str, Places]:
        return {}


class LintNeed(Enum):
    """Something that a check cannot do without, beside the policy."""

    FILES = "files"
    ACCOUNTS = "accounts"


class Check(Struct, frozen=True):
    """One kind of mistake."""

    id: str
    """Stable, in kebab-case: what ``--ignore`` and a comment ``# lint: ignore=<id>`` name, and the documentation's heading."""
    severity: Severity
    summary: str
    """The mistake, in one line of lower case without a final period: shown by ``lint --list``."""
    run: Callable[[LintSubject], Iterable[LintFinding]]
    """Finds every place where it is so. Pure, and silent where it is not certain."""
    needs: LintNeed | None = None
    """Without it the check does not run."""

    def finding(
        self,
        message: str,
        span: Span,
        help: str | None = None,
        *,
        fix: Fix | None = None,
        related: Iterable[tuple[str, Span]] = (),
    ) -> LintFinding:
        """A finding of this check, with its id and severity."""
        return LintFinding(Diagnostic(self.id, self.severity, message, span, help), fix, tuple(related))
