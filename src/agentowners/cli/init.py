"""Look at this repository and write a first policy for it, the workflows that enforce it, and test cases."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from msgspec import Struct

from agentowners.cli.arguments import CommandParser
from agentowners.cli.policies import misnamed_on_disk, nested, refuse_misnamed, unread_remarks
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError, say
from agentowners.cli.work_tree import WorkTree, find_clone
from agentowners.cli.writing import NewFile, missing, shown_files, write_files
from agentowners.diagnostics import AgentownersError
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
    proposal: Proposal
    policy: str
    """Path of the policy, there or to be."""
    is_new: bool
    facts: Survey


def parser() -> CommandParser:
    """The command's grammar."""
    made = CommandParser("init", __doc__, _EPILOG)
    made.add_argument("--dry-run", action="store_true", help="print what would be written, and write nothing")
    made.add_argument("--syntax", choices=["lines", "yaml"], default="lines", help="syntax of the policy (default: %(default)s)")
    made.add_argument(
        "--teams", action="store_true", help="ask for the approval of teams that own code, which takes a token that can read them"
    )
    made.add_argument("--evaluate", action="store_true", help="set the gate up to report only")
    made.add_argument(
        "--organisation",
        action="store_true",
        help="in the repository of an organisation's policy: write that, the workflow for all repositories, and its ruleset",
    )
    made.add_quiet()
    return made


def main(arguments: Sequence[str]) -> int:
    """Write what is missing, or show it, and return the exit code that says whether there was anything."""
    options = parser().read(arguments)
    tree = find_clone("run it inside a clone, or begin with `git init`")
    if options.organisation:
        from agentowners.cli.init_organisation import begin

        if options.teams or options.evaluate:
            raise UsageError("`--teams` and `--evaluate` cannot be used with `--organisation`", help="it begins by reporting")
        return begin(tree, options.syntax, dry_run=options.dry_run, quiet=options.quiet)
    with working("Looking at the repository", quiet=options.quiet):
        plan = _plan(tree, syntax=options.syntax, evaluate=options.evaluate, teams=options.teams)
    written = [] if options.dry_run else write_files(tree, plan.texts)
    if not options.quiet:
        say(shown_files(plan.texts, plan.left) if options.dry_run else _said(plan, written))
        if plan.is_new and written:
            say(_past(tree, plan))
    if not plan.texts:
        raise AgentownersError(
            "everything that could be written is there already",
            help="`agentowners lint`, `agentowners explain PATH` and `agentowners test` look at what there is",
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
    there = _policy_there(git, tree, f"refs/heads/{facts.default_branch}")
    gate = _gate_there(tree, facts.files)
    texts: list[NewFile] = []
    left: list[str] = []
    misnamed = misnamed_on_disk(tree.root)
    if there is None:
        refuse_misnamed(misnamed)
        texts.append(NewFile(place, yaml_text(proposal) if syntax == "yaml" else lines_text(proposal)))
    else:
        left.append(f"{for_terminal(there)}: a policy is there, so neither a policy nor test cases are written")
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
    return _Plan(new, (*left, *there_already), proposal, there or place, there is None, facts)


def _policy_there(git: Git, tree: WorkTree, branch: str) -> str | None:
    """Place of a policy that is there already: in the work tree, or on the default branch."""
    from agentowners.git.listing import files_at
    from agentowners.git.objects import Objects
    from agentowners.git.revisions import find_branch

    here = next((name for name in POLICY_NAMES if os.path.lexists(tree.path(name))), None)
    if here is not None:
        return here
    with Objects.of(git) as objects:
        tip = find_branch(objects, branch)
    there = set() if tip is None else set(files_at(git, tip)).intersection(POLICY_NAMES)
    named = next((name for name in POLICY_NAMES if name in there), None)
    return None if named is None else f"{named} on {branch.removeprefix('refs/heads/')}"


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
    lines = [f"written: {path}" for path in written]
    lines += [f"left alone: {line}" for line in plan.left]
    if not written:
        return "\n".join(lines) + "\n"
    lines += ["", "next:"]
    steps = []
    if plan.is_new:
        steps.append(f"read it, and ask it: agentowners explain {_example(plan)} --as @copilot")
        steps.append("run its test cases: agentowners test")
    steps.append("commit the files to the default branch; from then on pull requests are judged, and nothing is held up yet")
    steps.append("to hold up what is not approved, require the check `AGENTOWNERS`: agentowners doctor --apply")
    steps.append("\n       ".join(["that creates the labels too; without it:", *_labels()]))
    if plan.proposal.names_teams and plan.is_new:
        steps.append("the policy names teams, which the workflow's own token cannot read: see docs/recipes.md#teams there")
    steps.append("to ask the same policy before an agent's tool runs on your machine: agentowners hook install")
    steps.append("to tell agents how to ask a person for what they are denied: agentowners skill")
    return "\n".join([*lines, *(f"  {number}. {step}" for number, step in enumerate(steps, start=1))]) + "\n"


def _labels() -> list[str]:
    """Commands that create the labels which a first policy wants."""
    from agentowners.report.verdict.labels import foreseen, label_style

    return [f"gh label create {name} --color {label_style(name)[0]}" for name in foreseen(())]


def _past(tree: WorkTree, plan: _Plan) -> str:
    """Effect of the policy on what was merged last; empty where the clone does not tell."""
    if plan.facts.is_shallow:
        return ""
    from agentowners.backtest.replay import Replay
    from agentowners.backtest.sums import Backtest
    from agentowners.cli.past import past_changes, replay
    from agentowners.diagnostics import Source
    from agentowners.git.clone import HEADS, inspect_clone, origin_repository
    from agentowners.git.objects import Objects
    from agentowners.git.past import mainline
    from agentowners.git.revisions import find_branch
    from agentowners.policy.load import load_policy
    from agentowners.report.backtest.text import backtest_in_short

    git, ref = Git(tree.root), f"{HEADS}{plan.facts.default_branch}"
    with Objects.of(git) as objects:
        tip = find_branch(objects, ref)
        commit = objects.commit("HEAD") if tip is None else tip.commit
    line = mainline(git, commit, last=_MERGED) if commit is not None else ()
    if not line:
        return ""
    source = next(text for text in plan.texts if text.path == plan.policy)
    policy = load_policy([Source(source.path, source.text.encode())])
    found = Backtest()
    with working("Judging what was merged last"):
        changes = past_changes(git, inspect_clone(git, line[0].sha), line, ref, origin_repository(git), found)
        replay(changes, Replay(policy), found)
    return f"\n{backtest_in_short(found)}  more of the past, by month, agent and rule: agentowners backtest\n"


def _example(plan: _Plan) -> str:
    """A file of the repository about which the policy says something, where there is one."""
    from agentowners.starter.findings import is_plain

    known = frozenset(plan.facts.files)
    asked = (case.paths[0] for case in plan.proposal.cases if case.expected.decision.restricts)
    return next((path for path in asked if path in known and is_plain(path)), LINES)
