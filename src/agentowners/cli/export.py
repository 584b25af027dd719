"""Compile the policy down to what another surface can enforce by itself, and say line by line what it cannot. What an export lets
through, the policy allows."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, assert_never

from agentowners.cli.arguments import CommandParser
from agentowners.cli.formats import say_document
from agentowners.cli.inputs import read_input
from agentowners.cli.policies import STANDARD_REF, standard_branch
from agentowners.cli.shell import ExitCode, UsageError, emit
from agentowners.cli.what_if import declared, full_ref, refuse_slips
from agentowners.cli.work_tree import WorkTree, find_policies, find_work_tree
from agentowners.cli.writing import replace_file
from agentowners.diagnostics import AgentownersError
from agentowners.export.model import MARK, Exported, Target
from agentowners.export.standpoint import held
from agentowners.git.clone import home_repository
from agentowners.git.run import Git
from agentowners.policy.patterns import Approver, PatternError
from agentowners.report.shared.escape import for_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentowners.export.openshell import SandboxTree

_EPILOG: Final = """\
what is written:
  codeowners   a CODEOWNERS file, so that GitHub asks those who have to approve; --owner where the policy names nobody
  rulesets     a list of request bodies: paths that may not be pushed, and reviews required; --team tells the ids of teams
  claude-code  `permissions` of .claude/settings.json, for @claude
  copilot      `permissions` of an enterprise's managed-settings.json, for @copilot
  openshell    a sandbox policy of OpenShell: what may be written, what may be read; --workdir is where the repository lies in it

the document goes to standard output or to the file of -o: there other settings than those that an export writes are kept, and a
text that no export wrote is not overwritten. What the surface does not hold, and where it is stricter, is said on standard error

examples:
  agentowners export --to claude-code -o .claude/settings.json
  agentowners export --to claude-code -o .claude/settings.json --check
  agentowners export --to copilot --ref refs/heads/main --format json
  agentowners export --to codeowners --owner @acme/core -o .github/CODEOWNERS
  agentowners export --to rulesets --team acme/sre=42 -o rulesets.json

exit codes:
  0 exported, or with --check up to date; 1 the tool failed, 2 usage, 5 policy invalid, 6 --check found another document
"""
_AGENTS: Final = {Target.CLAUDE_CODE: "claude", Target.COPILOT: "copilot"}
"""Principals for whom an export is made where none is named; for another surface all agents."""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("export", __doc__, _EPILOG)
    command.add_argument("--to", dest="target", choices=[target.value for target in Target], metavar="TARGET", help="the surface")
    command.add_policy_files()
    command.add_argument(
        "--as", dest="principal", metavar="PRINCIPAL", help="whom it is for (default: whom the surface belongs to)"
    )
    command.add_argument("--ref", metavar="REF", help="branch that the work goes to (default: the default branch)")
    command.add_repeated("--owner", "owners", "NAME", "whom GitHub is to ask then")
    command.add_repeated("--team", "teams", "TEXT", "a team's id: acme/sre=42")
    command.add_argument(
        "--workdir", metavar="TEXT", default="/sandbox", help="the repository's folder there (default: %(default)s)"
    )
    command.add_argument(
        "--later", action="store_true", help="leave what needs an approval open in a sandbox: the gate asks for it"
    )
    command.add_argument("-o", "--output", metavar="FILE", help="write the document to this file")
    command.add_argument("--check", action="store_true", help="write nothing; exit with 6 if the file of -o is out of date")
    command.add_format()
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Export the policy, or hold a file against it, and return the exit code."""
    options = parser().read(arguments)
    if options.target is None:
        raise UsageError("`--to` is missing", help=f"name a surface: {', '.join(f'`{target}`' for target in Target)}")
    if options.check and options.output is None:
        raise UsageError("`--check` requires `-o`", help="name the file that was exported")
    exported = _exported(Target(options.target), options)
    before = None
    if options.output is not None and os.path.lexists(options.output):
        before = read_input(options.output, "exported file").decode("utf-8", "surrogateescape")
    text = _as_text(exported, before)
    if options.check:
        is_current = _is_current(before, text, exported)
        if not is_current and not options.quiet:
            emit([f"{for_terminal(options.output)} is out of date\n"])
        return ExitCode.ALLOWED if is_current else ExitCode.NOT_PROVED
    if options.output is not None:
        if before and isinstance(exported.document, str) and MARK not in before:
            raise AgentownersError(
                f"`{options.output}` was not written by an export", help="nothing is overwritten: remove it, or name another"
            )
        replace_file(options.output, text.encode())
    if options.quiet:
        return ExitCode.ALLOWED
    from agentowners.report.export import export_json, export_remarks

    if options.format == "json":
        emit([export_json(exported)])
    else:
        say_document(text, options.output, partial(export_remarks, exported))
    return ExitCode.ALLOWED


def _exported(target: Target, options: Namespace) -> Exported:
    from agentowners.policy.load import load_policy

    tree = find_work_tree(Git())
    policy = load_policy([file.source for file in find_policies(tree, options.policy_files)])
    git = Git(tree.root)
    ref = full_ref(options.ref) or (standard_branch(git) if tree.is_repository else STANDARD_REF)
    if options.principal is not None:
        refuse_slips([declared(options.principal)], policy)
    principal = (options.principal or f"@{_AGENTS.get(target, 'agents')}").removeprefix("@")
    repository = home_repository(git) if tree.is_repository else None
    view = held(policy, principal, ref, repository)
    match target:
        case Target.CODEOWNERS:
            from agentowners.export.codeowners_file import codeowners

            return codeowners(view, _owners(options.owners))
        case Target.RULESETS:
            from agentowners.export.rulesets import rulesets

            return rulesets(view, ref, _teams(options.teams))
        case Target.CLAUDE_CODE:
            from agentowners.export.clients import claude_code

            return claude_code(view)
        case Target.COPILOT:
            from agentowners.export.clients import copilot

            return copilot(view)
        case Target.OPENSHELL:
            from agentowners.export.openshell import file_decisions, openshell

            decide = file_decisions(policy, principal, ref, repository)
            return openshell(view, _sandbox_tree(tree, options.workdir), decide, later=options.later)
        case unreachable:
            assert_never(unreachable)


def _sandbox_tree(tree: WorkTree, root: str) -> SandboxTree:
    from agentowners.change.model import Kind
    from agentowners.export.openshell import SandboxTree
    from agentowners.git.listing import tracked_kinds

    kinds = tracked_kinds(Git(tree.root)) if tree.is_repository else {}
    return SandboxTree(tuple(sorted(path for path, kind in kinds.items() if kind is Kind.FILE)), root)


def _owners(named: Sequence[str]) -> tuple[Approver, ...]:
    try:
        return tuple(dict.fromkeys(map(Approver.parse, named)))
    except PatternError as error:
        raise UsageError(f"`--owner`: {error.message}", help=error.help) from None


def _teams(named: Sequence[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for text in named:
        name, _, number = text.partition("=")
        if "/" not in name or not number.isdecimal() or not number.isascii() or len(number) > 18:
            raise UsageError(f"`--team {text}` tells no team's id", help="write it as `--team acme/sre=42`")
        ids[name.removeprefix("@").lower()] = int(number)
    return ids


def _as_text(exported: Exported, before: str | None) -> str:
    """The document as text; in JSON with the settings that stand in the file beside those that are exported."""
    document: Any = exported.document
    if isinstance(document, str):
        return document
    if isinstance(document, dict) and before is not None:
        document = _merged(_settings(before), document)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _settings(before: str) -> dict[str, Any]:
    try:
        settings = json.loads(before) if before.strip() else {}
    except ValueError:
        raise AgentownersError("the file of `-o` is no JSON", help="nothing is overwritten: mend or remove it") from None
    if not isinstance(settings, dict):
        raise AgentownersError("the file of `-o` holds no settings", help="nothing is overwritten: mend or remove it")
    return settings


def _merged(settings: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    merged = dict(settings)
    for key, value in document.items():
        known = merged.get(key)
        merged[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _is_current(before: str | None, text: str, exported: Exported) -> bool:
    """True if a file says what would be written; of JSON whatever its layout."""
    if before is None or before == text or isinstance(exported.document, str):
        return before == text
    try:
        return bool(json.loads(before) == json.loads(text))
    except ValueError:
        return False
