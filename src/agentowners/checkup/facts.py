"""Facts about a repository, as plain data. A fact that could not be read names the permission that would tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

from msgspec import Struct, field

from agentowners.change.model import Account
from agentowners.checkup.workflows import Workflow
from agentowners.engine.facts import Known, Unavailable
from agentowners.engine.settings import effective_settings
from agentowners.identity.accounts import app_account, group_of
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.index import DefinitionIndex, index_of
from agentowners.identity.model import AgentDefinition, Group
from agentowners.identity.resolve import definitions
from agentowners.policy.model import ByComment, Permission, Policy

T = TypeVar("T")
ACTIONS_APP: Final = 15368
"""The App that every workflow speaks as. Source: https://api.github.com/apps/github-actions"""

Fact = Known[T] | Unavailable


def known(fact: Fact[T]) -> T | None:
    """The value of a fact; None where it could not be read."""
    return fact.value if isinstance(fact, Known) else None


def missing(*facts: Fact[Any]) -> Unavailable | None:
    """The first of several facts that could not be read."""
    return next((fact for fact in facts if isinstance(fact, Unavailable)), None)


class RequiredCheck(Struct, frozen=True):
    """A check that has to pass before anything is merged."""

    name: str
    app: int | None
    """The App that has to report it; None for any."""


class Classic(Struct, frozen=True, kw_only=True):
    """Classic protection of a branch."""

    checks: tuple[RequiredCheck, ...] = ()
    for_admins: bool = False
    """True if it holds for administrators too."""
    pull_requests: bool = False
    code_owners: bool = False
    direct: tuple[str, ...] = ()
    """Names that may push without a pull request all the same."""
    force_pushes: bool = False
    deletions: bool = False
    strict: bool = False
    """True if a head has to have the base's tip in it before it is merged."""


class BranchRule(Struct, frozen=True, kw_only=True):
    """A rule that a ruleset puts on a branch."""

    kind: str
    """GitHub's word, such as ``required_status_checks``."""
    ruleset: int
    checks: tuple[RequiredCheck, ...] = ()
    workflows: tuple[str, ...] = ()
    """Paths of the workflows that are required."""
    code_owners: bool = False
    strict: bool = False
    """True if a head has to have the base's tip in it before it is merged, for its checks to count."""


class Bypass(Struct, frozen=True):
    """Somebody who may do without a ruleset."""

    kind: str
    """GitHub's word: ``RepositoryRole``, ``Integration``, ``DeployKey``, ``Team``, ``User`` or ``OrganizationAdmin``."""
    id: int | None


class Ruleset(Struct, frozen=True):
    """A ruleset that puts rules on one of the branches."""

    name: str
    source: str
    """The repository or organization that it belongs to."""
    bypass: Fact[tuple[Bypass, ...]]


class Branch(Struct, frozen=True):
    """A branch that matters."""

    name: str
    classic: Fact[Classic | None]
    seen: tuple[RequiredCheck, ...]
    """Checks that classic protection requires, as anybody sees them who may read the branch."""
    seen_for_admins: bool
    rules: Fact[tuple[BranchRule, ...]]
    meant: bool = True
    """True if it is the default branch, or named by the policy or on the command line, and not merely protected."""

    @property
    def known_classic(self) -> Classic | None:
        """Classic protection, where it is known."""
        return known(self.classic)

    @property
    def known_rules(self) -> tuple[BranchRule, ...]:
        """Rules, as far as they are known."""
        return known(self.rules) or ()

    @property
    def required(self) -> tuple[RequiredCheck, ...]:
        """Checks that anything requires, as far as that is known."""
        classic = self.known_classic
        return (*(check for rule in self.known_rules for check in rule.checks), *(classic.checks if classic else self.seen))


class Actions(Struct, frozen=True):
    """GitHub Actions here: on or off, and what it may run."""

    enabled: bool
    allowed: str
    """``all``, ``local_only`` or ``selected``."""
    patterns: tuple[str, ...] = ()


class WorkflowToken(Struct, frozen=True):
    """Permissions of a workflow's token where the workflow asks for none."""

    may_write: bool
    may_approve: bool


class Person(Struct, frozen=True):
    """An account with access."""

    account: Account
    permission: Permission


class App(Struct, frozen=True):
    """A GitHub App that the organization has installed."""

    id: int
    slug: str
    permissions: Mapping[str, str]


class Environment(Struct, frozen=True):
    """An environment: who may use it, and the names of its secrets."""

    branches: tuple[str, ...] | None
    """Patterns of the branches that may; None for every branch. ``protected`` ones are written ``(protected)``."""
    secrets: Fact[tuple[str, ...]]


PROTECTED_ONLY: Final = "(protected)"


class RepositoryFacts(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that was found out."""

    repository: str
    """``owner/name``."""
    repository_id: int = 0
    """Number of the repository, which a rename keeps; 0 where GitHub does not tell."""
    organization: bool
    private: bool
    forks: bool
    """True if pull requests can come from forks."""
    default_branch: str
    branches: tuple[Branch, ...]
    left_out: int = 0
    """Branches that matter too, and were too many to look at."""
    rebases: bool | None = None
    """True if pull requests may be merged by rebasing; None where GitHub does not tell."""
    unprotectable: bool = False
    """True if GitHub offers neither rulesets nor protected branches here: a private repository on a free plan."""
    rulesets: Mapping[int, Fact[Ruleset]] = field(default_factory=dict)
    policy: Fact[Policy | None]
    """On the default branch; None where there is none. One that does not parse is unavailable, without a permission."""
    unread: tuple[str, ...] = ()
    """Files on the default branch that are meant as policies, and are not read: by a wrong name, or where none is looked for."""
    workflows: Fact[tuple[Workflow, ...]]
    """On the default branch."""
    code_owners: Fact[bytes | None]
    actions: Fact[Actions]
    workflow_token: Fact[WorkflowToken]
    fork_approval: Fact[str]
    keys: Fact[tuple[str, ...]]
    """Titles of the deploy keys that may write."""
    people: Fact[tuple[Person, ...]]
    apps: Fact[tuple[App, ...]]
    environments: Mapping[str, Fact[Environment | None]] = field(default_factory=dict)
    """Those that the gate's job uses."""
    secrets: Fact[tuple[str, ...]]
    """Names of the secrets that every workflow of the repository can read."""
    audit_store: tuple[tuple[str, bool, str], ...] = ()
    """Answers of the audit trail's store: the question, whether it holds, what was seen. Empty where it was not asked."""
    audit_unasked: str | None = None
    """Why the store gave no answer, where there is one and it gave none."""
    same_user: str | None = None
    """Hooks, proposals and grants on the machine that asks, and what can be faked there; None where there are none."""

    @property
    def comments_count(self) -> bool:
        """True if the policy is known, and lets comments approve."""
        policy = known(self.policy)
        return policy is not None and effective_settings(policy).by_comment is not ByComment.NEVER

    def environment(self, name: str) -> Fact[Environment | None]:
        """One of the environments that the gate's job uses."""
        return self.environments.get(name, Unavailable(f"the environment `{name}` was not looked at"))

    def is_agent(self, account: Account) -> bool:
        """True if an account is an agent's, by the catalogue and the policy; a bot that nobody knows is."""
        return self._is_agents([definition for definition, _ in self._index.by_account(account)], account)

    def is_agents_app(self, slug: str) -> bool:
        """True if an App is an agent's, by the catalogue and the policy; one that nobody knows is."""
        return self._is_agents([definition for definition, _ in self._index.by_app(slug)], app_account(slug))

    def _is_agents(self, matches: Sequence[AgentDefinition], account: Account) -> bool:
        return Group.AGENTS in ({self._index.group(definition) for definition in matches} or {group_of(account)})

    @cached_property
    def _index(self) -> DefinitionIndex:
        policy = known(self.policy)
        return index_of(definitions(policy) if policy is not None else CATALOGUE)
