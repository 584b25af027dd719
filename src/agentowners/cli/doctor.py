"""Report what the settings of a repository on GitHub guarantee, and how to make them stronger."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from agentowners.cli.access import STANDARD_API, help_for, repository_of, token_and_url
from agentowners.cli.arguments import CommandParser
from agentowners.cli.formats import render
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError, complain
from agentowners.diagnostics import AgentownersError

if TYPE_CHECKING:
    from argparse import Namespace

    from agentowners.checkup.facts import RepositoryFacts
    from agentowners.checkup.findings import Checkup
    from agentowners.cli.doctor_audit import SetupLog
    from agentowners.github.examination import Examination
    from agentowners.github.model import Patience
    from agentowners.github.protection import ProtectionChange

_EPILOG: Final = """\
what is looked at:
  the default branch, the branches that the policy names, and those that are protected; --branch names others in their place

what it asks with:
  GITHUB_TOKEN or GH_TOKEN, at GITHUB_API_URL; nothing is changed without --apply
  administration: read, actions: read, contents: read and metadata: read tell most; what may not be read is "cannot be told";
  --apply needs administration: write, and issues: write for the labels

the audit trail:
  the bucket that the gate's workflow names, or --audit, is asked six questions, with two objects of its own, which stay as long
  as the bucket locks them; --apply writes down there what it is about to do, and changes nothing where it cannot

examples:
  agentowners doctor
  agentowners doctor --repository acme/shop --format markdown
  agentowners doctor --apply

exit codes:
  0 nothing can be better, 1 the tool failed, 2 usage, 6 something can be stronger, or could not be told
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("doctor", __doc__, _EPILOG)
    command.add_argument(
        "--repository", metavar="OWNER/NAME", help="repository to look at (default: GITHUB_REPOSITORY, else that of `origin`)"
    )
    command.add_repeated("--branch", "branches", "B", "branch to look at; may be repeated")
    command.add_format("doctor")
    command.add_argument("--apply", action="store_true", help="require the check by a ruleset, and create the labels; asks first")
    command.add_argument(
        "--app", metavar="ID", type=int, help="with --apply: the App that reports the check, where it is not GitHub Actions"
    )
    help = "the audit trail's bucket, s3://bucket/prefix, or none (default: the one of the workflow)"
    command.add_argument("--audit", metavar="WHERE", help=help)
    command.add_argument("--audit-endpoint", metavar="URL", help="server of that bucket, where it is not Amazon's")
    command.add_argument("--yes", action="store_true", help="with --apply: apply without asking")
    command.add_quiet()
    return command


def main(arguments: Sequence[str], patience: Patience | None = None) -> int:
    """Look, say, and on request set up; return the exit code that says whether anything can be better."""
    options = parser().read(arguments)
    if options.audit_endpoint is not None and options.audit is None:
        raise UsageError("`--audit-endpoint` requires `--audit`")
    if (options.yes or options.app is not None) and not options.apply:
        raise UsageError("`--yes` and `--app` require `--apply`")
    token, url = token_and_url()
    repository = repository_of(options.repository, url)

    from agentowners.github.client import Api
    from agentowners.github.errors import PlatformError
    from agentowners.github.examination import Examination
    from agentowners.github.model import Patience

    try:
        with closing(Api(token, url or STANDARD_API, repository, patience or Patience())) as api:
            checkup = _run(Examination(api), options, url or STANDARD_API)
    except PlatformError as error:
        raise AgentownersError(error.message, help=help_for(error, url)) from None
    return ExitCode.ALLOWED if checkup.next is None else ExitCode.NOT_PROVED


def _run(examination: Examination, options: Namespace, url: str) -> Checkup:
    from agentowners.checkup.examine import examine
    from agentowners.cli.commands import COMMANDS
    from agentowners.cli.doctor_audit import SetupLog, trail_of, with_store
    from agentowners.cli.doctor_machine import same_user
    from agentowners.dispatch.matrix import matrix

    branches = [name.removeprefix("refs/heads/") for name in options.branches]
    with working("Asking GitHub about the repository", quiet=options.quiet):
        facts = examination.facts(branches)
    trail = trail_of(facts, options.audit, options.audit_endpoint)
    with working("Asking the audit trail's bucket", quiet=options.quiet):
        facts = replace(with_store(facts, trail), same_user=same_user(facts.repository))
    checkup = examine(facts)
    if options.apply:
        steps = _plan(examination, facts, options.app)
        if not steps:
            _tell("The check is required already; nothing was changed.\n", quiet=options.quiet)
        elif _agreed(steps, facts.repository, ask=not options.yes, quiet=options.quiet):
            log = None if trail is None or isinstance(trail, str) else SetupLog(trail, facts, url)
            _apply(steps, examination, log, quiet=options.quiet)
            with working("Asking GitHub again", quiet=options.quiet):
                again = examination.facts(branches)
            local_facts = {name: getattr(facts, name) for name in ("audit_store", "audit_unasked", "same_user")}
            checkup = examine(replace(again, **local_facts))
        else:
            _tell("Nothing was changed.\n", quiet=options.quiet)
    if not options.quiet:
        # the findings, and how much of a policy holds at each place that may enforce it
        render("doctor", options.format, checkup, rows=matrix(COMMANDS))
    return checkup


def _apply(steps: Sequence[ProtectionChange], examination: Examination, log: SetupLog | None, *, quiet: bool) -> None:
    """Make the changes, each written to the audit trail before, where there is one.

    Raises:
        AgentownersError: it has to be written and cannot be, so nothing is changed; or GitHub refuses a change.
    """
    receipt = None if log is None else log.announce(steps)
    if receipt is not None:
        _tell(f"Written down in `{receipt.log}`: {receipt}\n", quiet=quiet)
    try:
        _carry_out(steps, examination)
    except AgentownersError as error:
        if log is not None and receipt is not None:
            log.add_failure(steps, error.message)
        raise


def _carry_out(steps: Sequence[ProtectionChange], examination: Examination) -> None:
    """Make the changes, one after the other. A label that cannot be created is said, and holds up nothing.

    Raises:
        PlatformError: one that protects branches was refused; those before it stay, and that is said.
    """
    from agentowners.github.errors import PlatformError

    protecting = [step for step in steps if not step.is_label]
    count = 0
    try:
        for step in protecting:
            examination.protection.make(step)
            count += 1
    finally:
        if 0 < count < len(protecting):
            complain(f"{count} of {len(protecting)} changes were made.\n")
    for step in (step for step in steps if step.is_label):
        try:
            examination.protection.make(step)
        except PlatformError as error:
            complain(f"Could not {step.words}: {error.message}\n")


def _tell(text: str, *, quiet: bool) -> None:
    if not quiet:
        complain(text)


def _plan(examination: Examination, facts: RepositoryFacts, app: int | None) -> tuple[ProtectionChange, ...]:
    """Changes that require the check, and commands that create the labels of the gate: its token may not."""
    from agentowners.checkup.gate import gates, requirements, source_app
    from agentowners.engine.facts import Known
    from agentowners.report.verdict.labels import DEFAULT_PREFIX, foreseen

    if facts.unprotectable:
        raise AgentownersError(
            "GitHub protects no branches of private repositories on this plan",
            help="make the repository public, or choose a plan that protects branches",
        )
    if not isinstance(facts.workflows, Known):
        raise AgentownersError("the workflows could not be read", help="use a token with `contents: read`")
    all_gates = gates(facts.workflows.value)
    required = requirements(facts, all_gates, source_app(all_gates, app))
    policy = facts.policy.value if isinstance(facts.policy, Known) else None
    counts = [rule.outcome.count for layer in policy.layers for rule in layer.rules] if policy is not None else []
    prefixes = dict.fromkeys(prefix for gate in all_gates if (prefix := gate.input("label-prefix", DEFAULT_PREFIX)))
    labels = examination.labels([name for prefix in prefixes for name in foreseen(counts, prefix)])
    return (*examination.protection.changes(required, facts.default_branch), *labels)


def _agreed(steps: Sequence[ProtectionChange], repository: str, *, ask: bool, quiet: bool) -> bool:
    """Show what will be done, on standard error, and ask."""
    from agentowners.report.shared.escape import for_terminal
    from agentowners.report.shared.json_text import encode

    if not quiet or ask:
        for step in steps:
            body = encode(step.body, indent=2).splitlines()
            lines = [f"Will {step.words}", f"  {step.verb} /repos/{repository}{step.path}", *(f"  {line}" for line in body), ""]
            complain("".join(f"{for_terminal(line)}\n" for line in lines))
    if not ask:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("nothing was changed: no terminal to ask on", help="`--yes` applies without asking")
    complain("Apply? [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
