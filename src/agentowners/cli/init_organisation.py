"""``agentowners init --organisation``: a policy for all repositories of an organisation, and what holds them to it."""

from __future__ import annotations

from agentowners.cli.policies import standard_branch
from agentowners.cli.shell import ExitCode, say
from agentowners.cli.work_tree import WorkTree
from agentowners.cli.writing import NewFile, missing, shown_files, write_files
from agentowners.diagnostics import AgentownersError
from agentowners.git.clone import HEADS, home_repository
from agentowners.git.run import Git
from agentowners.starter.organisation import POLICY, RULESET, HomeRepository, organisation_files


def begin(tree: WorkTree, syntax: str, *, dry_run: bool, quiet: bool) -> ExitCode:
    """Write what is missing, or show it."""
    git = Git(tree.root)
    name = home_repository(git)
    if name is None:
        raise AgentownersError(
            "the clone does not tell which repository it is of, and the workflow has to name it",
            help="add its address on GitHub: `git remote add origin https://github.com/ORGANISATION/REPOSITORY`",
        )
    home = HomeRepository(name, standard_branch(git).removeprefix(HEADS))
    files = [NewFile(path, text) for path, text in organisation_files(home, syntax)]
    new, left = missing(tree, files)
    written = [] if dry_run else write_files(tree, new)
    if not quiet:
        lines = [*(f"written: {path}" for path in written), *(f"left alone: {line}" for line in left)]
        lines += _next(home, POLICY[syntax]) if written else []
        say(shown_files(new, left) if dry_run else "".join(f"{line}\n" for line in lines))
    if not new:
        raise AgentownersError("everything that could be written is there already")
    return ExitCode.ALLOWED


def _next(home: HomeRepository, policy: str) -> list[str]:
    fill = f'jq --argjson id "$(gh api repos/{home.name} --jq .id)"'
    place = ".rules[0].parameters.workflows[0].repository_id"
    steps = (
        f"read the policy, and ask it: agentowners explain .env --as @copilot --policy-file {policy}",
        "commit the files to the default branch",
        "let an App with `contents: read`, `pull-requests: write`, `checks: write` and `members: read` be installed on all",
        "    repositories, this one too; its number is the organisation's variable AGENTOWNERS_APP_ID, its key the secret",
        "    AGENTOWNERS_PRIVATE_KEY",
        "create the ruleset, which only evaluates at first:",
        f"    {fill} '{place} = $id' {RULESET} | gh api orgs/{home.owner}/rulesets --input -",
        "see what would be held up where: agentowners audit show s3://BUCKET/PREFIX --by repository --would",
        "enforce the policy in more and more repositories, by the workflow's list or their custom property `agentowners`; then",
        "    set the ruleset to `active`: only that makes it hold",
        "a review starts no run of a required workflow: after one, `gh run rerun`",
    )
    lines, number = ["", "next:"], 0
    for step in steps:
        number += not step.startswith(" ")
        lines.append(f"  {number}. {step}" if not step.startswith(" ") else f" {step}")
    return lines
