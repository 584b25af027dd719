"""Convert another tool's policy, and say line by line what does not carry over. Where in doubt the policy is stricter than the
original."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, assert_never

from agentowners.cli.arguments import CommandParser
from agentowners.cli.formats import say_document
from agentowners.cli.inputs import read_input
from agentowners.cli.shell import ExitCode, UsageError, emit
from agentowners.cli.writing import create_file
from agentowners.convert.model import Conversion, Origin
from agentowners.diagnostics import AgentownersError, Source
from agentowners.git.clone import top_level
from agentowners.git.run import Git
from agentowners.policy.formatting import Syntax
from agentowners.policy.patterns import PatternError, PrincipalPattern
from agentowners.report.shared.escape import quoted

_EPILOG: Final = """\
what is read:
  codeowners           a CODEOWNERS file, as GitHub reads it
  prow                 OWNERS and OWNERS_ALIASES of a whole repository: FILE is its root, or the OWNERS file there
  policy-bot           .policy.yml
  agentowners-yaml-1   AGENTOWNERS.yml, version 1, with `when` and `effect`

without --from the file's name and content tell; where they do not, that is an error. The policy goes to standard output or to the
new file of -o, as YAML if its name says so; what does not carry over stands there as comments, and on standard error

examples:
  agentowners convert .github/CODEOWNERS
  agentowners convert . --from prow -o .github/AGENTOWNERS
  agentowners convert .policy.yml --for @agents --format json

exit codes:
  0 converted, 1 the tool failed, 2 usage, 5 the original cannot be read as what it is
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("convert", __doc__, _EPILOG)
    command.add_argument("file", metavar="FILE", help="the original; `-` is standard input")
    origins = [origin.value for origin in Origin]
    command.add_argument("--from", dest="origin", choices=origins, metavar="KIND", help="kind of the original")
    command.add_argument("-o", "--output", metavar="FILE", help="write the policy to this file, which must not be there")
    command.add_repeated(
        "--for", "audience", "WHO", "whom rules about everybody are to be about; may be repeated (default: @anyone)"
    )
    command.add_format()
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Convert a file and return the exit code."""
    options = parser().read(arguments)
    conversion = _converted(options, _audience(options.audience))
    from agentowners.convert.policy_text import policy_text

    is_yaml = options.output is not None and options.output.endswith((".yml", ".yaml"))
    text = policy_text(conversion, Syntax.YAML if is_yaml else Syntax.LINE)
    if options.output is not None:
        create_file(options.output, text.encode())
    if options.quiet:
        return ExitCode.ALLOWED
    from agentowners.report.convert import conversion_json, remarks_text

    if options.format == "json":
        emit([conversion_json(conversion, text)])
    else:
        say_document(text, options.output, partial(remarks_text, conversion))
    return ExitCode.ALLOWED


def _audience(named: Sequence[str]) -> tuple[PrincipalPattern, ...]:
    try:
        return tuple(dict.fromkeys(map(PrincipalPattern.parse, named or ["@anyone"])))
    except PatternError as error:
        raise UsageError(error.message, help="name one as a rule does: `--for @agents`") from None


def _converted(options: Namespace, audience: tuple[PrincipalPattern, ...]) -> Conversion:
    name: str = options.file
    if os.path.isdir(name):
        if options.origin != Origin.PROW:
            raise UsageError(f"`{name}` is a directory", help="name the file, or use `--from prow` for a tree of OWNERS files")
        return _prow(name, audience)
    source = Source(name, read_input(name, "original"))
    origin = Origin(options.origin) if options.origin else _told(source)
    match origin:
        case Origin.CODEOWNERS:
            from agentowners.convert.from_codeowners import from_codeowners

            return from_codeowners(source, audience)
        case Origin.PROW:
            return _prow(os.path.dirname(name) or os.curdir, audience)
        case Origin.POLICY_BOT:
            from agentowners.convert.from_policy_bot import from_policy_bot

            return from_policy_bot(source, audience)
        case Origin.AGENTOWNERS_YAML_1:
            from agentowners.convert.from_agentowners_yaml import from_agentowners_yaml

            return from_agentowners_yaml(source, audience)
        case unreachable:
            assert_never(unreachable)


def _told(source: Source) -> Origin:
    from agentowners.convert.detect import UnclearOrigin, origin_of

    try:
        return origin_of(os.path.basename(source.path), source.data)
    except UnclearOrigin as doubt:
        kinds = ", ".join(f"`{origin}`" for origin in Origin)
        raise UsageError(f"{quoted(source.path)}: {doubt}", help=f"say whose it is: `--from` {kinds}") from None


def _prow(root: str, audience: tuple[PrincipalPattern, ...]) -> Conversion:
    from agentowners.convert.from_prow import ALIASES, MAX_FILES, OWNERS, from_prow

    top = top_level(Git(root))
    if top is not None and os.path.realpath(top) != os.path.realpath(root):
        raise UsageError(f"`{root}` is not the repository's root", help="approvers are named above it too: name the root")
    sources: list[Source] = []
    for path in _files_named(frozenset({OWNERS, ALIASES}), root):
        if len(sources) == MAX_FILES:
            raise AgentownersError(f"there are more than {MAX_FILES:,} OWNERS files")
        sources.append(Source(path, read_input(os.path.join(root, *path.split("/")), "file")))
    return from_prow(sources, audience)


def _files_named(names: frozenset[str], root: str) -> Iterator[str]:
    """Files of a tree by their paths from its root; Prow follows no links, and git's own directory is none of it."""
    for folder, directories, files in os.walk(root):
        directories[:] = sorted(name for name in directories if name != ".git")
        for name in sorted(names.intersection(files)):
            place = os.path.join(folder, name)
            if os.path.isfile(place) and not os.path.islink(place):
                yield os.path.relpath(place, root).replace(os.sep, "/")
