"""Say why a path is decided as it is: every rule, whether it matches and why, and what would change the decision."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Change, FileChange, Strength
from agentowners.cli.arguments import CommandParser
from agentowners.cli.policies import STANDARD_REF, on_revision, standard_branch
from agentowners.cli.shell import ExitCode, UsageError, complain, emit, exit_code_of, say, wants_color
from agentowners.cli.what_if import STATUS_OF, UNNAMED_AGENT, add_action, declared, full_ref, refuse_slips
from agentowners.cli.work_tree import WorkTree, find_policies, find_work_tree, kind_at, repository_path
from agentowners.diagnostics import PolicyError, Source
from agentowners.git.clone import inspect_clone, origin_repository
from agentowners.git.objects import Objects
from agentowners.git.revisions import find_branch, resolve
from agentowners.git.run import Git, NoRepositoryError
from agentowners.policy.model import Action

if TYPE_CHECKING:
    from agentowners.explain.model import Explanation

_EPILOG: Final = """\
PATH is written from the repository's root, as `git diff --name-only` prints it; it need not exist. `./x` and `../x` are read
from the current directory. Where a path may mean either, it is refused and both ways to write it are named.

the policy is read from the work tree, as it stands on disk; `--base` reads it as `check --base` does. Nobody is asked: whether
somebody is in a team is not known, so a rule on a team matches where it restricts, and not where it allows.

examples:
  agentowners explain src/cart.py
  agentowners explain security/keys.py --as @copilot --ref refs/heads/production
  agentowners explain package.json --as @octocat --as @claude --asserted --action file_delete
  agentowners explain .github/workflows/ci.yml --base origin/main --format json

exit codes:
  0 allowed, 1 the tool failed, 2 usage, 3 blocked, 4 approval required, 5 policy invalid, 6 the token is refused;
  of several decisions, the strictest
"""


class _Policy(Struct, frozen=True):
    """The policy files, and where they were read from."""

    sources: tuple[Source, ...]
    named: tuple[str, ...]
    origin: str
    """As a clause: ``in the work tree``."""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("explain", __doc__, _EPILOG)
    command.add_argument("paths", metavar="PATH", nargs="+", help="path of a file, from the repository's root")
    command.add_principals(
        "who acts (default: an agent without a name); may be repeated",
        "a JSON Web Token that proves who acts; `-` reads it from standard input",
    )
    command.add_argument("--asserted", action="store_true", help="who acts is not proved, only said, as by a commit's trailer")
    command.add_argument(
        "--ref", metavar="REF", help="branch, or full name of a ref, that it goes to (default: the default branch)"
    )
    add_action(command, "what is done to the path (default: %(default)s)", Action.FILE_MODIFY)
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--policy-file", dest="policy_files", metavar="F", action="append", default=[], help="policy to use; may be repeated"
    )
    where.add_argument("--base", metavar="REV", help="read the policy from this revision, not from the work tree")
    forms = command.add_mutually_exclusive_group()
    forms.add_argument("--matching", action="store_true", help="leave out the rules that do not match (default of a long policy)")
    forms.add_argument("--all", action="store_true", help="show every rule, of a long policy too")
    command.add_format()
    command.add_argument("--json", action="store_const", const="json", dest="format", help="the same as `--format json`")
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Explain the paths, and return the exit code that says the strictest decision."""
    options = parser().read(arguments)
    if options.asserted and options.token_file is not None:
        raise UsageError("`--asserted` cannot be used with `--token-file`")
    from agentowners.cli.offline import answer
    from agentowners.explain.explain import explain
    from agentowners.policy.load import load_policy

    git = Git()
    tree = find_work_tree(git)
    paths = tuple(dict.fromkeys(repository_path(tree, path) for path in options.paths))
    evidence = tuple(declared(name) for name in options.principals or ()) or (UNNAMED_AGENT,)
    if options.asserted:
        evidence = tuple(replace(each, strength=Strength.ASSERTED) for each in evidence)
    named, repository = full_ref(options.ref), None
    ref = named or STANDARD_REF
    with suppress(NoRepositoryError):
        ref, repository = named or standard_branch(git), origin_repository(git)
    read = _policy(git, tree, options)
    status = STATUS_OF[Action(options.action)]
    change = Change(ref=ref, files=(), evidence=evidence, repository=repository)
    try:
        policy = load_policy(read.sources, named=read.named)
    except PolicyError as error:
        _say_invalid(error, read, ref, options)
        return ExitCode.POLICY_INVALID
    if options.principals:
        refuse_slips(evidence, policy)
    if options.token_file is not None:
        from agentowners.cli.tokens import present

        bearer = present(options.token_file, policy)
        policy, change = bearer.policy, replace(change, evidence=(bearer.evidence,))
    kinds = [(path, kind_at(tree, path)) for path in paths]
    files = [FileChange(path, status, before=kind, after=kind) for path, kind in kinds]
    explained = [explain(policy, replace(change, files=(file,)), answer) for file in files]
    if not options.quiet:
        _say(explained, read, options)
    return max(map(_exit_code, explained), key=_MILDEST_FIRST.index)


_MILDEST_FIRST: Final = (ExitCode.ALLOWED, ExitCode.APPROVAL_REQUIRED, ExitCode.BLOCKED)


def _policy(git: Git, tree: WorkTree, options: argparse.Namespace) -> _Policy:
    if options.base is not None:
        with Objects.of(git) as objects:
            base = resolve(objects, options.base)
            base = replace(base, branch=inspect_clone(git, options.base).branch)
            sources = on_revision(objects, base, find_branch(objects, standard_branch(git)))
        return _Policy(sources, (), f"on `{options.base}`")
    sources = tuple(file.source for file in find_policies(tree, options.policy_files, required=False))
    if not sources and not tree.is_repository and not options.quiet:
        complain("note: this is no git repository, and has no policy: only what is built in answers; run it inside a clone\n")
    where = "in the work tree" if tree.is_repository else "in this directory"
    return _Policy(sources, tree.names(options.policy_files), "as named" if options.policy_files else where)


def _say(explained: Sequence[Explanation], files: _Policy, options: argparse.Namespace) -> None:
    if options.format == "json":
        from agentowners.report.explain.json import chunks

        emit(chunks(explained, files.origin, matching=options.matching))
        return
    from agentowners.report.explain.text import text

    matching = options.matching or (False if options.all else None)
    say(text(explained, files.origin, color=wants_color(sys.stdout), matching=matching))


def _say_invalid(error: PolicyError, files: _Policy, ref: str, options: argparse.Namespace) -> None:
    if options.format == "json" and not options.quiet:
        from agentowners.report.explain.json import invalid

        emit([invalid(error.diagnostics, ref, files.origin)])
        return
    from agentowners.report.shared.diagnostic_text import count_by_severity, diagnostics_text
    from agentowners.report.shared.style import Style

    text = diagnostics_text(error.diagnostics, Style(color=wants_color(sys.stderr)))
    complain(f"agentowners: the policy is invalid: {count_by_severity(error.diagnostics)}\n\n{text}\n")


def _exit_code(explanation: Explanation) -> ExitCode:
    """As ``check`` ends for a change of just this path."""
    return ExitCode.ALLOWED if explanation.verdict.observed_only else exit_code_of(explanation.decision)
