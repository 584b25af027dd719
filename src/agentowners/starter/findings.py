"""Which concerns a repository really has, each with a file that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from agentowners.engine.matcher import Matcher
from agentowners.policy.model import Outcome, Rule
from agentowners.policy.patterns import PathPattern
from agentowners.starter.concerns import (
    CONCERNS,
    DOCUMENTATION,
    INFRASTRUCTURE,
    NOT_EVIDENCE,
    ONLY_WITH,
    SECRETS,
    STRONG_DIRECTORIES,
    TECHNOLOGIES,
    WEAK_DIRECTORIES,
    Concern,
)
from agentowners.starter.model import AGENTS
from agentowners.values import gathered

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./+@-]*")
_SHOWN: Final = 60
_PUBLIC: Final = 8
"""Certificates that are named; a line with more is hard to read."""


class FoundConcern(Struct, frozen=True):
    """A concern, as far as the repository has it."""

    patterns: tuple[PathPattern, ...]
    """Negative ones last."""
    reason: str
    """The concern's reason, with the evidence."""

    def rule(self, outcome: Outcome) -> Rule:
        """The rule about agents that it becomes."""
        return Rule(self.patterns, (), AGENTS, outcome, reason=self.reason)


def is_plain(path: str) -> bool:
    """True if a path can be shown anywhere as it is: nothing in it could be taken for anything but a part of a path."""
    return _PLAIN.fullmatch(path) is not None


def find(files: Iterable[str], public: Sequence[str] = ()) -> tuple[FoundConcern, ...]:
    """The concerns that these files raise: secrets first and always, then infrastructure, then the others in their order.
    ``public`` files are called like secrets, and hold certificates or public keys only."""
    evidence = _evidence(path for path in files if path not in public)
    concerns = [_secrets(evidence, public)]
    directories = [text for text in (*STRONG_DIRECTORIES, *WEAK_DIRECTORIES) if text in evidence]
    if directories:
        concerns.append(_found(Concern(INFRASTRUCTURE, tuple(directories)), evidence))
    named = (Concern(f"{INFRASTRUCTURE} ({technology.reason})", technology.patterns) for technology in TECHNOLOGIES)
    concerns += [_found(concern, evidence) for concern in (*named, *CONCERNS)]
    return tuple(concern for concern in concerns if concern.patterns)


def _secrets(evidence: dict[str, str], public: Sequence[str]) -> FoundConcern:
    texts = [*SECRETS.always, *(text for text in SECRETS.patterns if text in evidence)]
    exempt = [f"!{text}" for text in (*SECRETS.free, *(text for text in SECRETS.exempt if text in evidence))]
    exempt += [f"!/{path}" for path in public[:_PUBLIC] if is_plain(path)]
    return FoundConcern(_parse([*texts, *exempt]), _with_evidence(SECRETS.reason, texts, evidence))


def _found(concern: Concern, evidence: dict[str, str]) -> FoundConcern:
    texts = [text for text in concern.patterns if text in evidence and ONLY_WITH.get(text, text) in evidence]
    return FoundConcern(_parse(texts), _with_evidence(concern.reason, texts, evidence))


def _with_evidence(reason: str, texts: list[str], evidence: dict[str, str]) -> str:
    paths = (evidence[text] for text in texts if text in evidence)
    example = next((path for path in paths if is_plain(path) and len(path) <= _SHOWN and path not in texts), None)
    return reason if example is None else f"{reason}, as in {example}"


def _parse(texts: Iterable[str]) -> tuple[PathPattern, ...]:
    return tuple(PathPattern.parse(text) for text in texts)


def _evidence(files: Iterable[str]) -> dict[str, str]:
    """For each pattern of the tables that something in the repository matches, the best path to show for it."""
    technologies = {text for technology in TECHNOLOGIES for text in technology.patterns}
    others = {text for concern in CONCERNS for text in concern.patterns}
    exempt = {*SECRETS.exempt, *SECRETS.free}
    secrets = {*SECRETS.always, *SECRETS.patterns} | exempt
    directories = {*STRONG_DIRECTORIES, *WEAK_DIRECTORIES}
    patterns = {text: PathPattern.parse(text) for text in sorted(technologies | others | secrets | directories)}
    matcher = Matcher.of(patterns.values())
    texts = gathered((matcher.number(pattern), text) for text, pattern in patterns.items())
    best: dict[str, str] = {}
    for path in files:
        numbers = matcher.match(path)
        if not numbers or not NOT_EVIDENCE.isdisjoint(path.split("/")[:-1]):
            continue
        matched = {text for number in numbers for text in texts[number]}
        if path.lower().endswith(DOCUMENTATION):
            matched -= technologies | others | directories
        # An example of a file with secrets is none.
        shows = matched & exempt or matched & secrets
        inside = matched & set(STRONG_DIRECTORIES) or (matched & set(WEAK_DIRECTORIES) if matched & technologies else set())
        # What lies in a directory of infrastructure is asked about by its rule, and shows nothing else.
        shows |= inside or (matched & (technologies | others))
        for text in shows:
            if text not in best or _rank(path) < _rank(best[text]):
                best[text] = path
    return best


def _rank(path: str) -> tuple[bool, int, int, str]:
    return (not is_plain(path), path.count("/"), len(path), path)
