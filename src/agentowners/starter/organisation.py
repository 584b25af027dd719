"""A policy for every repository of an organisation: the file, the workflow that holds it, and the ruleset that requires that."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from agentowners.cases.write import scalar
from agentowners.starter.files import GATE_JOB, lines_text, yaml_text
from agentowners.starter.findings import find
from agentowners.starter.model import BLOCK, Proposal, Section, workflows_rule

FOLDER: Final = "agents"
WORKFLOW: Final = ".github/workflows/agentowners.yml"
RULESET: Final = f"{FOLDER}/ruleset.json"
POLICY: Final = {"lines": f"{FOLDER}/AGENTOWNERS", "yaml": f"{FOLDER}/agentowners.yml"}
"""Place of the policy, by its syntax. It is none of the places where a repository's own policy is found."""
_HEADER: Final = (
    "What AI agents may change in every repository of the organisation, whatever that repository's own policy says.",
    "The strictest decision stands: a repository can ask for more, and for nothing less.",
    "See what a repository's policy would have overruled: agentowners prove --ceiling FILE",
)
_WORKFLOW: Final = (
    """\
# The gate for the repositories of the organisation. A ruleset requires this workflow; a repository may also call it.
name: AGENTOWNERS
on:
  pull_request_target:
  merge_group:
  workflow_call: # with `secrets: inherit`
permissions: {}
"""
    + GATE_JOB
    + """\
    with:
      organisation-policy: @POLICY@
      # Enforced in the repositories of the list, by name: ["shop", "site"]; and in those whose custom property `agentowners` is
      # `enforce`. In the others it is only reported. For all of them: organisation-enforcement: active
      organisation-enforcement: >-
        ${{ (contains(fromJSON('[]'), github.event.repository.name)
        || github.event.repository.custom_properties.agentowners == 'enforce') && 'active' || 'evaluate' }}
      fail-job: always # the job itself is what is required
      app-id: ${{ vars.AGENTOWNERS_APP_ID }}
    secrets:
      private-key: ${{ secrets.AGENTOWNERS_PRIVATE_KEY }}
# A review starts no run of a required workflow. After one, run it again: `gh run rerun`, or "Re-run jobs" beside the check.
"""
)


class HomeRepository(Struct, frozen=True):
    """The repository that holds the organisation's policy."""

    name: str
    """``owner/name``."""
    branch: str
    """Its default branch, without ``refs/heads/``."""

    @property
    def owner(self) -> str:
        """The organisation."""
        return self.name.partition("/")[0]


def organisation_files(home: HomeRepository, syntax: str) -> tuple[tuple[str, str], ...]:
    """Paths with their texts: the policy, the workflow and the ruleset. ``syntax`` is ``lines`` or ``yaml``."""
    policy = POLICY[syntax]
    text = yaml_text(_proposal()) if syntax == "yaml" else lines_text(_proposal())
    workflow = _WORKFLOW.replace("@POLICY@", scalar(f"{home.name}:{policy}@{home.branch}"))
    return (policy, text), (WORKFLOW, workflow), (RULESET, _ruleset(home))


def _proposal() -> Proposal:
    secrets = find(())[0].rule(BLOCK)
    workflows = workflows_rule("/.github/workflows/", "/.github/actions/")
    return Proposal((Section(_HEADER), Section((), (secrets,)), Section((), (workflows,))), (), promises=(secrets,))


def _ruleset(home: HomeRepository) -> str:
    """The body of ``POST /orgs/{org}/rulesets``; the number of the repository is not known from a clone."""
    workflow = {"path": WORKFLOW, "ref": f"refs/heads/{home.branch}", "repository_id": 0}
    document = {
        "name": "AGENTOWNERS",
        "target": "branch",
        "enforcement": "evaluate",
        "bypass_actors": [],
        "conditions": {
            "ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []},
            "repository_name": {"include": ["~ALL"], "exclude": []},
        },
        "rules": [{"type": "workflows", "parameters": {"do_not_enforce_on_create": True, "workflows": [workflow]}}],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
