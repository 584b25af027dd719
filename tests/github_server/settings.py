"""What a repository is set to: rulesets, branch protection, Actions, keys, environments and the names of secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
FREE_PLAN = "Upgrade to GitHub Pro or make this repository public to enable this feature."


@dataclass(eq=False, slots=True)
class Protection:
    """Classic protection of a branch: contexts that must pass, each from one App or from any (None), and everything else."""

    checks: list[tuple[str, int | None]]
    has_checks: bool = True
    strict: bool = False
    enforce_admins: bool = True
    reviews: Json | None = None
    """As a request spells them, with logins and slugs."""
    restrictions: Json | None = None
    flags: Json = field(default_factory=dict)
    """`allow_force_pushes` and the like, those that are on."""


@dataclass(eq=False, slots=True)
class Ruleset:
    """A ruleset, its rules as the API spells them."""

    id: int
    name: str
    enforcement: str
    include: list[str]
    exclude: list[str]
    rules: list[Json]
    bypass: list[Json]
    made_at: int
    target: str = "branch"
    source_type: str = "Repository"
    source: str = ""

    def covers(self, branch: str, default: str) -> bool:
        """Whether it is about a branch, in force or not."""
        ref = f"refs/heads/{branch}"

        def matches(patterns: Sequence[str]) -> bool:
            return any(
                one == "~ALL" or (one == "~DEFAULT_BRANCH" and branch == default) or pattern(one).fullmatch(ref)
                for one in patterns
            )

        return self.target == "branch" and matches(self.include) and not matches(self.exclude)


def pattern(text: str) -> re.Pattern[str]:
    """Ruby's fnmatch with `FNM_PATHNAME`, as rulesets have it."""
    parts = re.split(r"(\*\*/|\*|\?)", text)
    words = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))


@dataclass(eq=False, slots=True)
class Environment:
    """An environment: the branches that may use it (None for all, `protected`, or patterns) and the names of its secrets."""

    id: int
    name: str
    branches: str | list[str] | None = None
    secrets: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class DeployKey:
    """A deploy key."""

    id: int
    title: str
    read_only: bool


@dataclass(eq=False, slots=True)
class Settings:
    """Everything else that an administrator sets."""

    default_workflow_permissions: str = "read"
    workflows_may_approve: bool = False
    actions_enabled: bool = True
    allowed_actions: str = "all"
    selected_actions: list[str] = field(default_factory=list)
    fork_approval: str = "first_time_contributors"
    allow_forking: bool = True
    has_issues: bool = True
    allow_merge_commit: bool = True
    allow_squash_merge: bool = True
    allow_rebase_merge: bool = True
    refuse_unsafe_rebases: bool = False
    """GitHub's documentation says it refuses a rebase with another result than a merge; here only where a test says so."""
    free_plan: bool = False
    """A private repository on a plan without rulesets and protected branches."""
    no_rulesets: bool = False
    """A server from before there were rulesets."""
    keys: list[DeployKey] = field(default_factory=list)
    environments: dict[str, Environment] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    organization_secrets: list[str] = field(default_factory=list)
