"""Input and findings of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cached_property

from msgspec import Struct

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.identity.match import Names
from agentowners.identity.resolve import definitions
from agentowners.lint.shadowed import ShadowedRule, outweighed_rules
from agentowners.lint.shadowing import Shadowing
from agentowners.policy.model import Layer, Policy
from agentowners.policy.places import Places, places_of
from agentowners.text.edits import TextEdit
from agentowners.values import gathered


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


class FileTree(Struct, frozen=True, dict=True):
    """The files of a repository; each index is made by the first question that needs it."""

    paths: tuple[str, ...]
    """From the repository's root, in any order."""

    @cached_property
    def files(self) -> frozenset[str]:
        """Every path."""
        return frozenset(self.paths)

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory, without a slash at its end."""
        directories: set[str] = set()
        for path in self.paths:
            directory = path.rpartition("/")[0]
            while directory and directory not in directories:
                directories.add(directory)
                directory = directory.rpartition("/")[0]
        return frozenset(directories)

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Paths of files and directories by their last segment in lower case, the shorter ones first."""
        ordered = sorted((*self.paths, *self.directories), key=lambda path: (path.count("/"), path))
        return gathered((path.rpartition("/")[2].lower(), path) for path in ordered)

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Entries directly in each directory; the root is the empty name."""
        parts = (path.rpartition("/") for path in (*self.paths, *self.directories))
        return gathered((parent, name) for parent, _, name in parts)

    def has(self, path: str) -> bool:
        """True if a file or a directory of that path is there."""
        return path in self.files or path in self.directories


class LintSubject(Struct, frozen=True, dict=True):
    """A policy to be looked at, with all that a check may ask about it. What is expensive is worked out once, when asked for."""

    policy: Policy
    facts: LintFacts = LintFacts()

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

    def lacks(self, need: LintNeed) -> bool:
        """True if a check that needs this cannot run."""
        return (self.files if need is LintNeed.FILES else self.facts.standings) is None

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
        return self._places[layer.name]

    @cached_property
    def _places(self) -> dict[str, Places]:
        return {layer.name: places_of(layer) for layer in self.layers}


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


def check(
    id: str, summary: str, severity: Severity = Severity.WARNING, needs: LintNeed | None = None
) -> Callable[[Callable[[LintSubject], Iterable[LintFinding]]], Check]:
    """Makes a check of the function that finds every place of a mistake."""
    return lambda run: Check(id, severity, summary, run, needs)
