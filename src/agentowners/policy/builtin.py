"""The built-in layer: what protects the policy itself, and what steers agents (section 8 of the policy reference)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from agentowners.policy.model import Action, Decision, Layer, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern, literal

NAME: Final = "builtin"
POLICY_NAMES: Final[tuple[str, ...]] = (
    ".github/AGENTOWNERS",
    "AGENTOWNERS",
    "docs/AGENTOWNERS",
    ".agentowners.yml",
    ".agentowners.yaml",
    ".github/agentowners.yml",
    ".github/agentowners.yaml",
    ".acp.yml",
    "smoo-policy.yml",
)
"""Every name under which a policy is found, in search order."""

_FOLDERS: Final = ("", ".github", "docs")
_MEANT: Final = frozenset({"agentowners", "agentsowners", "agentowner"})


def is_meant_as_policy(path: str) -> bool:
    """True if a file is surely meant as a policy, and has no name under which one is found."""
    return path.rpartition("/")[0] in _FOLDERS and path not in POLICY_NAMES and _is_called_policy(path)


def is_nested_policy(path: str) -> bool:
    """True if a file is called like a policy, and stands where none is looked for: in a package's own directory, say."""
    folder = path.rpartition("/")[0]
    return folder not in _FOLDERS and not folder.startswith(".github/") and _is_called_policy(path)


def name_to_give(path: str) -> str:
    """The name under which a file is found that is meant as a policy."""
    return ".agentowners.yml" if path.lower().endswith((".yml", ".yaml")) else POLICY_NAMES[0]


def _is_called_policy(path: str) -> bool:
    stem = re.sub(r"\.(?:ya?ml|txt)$", "", path.rpartition("/")[2].lower())
    return re.sub(r"[-_.]", "", stem) in _MEANT


# A directory is named without a slash at its end: so a file, link or submodule put in its place is protected too.
_PROTECTED: Final[tuple[tuple[str, str, str], ...]] = (
    ("workflows", "/.github/workflows /.github/actions", "workflows run with the repository's rights"),
    ("codeowners", "/CODEOWNERS /.github/CODEOWNERS /docs/CODEOWNERS", "code owners decide who reviews"),
    ("copilot-instructions", "/.github/copilot-instructions.md", "steers what agents do"),
    ("action-metadata", "action.yml action.yaml", "actions run with the repository's rights"),
    (
        "agent-instructions",
        "AGENTS.md AGENTS.override.md AGENT.md CLAUDE.md CLAUDE.local.md GEMINI.md QWEN.md WARP.md CRUSH.md .cursorrules"
        " .windsurfrules .roorules* .clinerules* .goosehints **/.github/instructions **/.github/prompts **/.github/chatmodes"
        " **/.github/agents **/.github/skills",
        "steers what agents do",
    ),
    (
        "agent-config",
        ".claude .cursor .codex .gemini .agents .kiro .junie .windsurf .roo .opencode opencode.json* .amazonq .factory .qwen"
        " .aider.conf.yml **/.github/hooks",
        "steers what agents do and may run",
    ),
    ("mcp", ".mcp.json **/.vscode/mcp.json", "gives agents further tools"),
    ("editor", "**/.vscode/settings.json **/.vscode/tasks.json", "steers what editors and their agents run"),
    ("devcontainer", ".devcontainer", "runs wherever agents and people develop"),
)
_PRINCIPALS: Final = tuple(PrincipalPattern(group) for group in ("agents", "bots", "unattributed"))
_ASK: Final = Outcome(Decision.REQUIRE_APPROVAL, 1)


def builtin(policy_paths: Sequence[str]) -> Layer:
    """The layer that asks for one human approval where an agent, a bot or an unattributed contributor changes these paths.

    Args:
        policy_paths: the policy files that were found and those that were named, relative to the repository's root.
    """
    rules = [_protection("policy", _policy_files(policy_paths), "the policy decides what agents may do")]
    rules += [protect(name, patterns, reason) for name, patterns, reason in _PROTECTED]
    return Layer(rules=tuple(rules), name=NAME)


def protected_patterns(policy_paths: Sequence[str]) -> tuple[PathPattern, ...]:
    """Everything that the built-in layer protects."""
    return tuple(pattern for rule in builtin(policy_paths).rules for pattern in rule.patterns)


def protect(name: str, patterns: str, reason: str) -> Rule:
    """A built-in rule over patterns that blanks separate, in whatever spelling a path has."""
    return _protection(name, tuple(replace(PathPattern.parse(text), any_spelling=True) for text in patterns.split()), reason)


def _protection(name: str, patterns: tuple[PathPattern, ...], reason: str) -> Rule:
    actions = frozenset({Action.FILE_WRITE})
    return Rule(patterns, (), _PRINCIPALS, _ASK, actions, reason, id=f"{NAME}:{name}")


def _policy_files(paths: Sequence[str]) -> tuple[PathPattern, ...]:
    candidates = (posixpath.normpath(path).lstrip("/") for path in paths)
    inside = (path for path in candidates if path not in ("", ".", "..") and not path.startswith("../"))
    # Straight from a name to a canonical pattern: a name may hold what no pattern may be written with.
    return tuple(PathPattern(literal(path), any_spelling=True) for path in dict.fromkeys([*POLICY_NAMES, *inside]))
