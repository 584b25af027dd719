"""Look at this repository and write a first policy for it, the workflows that enforce it, and test cases."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from msgspec import Struct

from agentowners.cli.arguments import CommandParser
from agentowners.cli.policies import misnamed_on_disk, nested, refuse_misnamed, standard_branch, unread_remarks
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError, say
from agentowners.cli.work_tree import WorkTree, find_clone
from agentowners.cli.writing import NewFile, missing, shown_files, write_files
from agentowners.diagnostics import AgentownersError, Source
from agentowners.git.clone import HEADS, home_repository, inspect_clone, origin_repository
from agentowners.git.listing import files_at
from agentowners.git.objects import Objects
from agentowners.git.past import mainline
from agentowners.git.revisions import find_branch
from agentowners.git.run import Git
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.report.shared.escape import for_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentowners.starter.model import Proposal, Survey

LINES: Final = ".github/AGENTOWNERS"
YAML: Final = ".agentowners.yml"
GATE: Final = ".github/workflows/agentowners.yml"
SIGNAL: Final = ".github/workflows/agentowners-review-signal.yml"
CASES: Final = ".github/agentowners-tests.yml"
_MERGED: Final = 50
"""Changes on which a new policy is tried."""

_EPILOG: Final = f"""\
what is written:
  {LINES}                                the policy, or with --syntax yaml {YAML}
  {GATE}                  the gate, which judges pull requests
  {SIGNAL}    wakes the gate when somebody reviews
  {CASES}                      what the policy is meant to say, for `agentowners test`

it looks at the tracked files, CODEOWNERS, the names of branches, and who made the newest 2,000 commits; a file that is there is
left as it is; where there is a policy already, neither a policy nor test cases are written; a new policy is tried on the last 50
changes that were merged, by git alone

with --organisation, in the repository that is to hold the policy of all of an organisation's:
  agents/AGENTOWNERS                                 the policy, or with --syntax yaml agents/agentowners.yml
  .github/workflows/agentowners.yml                  the gate for every repository, which says where that policy is enforced
  agents/ruleset.json                                the organisation's ruleset that requires it, in `evaluate`

examples:
  agentowners init --dry-run
  agentowners init
  agentowners init --evaluate
  agentowners init --organisation

exit codes:
  0 something was written, or with --dry-run would be; 1 nothing could be, or the tool failed; 2 usage
"""


class _Plan(Struct, frozen=True):
    """Files to write, and files to leave alone."""

    texts: tuple[NewFile, ...]
    left: tuple[str, ...]
    """One line for each, without an end."""
    steps: tuple[str, ...]
    """Steps to take then."""
    new_policy: NewFile | None = None
    """A policy that is to be, and can be tried on what was merged."""
    default_branch: str = ""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("init", __doc__, _EPILOG)
    command.add_argument("--dry-run", action="store_true", help="print what would be written, and write nothing")
    command.add_argument(
        "--syntax", choices=["lines", "yaml"], default="lines", help="syntax of the policy (default: %(default)s)"
    )
    command.add_argument(
        "--teams", action="store_true", help="ask for the approval of teams that own code, which takes a token that can read them"
    )
    command.add_argument("--evaluate", action="store_true", help="set the gate up to report only")
    command.add_argument(
        "--organisation",
        action="store_true",
        help="in the repository of an organisation's policy: write that, the workflow for all repositories, and its ruleset",
    )
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Write what is missing, or show it, and return the exit code that says whether there was anything."""
    options = parser().read(arguments)
    tree = find_clone("run it inside a clone, or begin with `git init`")
    if options.organisation and (options.teams or options.evaluate):
        raise UsageError("`--teams` and `--evaluate` cannot be used with `--organisation`", help="it begins by reporting")
    with working("Looking at the repository", quiet=options.quiet):
        if options.organisation:
            plan = _organisation_plan(tree, options.syntax)
        else:
            plan = _plan(tree, syntax=options.syntax, evaluate=options.evaluate, teams=options.teams)
    written = [] if options.dry_run else write_files(tree, plan.texts)
    if not options.quiet:
        say(shown_files(plan.texts, plan.left) if options.dry_run else _said(plan, written))
        if plan.new_policy is not None and written:
            say(_past(Git(tree.root), plan.new_policy, f"{HEADS}{plan.default_branch}"))
    if not plan.texts:
        raise AgentownersError(
            "everything that could be written is there already",
            help=None
            if options.organisation
            else "`agentowners lint`, `agentowners explain PATH` and `agentowners test` look at what there is",
        )
    return ExitCode.ALLOWED


def _plan(tree: WorkTree, *, syntax: str, evaluate: bool, teams: bool) -> _Plan:
    from agentowners.cli.survey import survey
    from agentowners.starter.files import SIGNAL as SIGNAL_TEXT
    from agentowners.starter.files import cases_text, gate_text, lines_text, yaml_text
    from agentowners.starter.propose import propose

    git = Git(tree.root)
    facts = survey(git, tree)
    proposal = propose(facts, teams=teams)
    place = YAML if syntax == "yaml" else LINES
    there = _policy_there(git, tree, f"{HEADS}{facts.default_branch}")
    gate = _gate_there(tree, facts.files)
    texts: list[NewFile] = []
    left: list[str] = []
    misnamed = misnamed_on_disk(tree.root)
    if there is None:
        refuse_misnamed(misnamed)
        texts.append(NewFile(place, yaml_text(proposal) if syntax == "yaml" else lines_text(proposal)))
    else:
        left.append(f"{for_terminal(there)}: a policy is there, so neither a policy nor test cases are written")
    tried = texts[0] if texts and not facts.is_shallow else None
    if gate is None:
        texts += [
            NewFile(GATE, gate_text(facts.default_branch, evaluate=evaluate, alone=facts.has_one_person)),
            NewFile(SIGNAL, SIGNAL_TEXT),
        ]
    else:
        left.append(f"{for_terminal(gate)}: the gate is there, so no workflows are written")
    left += map(for_terminal, unread_remarks([*misnamed, *nested(git)]))
    if there is None:
        texts.append(NewFile(CASES, cases_text(proposal, facts.default_branch)))
    new, there_already = missing(tree, texts)
    steps = tuple(_steps(proposal, facts, is_new=there is None))
    return _Plan(new, (*left, *there_already), steps, tried, facts.default_branch)


def _steps(proposal: Proposal, facts: Survey, *, is_new: bool) -> Iterator[str]:
    from agentowners.report.verdict.labels import foreseen, label_style

    if is_new:
        yield f"read it, and ask it: agentowners explain {_example(proposal, facts)} --as @copilot"
        yield "run its test cases: agentowners test"
    yield "commit the files to the default branch; from then on pull requests are judged, and nothing is held up yet"
    yield "to hold up what is not approved, require the check `AGENTOWNERS`: agentowners doctor --apply"
    labels = [f"gh label create {name} --color {label_style(name)[0]}" for name in foreseen(())]
    yield "\n       ".join(["that creates the labels too; without it:", *labels])
    if proposal.names_teams and is_new:
        yield "the policy names teams, which the workflow's own token cannot read: see docs/recipes.md#teams there"
    yield "to ask the same policy before an agent's tool runs on your machine: agentowners hook install"
    yield "to tell agents how to ask a person for what they are denied: agentowners skill"


def _organisation_plan(tree: WorkTree, syntax: str) -> _Plan:
    """A policy for all repositories of an organisation, and what holds them to it."""
    from agentowners.starter.organisation import POLICY, RULESET, HomeRepository, organisation_files

    git = Git(tree.root)
    name = home_repository(git)
    if name is None:
        raise AgentownersError(
            "the clone does not tell which repository it is of, and the workflow has to name it",
            help="add its address on GitHub: `git remote add origin https://github.com/ORGANISATION/REPOSITORY`",
        )
    home = HomeRepository(name, standard_branch(git).removeprefix(HEADS))
    new, left = missing(tree, [NewFile(path, text) for path, text in organisation_files(home, syntax)])
    fill = f'jq --argjson id "$(gh api repos/{name} --jq .id)"'
    place = ".rules[0].parameters.workflows[0].repository_id"
    steps = (
        f"read the policy, and ask it: agentowners explain .env --as @copilot --policy-file {POLICY[syntax]}",
        "commit the files to the default branch",
        "let an App with `contents: read`, `pull-requests: write`, `checks: write` and `members: read` be installed on all\n"
        "     repositories, this one too; its number is the organisation's variable AGENTOWNERS_APP_ID, its key the secret\n"
        "     AGENTOWNERS_PRIVATE_KEY",
        "create the ruleset, which only evaluates at first:\n"
        f"     {fill} '{place} = $id' {RULESET} | gh api orgs/{home.owner}/rulesets --input -",
        "see what would be held up where: agentowners audit show s3://BUCKET/PREFIX --by repository --would",
        "enforce the policy in more and more repositories, by the workflow's list or their custom property `agentowners`; then\n"
        "     set the ruleset to `active`: only that makes it hold",
        "a review starts no run of a required workflow: after one, `gh run rerun`",
    )
    return _Plan(new, tuple(left), steps)


def _policy_there(git: Git, tree: WorkTree, branch: str) -> str | None:
    """Place of a policy that is there already: in the work tree, or on the default branch."""
    here = next((name for name in POLICY_NAMES if os.path.lexists(tree.path(name))), None)
    if here is not None:
        return here
    with Objects.of(git) as objects:
        tip = find_branch(objects, branch)
    there = set() if tip is None else set(files_at(git, tip)).intersection(POLICY_NAMES)
    named = next((name for name in POLICY_NAMES if name in there), None)
    return None if named is None else f"{named} on {branch.removeprefix(HEADS)}"


def _gate_there(tree: WorkTree, files: tuple[str, ...]) -> str | None:
    """A workflow that runs the gate already, under another name than ours."""
    from agentowners.starter.files import MARK

    for path in files:
        if not path.startswith(".github/workflows/") or path in (GATE, SIGNAL) or not path.endswith((".yml", ".yaml")):
            continue
        with suppress(OSError), open(tree.path(path), "rb") as file:
            if MARK in file.read(1 << 20):
                return path
    return None


def _said(plan: _Plan, written: list[str]) -> str:
    lines = [*(f"written: {path}" for path in written), *(f"left alone: {line}" for line in plan.left)]
    if written:
        lines += ["", "next:", *(f"  {number}. {step}" for number, step in enumerate(plan.steps, start=1))]
    return "".join(f"{line}\n" for line in lines)


def _past(git: Git, new: NewFile, ref: str) -> str:
    """Effect of a new policy on what was merged last; empty where nothing was."""
    from agentowners.backtest.replay import Replay
    from agentowners.backtest.sums import Backtest
    from agentowners.cli.past import past_changes, replay
    from agentowners.policy.load import load_policy
    from agentowners.report.backtest.text import backtest_in_short

    with Objects.of(git) as objects:
        tip = find_branch(objects, ref)
        commit = objects.commit("HEAD") if tip is None else tip.commit
    line = mainline(git, commit, last=_MERGED) if commit is not None else ()
    if not line:
        return ""
    policy, sums = load_policy([Source(new.path, new.text.encode())]), Backtest()
    with working("Judging what was merged last"):
        changes = past_changes(git, inspect_clone(git, line[0].sha), line, ref, origin_repository(git), sums)
        replay(changes, Replay(policy), sums)
    return f"\n{backtest_in_short(sums)}  more of the past, by month, agent and rule: agentowners backtest\n"


def _example(proposal: Proposal, facts: Survey) -> str:
    """A file of the repository about which the policy says something, where there is one."""
    from agentowners.starter.findings import is_plain

    known = frozenset(facts.files)
    paths = (case.paths[0] for case in proposal.cases if case.expected.decision.restricts)
    return next((path for path in paths if path in known and is_plain(path)), LINES)
