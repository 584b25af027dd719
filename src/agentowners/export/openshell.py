"""A sandbox policy of OpenShell: folders and files that may be written, that may be read, and nothing else.

Source: the reference of its policy's schema in https://github.com/NVIDIA/OpenShell. Landlock, which holds it, knows folders and
files, and no exceptions within a folder. So a folder is opened where it is proved that the policy allows every path there could
be below it; elsewhere the files that are there are opened one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Need, Unavailable
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.settle import find_out
from agentowners.export.model import MARK, NOT_HELD, Exported, Target, remark
from agentowners.export.standpoint import HeldLayer, HeldPolicy
from agentowners.policy.model import Action, Decision, Policy
from agentowners.policy.patterns import PathPattern, literal
from agentowners.proof.prover import Doubt, PatternSet, Prover

MAX_PATHS: Final = 256
"""Paths of both lists together, as OpenShell takes them."""
_MAX_LENGTH: Final = 4096
_QUESTIONS: Final = 3_000
"""Proofs in all."""
_READ: Final = ("/usr", "/lib", "/proc", "/dev/urandom", "/etc")
_WRITTEN: Final = ("/tmp", "/dev/null")  # noqa: S108 (a path in a sandbox, as its own defaults have it)
_EVERYTHING: Final = PatternSet(("**",))

DecisionOf = Callable[[Action, Sequence[str]], Mapping[str, Decision]]
"""The policy's decisions about files that are there."""


class SandboxTree(Struct, frozen=True):
    """Files of a work tree, as they lie in the sandbox."""

    files: tuple[str, ...]
    """Plain files only, from the root: a link may lead anywhere."""
    root: str
    """Absolute path in the sandbox."""

    def __post_init__(self) -> None:
        parts = self.root.split("/")
        if not self.root.startswith("/") or not self.root.strip("/") or ".." in parts:
            raise AgentownersError(
                f"`{self.root}` is no folder in a sandbox", help="name one from its root: `--workdir /sandbox/shop`"
            )

    def place(self, path: str) -> str:
        """Path in the sandbox of a place of the repository."""
        return f"{self.root.rstrip('/')}/{path}".rstrip("/")


def openshell(policy: HeldPolicy, tree: SandboxTree, decide: DecisionOf, *, later: bool) -> Exported:
    """The policy's text; ``later`` leaves what needs an approval open, for the pull request to ask."""
    opener = _Opener(policy, tree, decide, later=later)
    readable = opener.places(Action.FILE_READ)
    folders = set(readable)
    written = [place for place in opener.places(Action.FILE_WRITE) if place in folders or _is_below(place, folders)]
    notes = [
        "Folders are open where the policy allows every path there could be below them; elsewhere files that are there.",
        "Nothing is said of the network, nor of git's own directory: they stay closed.",
    ]
    if later:
        notes.append("What needs an approval is open here: the gate asks for it on the pull request.")
    room = MAX_PATHS - len(_READ) - len(_WRITTEN)
    places = [place for place in readable if place not in written]
    left = len(places) + len(written) - room
    written = written[:room]
    places = places[: room - len(written)]
    if left > 0:
        notes.append(f"OpenShell takes {MAX_PATHS} paths: {left:,} more that the policy allows stay closed.")
    remarks = list(policy.remarks)
    for layer, rule in policy.about(Action.SHELL_EXECUTE, restricts=True):
        if not layer.builtin and rule.actions:
            remarks.append(remark(NOT_HELD, "a sandbox lets commands run, and holds what they touch", rule))
    text = _document([*_READ, *map(tree.place, places)], [*_WRITTEN, *map(tree.place, written)], notes)
    return Exported(Target.OPENSHELL, text, tuple(notes), tuple(dict.fromkeys(remarks)))


class _Opener:
    def __init__(self, policy: HeldPolicy, tree: SandboxTree, decide: DecisionOf, *, later: bool) -> None:
        self._policy = policy
        self._decide = decide
        self._later = later
        self._prover = Prover()
        self._questions = 0
        self._files = tuple(path for path in tree.files if path.isprintable() and len(tree.root) + len(path) < _MAX_LENGTH)
        self._below: dict[str, dict[str, None]] = {}
        for path in self._files:
            parts = path.split("/")
            for end in range(1, len(parts)):
                self._below.setdefault("/".join(parts[: end - 1]), {})["/".join(parts[:end])] = None

    def places(self, action: Action) -> list[str]:
        """Folders, but never the root, and files that are open for an action."""
        places: list[str] = []
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            inside = PatternSet((f"{literal(folder)}/**",))
            if folder and all(self._allows(layer, action, inside) for layer in self._policy.layers):  # git is in the root
                places.append(folder)
            else:
                waiting += reversed(self._below.get(folder, {}))
        folders = set(places)
        decided = self._decide(action, self._files)
        places += [path for path in self._files if not _is_below(path, folders) and self._is_allowed(decided[path])]
        return places

    def _is_allowed(self, decision: Decision) -> bool:
        return decision is Decision.ALLOW or (self._later and decision is Decision.REQUIRE_APPROVAL)

    def _allows(self, layer: HeldLayer, action: Action, inside: PatternSet) -> bool:
        """True if it is proved that a layer allows every path of a set."""
        rules = layer.about(action)
        if not self._is_allowed(layer.default_decision):
            allowing = [PatternSet.of(rule.patterns) for rule in rules if self._is_allowed(rule.decision)]
            if not allowing or not self._is_none([inside], allowing):
                return False
        restricting = [rule for rule in rules if not self._is_allowed(rule.decision)]
        return all(self._is_none([inside, _set(rule.patterns)], []) for rule in restricting)

    def _is_none(self, within: list[PatternSet], without: list[PatternSet]) -> bool:
        self._questions += 1
        return self._questions <= _QUESTIONS and self._prover.find(within, without) is Doubt.NONE


def _set(patterns: tuple[PathPattern, ...]) -> PatternSet:
    """The set of patterns; of those for other spellings too every path may be one."""
    return _EVERYTHING if any(pattern.any_spelling for pattern in patterns) else PatternSet.of(patterns)


def _is_below(path: str, folders: set[str]) -> bool:
    parts = path.split("/")
    return any("/".join(parts[:end]) in folders for end in range(len(parts)))


def _document(read: list[str], written: list[str], notes: list[str]) -> str:
    lines = [f"# Made by {MARK}: change the policy, and export again.", *(f"# {note}" for note in notes)]
    lines += ["version: 1", "filesystem_policy:", "  include_workdir: false", "  read_only:"]
    lines += [f"    - {msgspec.json.encode(path).decode()}" for path in read]
    lines += ["  read_write:", *(f"    - {msgspec.json.encode(path).decode()}" for path in written)]
    lines += ["landlock:", "  compatibility: hard_requirement"]
    return "".join(f"{line}\n" for line in lines)


def file_decisions(policy: Policy, principal: str, ref: str, repository: str | None) -> DecisionOf:
    """Answers about files for one contributor on one branch."""
    evidence = (Evidence(Signal.DECLARED, Strength.VERIFIED, name=principal),)

    def decide(action: Action, paths: Sequence[str]) -> Mapping[str, Decision]:
        files = tuple([FileChange(path, STATUS_OF[action], None, Kind.FILE, Kind.FILE) for path in paths])
        ruling, _ = find_out(policy, Change(ref, files, evidence, repository=repository), _nobody)
        return {path: judged.decision for path, judged in zip(ruling.files.paths, ruling.judgements, strict=True)}

    return decide


def _nobody(need: Need) -> Unavailable:
    return Unavailable("an export asks no server")
