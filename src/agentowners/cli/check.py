"""Judge a change by the policy on the revision it goes to. No server is asked, so approvals are not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from agentowners.cli.arguments import CommandParser
from agentowners.cli.formats import render
from agentowners.cli.offline import Subject
from agentowners.cli.progress import working
from agentowners.cli.request import Request, add_change_options
from agentowners.cli.shell import ExitCode, TokenRefusedError, UsageError, exit_code_of, report_error
from agentowners.diagnostics import AgentownersError, PolicyError
from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.policy.model import Decision
from agentowners.report.verdict.groups import offending

_EPILOG: Final = """\
what is judged:
  --base REV      everything that --head has and REV has not, from their common ancestors on, and what merging it writes beside,
                  by the evidence in its commits
  --changes FILE  a list of paths: one a line, or with -z each ended by a NUL, or a JSON list of
                  {"path", "previous_path"?, "status"?} with GitHub's words: added, modified, removed, renamed, ...
  --event FILE    the payload of a recorded pull_request or push event, with the commits taken from this clone

the policy is read from --base (for --changes: from --ref where the clone has it, else from the default branch, else from HEAD),
never from the work tree; a base without a policy is judged by the default branch's

examples:
  agentowners check --base main
  agentowners check --base origin/main --head feature --format json
  git diff --name-only -z main | agentowners check --changes - -z --as @copilot
  agentowners check --changes list.json --policy-file .github/AGENTOWNERS --ref refs/heads/release
  agentowners check --base origin/main --token-file /run/operative.jwt
  agentowners check --base origin/HEAD --fail-on block --quiet   (before a push: approvals are given later)

exit codes:
  0 allowed, 1 the tool failed, 2 usage, 3 blocked, 4 approval required, 5 policy invalid, 6 the token is refused,
  7 conflicts with the branch it goes to, and would pass else
"""
_WITH_LINES: Final = ("sarif", "github")
"""Formats that show the first changed line of a file."""


def parser() -> CommandParser:
    """The command's grammar."""
    help = "begin with `agentowners check --base main`, or see `agentowners check --help`"
    command = CommandParser("check", __doc__, _EPILOG, UsageError("no change was named", help=help))
    add_change_options(command, "judge", required=True)
    command.add_policy_files("policy to judge by, read from disk; may be repeated")
    command.add_principals(
        "who changes it, taken as proved; may be repeated",
        "a JSON Web Token that proves who changes it; `-` reads it from standard input",
    )
    command.add_format("verdict")
    command.add_argument(
        "--fail-on",
        choices=[Decision.REQUIRE_APPROVAL.value, Decision.BLOCK.value],
        default=Decision.REQUIRE_APPROVAL.value,
        metavar="D",
        help="mildest decision that fails: %(choices)s (default: %(default)s)",
    )
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Judge the change that the arguments name, print the verdict, and return the exit code that says what it is."""
    options = parser().read(arguments)
    if [options.token_file, options.changes, options.event].count("-") > 1:
        raise UsageError("standard input cannot be both the token and what is judged")
    request = Request.of(options)
    form = options.format
    try:
        with working("Reading the change", quiet=options.quiet):
            subject = collect(request)
    except AgentownersError as error:
        return _failed(error, form, request.ref)
    try:
        with working("Judging the change", quiet=options.quiet):
            outcome: Outcome = subject.judge(options.token_file)
    except PolicyError as error:
        outcome = _invalid(error, subject)
    except AgentownersError as error:
        return _failed(error, form, subject.change.ref)
    if not options.quiet:
        render("verdict", form, _with_lines(outcome, form, subject.first_lines))
    return exit_code(outcome, approvals_later=options.fail_on == Decision.BLOCK.value)


def collect(request: Request) -> Subject:
    """Read the change, from disk and from the local repository, and the policy files that apply to it."""
    if request.base is not None:
        from agentowners.cli.ranges import of_range

        return of_range(request, request.base)
    if request.changes is not None:
        from agentowners.cli.lists import of_list

        return of_list(request, request.changes)
    if request.event is not None:
        from agentowners.cli.recorded import of_event

        return of_event(request, request.event)
    raise UsageError("no change was named", help="give one of `--base`, `--changes` and `--event`")


def exit_code(outcome: Outcome, *, approvals_later: bool = False) -> ExitCode:
    """The exit code of an outcome. Approvals cannot be given here, so one that is asked for is one that is missing, unless
    they are to be given later. A conflict is told where nothing else stands in the way."""
    if isinstance(outcome, NoVerdict):
        return ExitCode.POLICY_INVALID if outcome.diagnostics else ExitCode.FAILED
    code = ExitCode.ALLOWED if outcome.observed_only else exit_code_of(outcome.decision)
    if code is ExitCode.APPROVAL_REQUIRED and approvals_later:
        code = ExitCode.ALLOWED
    return ExitCode.CONFLICT if code is ExitCode.ALLOWED and outcome.conflict else code


def _with_lines(outcome: Outcome, form: str, first_lines: Callable[[], dict[str, int]]) -> Outcome:
    """The outcome with the first changed line of each file, found out only where the format shows it and a file offends."""
    if form not in _WITH_LINES or isinstance(outcome, NoVerdict) or not any(True for _ in offending(outcome)):
        return outcome
    lines = first_lines()
    return replace(outcome, files=[file._replace(first_line=lines.get(file.path, file.first_line)) for file in outcome.files])


def _invalid(error: PolicyError, subject: Subject) -> NoVerdict:
    change = subject.change
    return NoVerdict(
        "Policy does not parse",
        error.message,
        diagnostics=error.diagnostics,
        head=change.head,
        repository=change.repository,
        pull_request=change.pull_request,
        ref=change.ref,
    )


def _failed(error: AgentownersError, form: str, ref: str | None) -> ExitCode:
    """Machine-readable formats still get a document that explains the failure; the text format prints only the error."""
    if isinstance(error, UsageError):
        raise error
    if form != "text":
        render("verdict", form, NoVerdict("Could not be judged", error.message, error.help, ref=ref))
    report_error(error)
    return error.code if isinstance(error, TokenRefusedError) else ExitCode.FAILED
