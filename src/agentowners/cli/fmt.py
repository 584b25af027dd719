"""Print a policy in canonical form: columns that line up, one way to write each thing, every comment kept. It never changes what
a policy says."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from agentowners.cli.arguments import CommandParser
from agentowners.cli.inputs import read_input
from agentowners.cli.policies import from_disk
from agentowners.cli.shell import ExitCode, UsageError, emit, show
from agentowners.cli.work_tree import FileOnDisk, find_policies, find_work_tree
from agentowners.cli.writing import replace_file
from agentowners.diagnostics import Diagnostic, Severity, Source
from agentowners.git.run import Git
from agentowners.policy.conversion import ConversionRefused
from agentowners.policy.formatting import Syntax, canonical, parse, syntax_of
from agentowners.policy.model import Layer
from agentowners.report.shared.escape import for_terminal

_EPILOG: Final = """\
without FILE, the policies of the work tree; `-` reads standard input. A name that ends in .yml or .yaml is YAML, any other lines.
Several files need --check, --diff or --write. A file with an error is shown with its errors, and then nothing is written at all.

--to prints a policy in the other syntax, with its comments, and checks that it says the same. What has no form there (OIDC
claims in lines, say) is refused.

examples:
  agentowners fmt
  agentowners fmt --write
  agentowners fmt --check --diff
  agentowners fmt --to yaml .github/AGENTOWNERS > .agentowners.yml
  git show main:.agentowners.yml | agentowners fmt --from yaml --to line -

exit codes:
  0 done, 1 the tool failed or a conversion is refused, 2 usage, 5 policy invalid, 6 --check found another form
"""

_STDIN: Final = "-"


class _File(Struct, frozen=True):
    """A policy and its canonical form."""

    file: FileOnDisk
    text: bytes

    @property
    def differs(self) -> bool:
        """True if the file has another form; how its lines end is the checkout's affair."""
        return self.read != self.text

    @property
    def read(self) -> bytes:
        """The file's bytes, with lines that end as those of the canonical form."""
        return self.file.source.data.replace(b"\r\n", b"\n")

    @property
    def written(self) -> bytes:
        """The canonical form with lines that end as the file's first does."""
        crlf = self.file.source.data.partition(b"\n")[0].endswith(b"\r")
        return self.text.replace(b"\n", b"\r\n") if crlf else self.text


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("fmt", __doc__, _EPILOG)
    command.add_argument("files", metavar="FILE", nargs="*", default=[], help="policy to format; `-` is standard input")
    command.add_policy_files("the same as FILE; may be repeated")
    command.add_argument("--check", action="store_true", help="write nothing; name the files that have another form, exit with 6")
    command.add_argument("--diff", action="store_true", help="print what would change")
    command.add_argument("-w", "--write", action="store_true", help="write the files that have another form, and name them")
    syntaxes = [syntax.value for syntax in Syntax]
    command.add_argument("--to", choices=syntaxes, metavar="SYNTAX", help="print in this syntax: line or yaml")
    command.add_argument(
        "--from", dest="source_syntax", choices=syntaxes, metavar="SYNTAX", help="syntax of standard input (default: line)"
    )
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Format the policies that the arguments name and return the exit code."""
    options = parser().read(arguments)
    named = [*options.files, *options.policy_files]
    _check(options, named)
    files = _read_policies(named)
    if len(files) > 1 and not (options.check or options.diff or options.write):
        names = ", ".join(f"`{file.source.path}`" for file in files)
        raise UsageError(f"there are several policies: {names}", help="name one, or use `--check`, `--diff` or `--write`")
    parsed = [(file, *parse(file.source, _syntax(file, options))) for file in files]
    errors = [error for _, _, diagnostics in parsed for error in diagnostics]
    if errors:
        show(errors)
        return ExitCode.POLICY_INVALID
    try:
        formatted = [_formatted(file, layer, options) for file, layer, _ in parsed]
    except ConversionRefused as refused:
        if refused.span is None:
            raise
        show([Diagnostic("no-form", Severity.ERROR, refused.message, refused.span, refused.help)])
        return ExitCode.FAILED
    return _finish(formatted, options)


def _check(options: argparse.Namespace, named: Sequence[str]) -> None:
    if options.write and (options.check or options.diff):
        raise UsageError("`--write` cannot be used with `--check` or `--diff`", help="they write nothing")
    if options.to and (options.check or options.diff or options.write):
        raise UsageError("`--to` only prints", help="send it to a file: `agentowners fmt --to yaml > .agentowners.yml`")
    if options.write and _STDIN in named:
        raise UsageError("standard input cannot be written", help="leave `--write` out, and it is printed")
    if options.source_syntax and _STDIN not in named:
        raise UsageError("`--from` requires standard input", help="a file's name tells its syntax")


def _read_policies(named: Sequence[str]) -> list[FileOnDisk]:
    if not named:
        return list(find_policies(find_work_tree(Git())))
    return [
        FileOnDisk(Source(name, read_input(name, "policy")) if name == _STDIN else from_disk([name])[0], name)
        for name in dict.fromkeys(named)
    ]


def _syntax(file: FileOnDisk, options: argparse.Namespace) -> Syntax:
    if file.place == _STDIN and options.source_syntax:
        return Syntax(options.source_syntax)
    return syntax_of(file.source)


def _formatted(file: FileOnDisk, layer: Layer, options: argparse.Namespace) -> _File:
    wanted = Syntax(options.to) if options.to else _syntax(file, options)
    return _File(file, canonical(layer, wanted).encode())


def _finish(files: Sequence[_File], options: argparse.Namespace) -> ExitCode:
    different = [file for file in files if file.differs]
    if options.write:
        for item in different:
            replace_file(item.file.place, item.written)
            if not options.quiet:
                emit([f"wrote {for_terminal(item.file.source.path)}\n"])
        return ExitCode.ALLOWED
    pieces: Iterable[str] = (file.text.decode() for file in files)
    if options.diff:
        from agentowners.report.shared.difference import unified_diff

        diffs = (unified_diff(item.read.decode(), item.text.decode(), item.file.source.path) for item in different)
        pieces = (line for lines in diffs for line in lines)
    elif options.check:
        pieces = (f"{for_terminal(item.file.source.path)}\n" for item in different)
    if not options.quiet:
        emit(pieces)
    return ExitCode.NOT_PROVED if options.check and different else ExitCode.ALLOWED
