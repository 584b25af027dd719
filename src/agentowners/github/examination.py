"""All the facts that a checkup asks for, gathered in one go."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from agentowners.checkup.facts import Fact, RepositoryFacts
from agentowners.checkup.gate import gates
from agentowners.checkup.workflows import Workflow, read_workflow
from agentowners.diagnostics import AgentownersError, PolicyError
from agentowners.engine.facts import Known, Unavailable
from agentowners.engine.prepared import ref_matches
from agentowners.github.client import Api
from agentowners.github.errors import NOT_WHOLE, PlatformError, suppress_trouble
from agentowners.github.policy_files import PolicyFiles
from agentowners.github.protection import Protection, ProtectionChange
from agentowners.github.reading import JsonNode
from agentowners.github.settings import Settings, fact, told_with
from agentowners.github.trees import Trees
from agentowners.policy.load import POLICY_NAMES, load_policy
from agentowners.policy.model import Policy
from agentowners.report.verdict.labels import label_style

T = TypeVar("T")
MAX_BRANCHES: Final = 30
CODE_OWNERS: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners"""
_HEADS: Final = "refs/heads/"
_WILD: Final = re.compile(r"[*?\[\\]")
_NOT_ASKED: Final = Unavailable("the gate uses no App of its own")


class Examination:
    """Looks at one repository with one token."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._trees = Trees(api)
        self._files = PolicyFiles(self._trees)
        self._settings = Settings(api)
        self.protection = Protection(api)

    def labels(self, wanted: Sequence[str]) -> tuple[ProtectionChange, ...]:
        """The requests that create what is missing of a verdict's labels; like GitHub, this does not look at case.

        Source: https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository
        """
        present = {node["name"].text().casefold() for node in self._api.pages(f"{self._api.root}/labels")}
        return tuple(_creation(name) for name in wanted if name.casefold() not in present)

    def facts(self, named: Sequence[str] = ()) -> RepositoryFacts:
        """Look at everything; at these branches in place of those that matter, where any is named.

        Raises:
            AgentownersError: there is no such repository or branch, or GitHub fails.
        """
        # https://docs.github.com/en/rest/repos/repos#get-a-repository
        node = self._api.get(self._api.root)
        default = node["default_branch"].text()
        owner, private = node["owner"], node["private"].flag()
        organization = owner["type"].text() == "Organization"
        workflows = self._workflows(default)
        all_gates = gates(workflows.value) if isinstance(workflows, Known) else ()
        policy = self._policy(default, next((path for gate in all_gates if (path := gate.input("policy-file", ""))), ""))
        targets, others = (list(named), []) if named else self._branches(default, policy)
        listed = [(name, True) for name in targets] + [(name, False) for name in others]
        looked = [self.protection.branch(name, is_target=wanted) for name, wanted in listed[:MAX_BRANCHES]]
        if named and None in looked:
            raise AgentownersError(f"there is no branch `{named[looked.index(None)]}`")
        branches = tuple(branch for branch in looked if branch is not None)
        numbers = {rule.ruleset for branch in branches if isinstance(branch.rules, Known) for rule in branch.rules.value}
        own_app = any(gate.own_app for gate in all_gates)
        rebasing = node.maybe("allow_rebase_merge", JsonNode.flag)
        return RepositoryFacts(
            repository=node["full_name"].text(),
            repository_id=node["id"].number(),
            organization=organization,
            private=private,
            forks=not private or node.maybe("allow_forking", JsonNode.flag) is not False,
            default_branch=default,
            branches=branches,
            left_out=max(0, len(listed) - MAX_BRANCHES),
            rebases=self._settings.rebases() if rebasing is None else rebasing,
            unprotectable=private and self.protection.is_refused(),
            rulesets={number: self.protection.ruleset(number) for number in sorted(numbers)},
            policy=policy,
            unread=self._unread(default),
            workflows=workflows,
            code_owners=self._code_owners(default),
            actions=self._settings.actions(),
            workflow_token=self._settings.workflow_token(),
            fork_approval=self._settings.fork_approval(),
            keys=self._settings.keys(),
            people=self._settings.people(),
            apps=self._settings.apps(owner["login"].text() if organization else None),
            environments={
                gate.environment: self._settings.environment(gate.environment)
                for gate in all_gates
                if gate.environment is not None and "${{" not in gate.environment
            },
            secrets=self._settings.secrets() if own_app else _NOT_ASKED,
        )

    @told_with("contents: read")
    def _workflows(self, branch: str) -> tuple[Workflow, ...]:
        _, root = self._trees.branch(branch)
        tree = self._trees.below(root, (".github", "workflows")) or {}
        names = [name for name in sorted(tree) if name.endswith((".yml", ".yaml")) and not tree[name][0].is_tree]
        return tuple(read_workflow(f".github/workflows/{name}", self._trees.blob(tree[name][0].sha)) for name in names)

    def _policy(self, branch: str, named: str) -> Fact[Policy | None]:
        names = [name for name in re.split(r"[,\n]", named) if name.strip()]
        wanted = [name.strip().removeprefix("./").lstrip("/") for name in names] or list(POLICY_NAMES)

        def read() -> Policy | None:
            sources = self._files.on_branch(branch, wanted)
            return load_policy(sources, named=wanted if names else ()) if sources else None

        return _understood(read)

    def _unread(self, branch: str) -> tuple[str, ...]:
        """Files that are meant as policies and not read; those in other directories only where GitHub lists the whole tree."""
        with suppress_trouble(*NOT_WHOLE):
            return (*self._files.meant(branch), *self._files.nested(branch))
        return ()

    def _code_owners(self, branch: str) -> Fact[bytes | None]:
        sources = _understood(lambda: self._files.on_branch(branch, CODE_OWNERS))
        return sources if isinstance(sources, Unavailable) else Known(sources.value[0].data if sources.value else None)

    def _branches(self, default: str, policy: Fact[Policy | None]) -> tuple[list[str], list[str]]:
        """The default branch with those that the policy names, and the others that are protected."""
        names = [default]
        layers = policy.value.layers if isinstance(policy, Known) and policy.value is not None else ()
        patterns = dict.fromkeys(ref.text for layer in layers for rule in layer.rules for ref in rule.refs if not ref.negative)
        for pattern in patterns:
            prefix = _WILD.split(pattern, maxsplit=1)[0]
            if prefix == pattern and not pattern.endswith("/"):
                names.append(pattern.removeprefix(_HEADS))
            elif prefix.startswith(_HEADS):
                listed = self.protection.beginning(prefix.removeprefix(_HEADS))
                names += [name for name in listed if ref_matches(pattern, _HEADS + name)]
        names = [name for name in dict.fromkeys(names) if not name.startswith("refs/")]
        with suppress_trouble(*NOT_WHOLE):
            return names, [name for name in self.protection.protected() if name not in names]
        return names, []


def _understood(read: Callable[[], T]) -> Fact[T]:
    """A fact read from a file; one that is no file, or does not parse, is unavailable without a permission."""
    try:
        return fact(read, "contents: read")
    except PolicyError as error:
        return Unavailable(f"it does not parse: {error.message}")
    except PlatformError:
        raise
    except AgentownersError as error:
        return Unavailable(error.message)


def _creation(name: str) -> ProtectionChange:
    color, description = label_style(name)
    body = {"name": name, "color": color, "description": description}
    return ProtectionChange(f"create the label `{name}`", "POST", "/labels", body)
