"""Prove or refute what is promised about a policy, for every path there could be."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from agentowners import __version__
from agentowners.cli.arguments import CommandParser
from agentowners.cli.diff import read_files
from agentowners.cli.policies import home_owner, load_pair
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError, emit, say, wants_color
from agentowners.cli.work_tree import find_policies, find_work_tree
from agentowners.diagnostics import Source
from agentowners.git.run import Git
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.load import load_policy
from agentowners.policy.model import Layer, Policy
from agentowners.proof.compare import Terms
from agentowners.proof.promises import (
    Compatibility,
    ModeResult,
    ProofResult,
    ProofStatus,
    asserts_of,
    prove_assert,
    prove_ceiling,
    prove_mode,
)

_EPILOG: Final = """\
what is proved:
  the policy's own `assert` lines, and those of --assert; that it is nowhere milder than --ceiling; that --mode holds

a promise passes, fails with a counterexample that was put to the engine, or is not known, with the reason

examples:
  agentowners prove
  agentowners prove --assert '/security/ @agents block'
  agentowners prove --ceiling organisation/AGENTOWNERS --mode 'read-only @ci-bot'

exit codes:
  0 everything holds, 1 the tool failed, 2 usage, 5 a policy does not parse, 6 something is refuted, or not known
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("prove", __doc__, _EPILOG)
    command.add_policy_files("policy to look at, read from disk; may be repeated (default: those of the work tree)")
    command.add_repeated("--assert", "asserts", "LINE", "a further promise; may be repeated")
    command.add_repeated("--ceiling", "ceilings", "F", "policy that must not be undercut; may be repeated")
    command.add_repeated("--mode", "modes", "LINE", "a mode that must hold, `read-only @ci-bot`")
    command.add_format()
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Prove what the arguments and the policy promise, say what came of it, and return the exit code that says how it ended."""
    options = parser().read(arguments)
    layers = (
        [_one_line_layer(text, "assert") for text in options.asserts],
        [_one_line_layer(text, "mode") for text in options.modes],
    )
    git = Git()
    tree = find_work_tree(git)
    above = [(name, read_files([name])) for name in options.ceilings]
    named = read_files(options.policy_files)
    sources = named or tuple(file.source for file in find_policies(tree, ()))
    policy = load_policy(sources)
    ceilings = [(name, *load_pair(ceiling, sources)) for name, ceiling in above]
    terms = Terms(owner=home_owner(git) if tree.is_repository else None)
    with working("Proving", quiet=options.quiet):
        promises = [prove_assert(promise, policy, terms) for promise in asserts_of(policy)]
        promises += [prove_assert(promise, policy, terms) for layer in layers[0] for promise in layer.asserts]
        # beside the policy's layers, so that its names mean what they mean there
        beside = [(layer, Policy((replace(layer, agents=()), *policy.layers))) for layer in layers[1]]
        modes = [prove_mode(line, together, policy, terms) for layer, together in beside for line in layer.modes]
        for name, ceiling, under in ceilings:
            promises.append(prove_ceiling(ceiling, under, name, terms))
            modes += [prove_mode(line, ceiling, under, terms) for layer in ceiling.layers for line in layer.modes]
    if not options.quiet:
        _render(options, promises, modes, sources)
    return exit_code(promises, modes)


def exit_code(promises: Sequence[ProofResult], modes: Sequence[ModeResult]) -> ExitCode:
    """Code by which a script learns of what was proved."""
    held = all(promise.status is ProofStatus.PASSED for promise in promises)
    return ExitCode.ALLOWED if held and all(mode.status is Compatibility.COMPATIBLE for mode in modes) else ExitCode.NOT_PROVED


def _one_line_layer(text: str, word: str) -> Layer:
    """A layer of one line that is given with or without its first word."""
    whole = text if text.split(maxsplit=1)[:1] == [word] else f"{word} {text}"
    layer, diagnostics = parse_lines(Source(f"--{word}", whole.encode("utf-8", "surrogateescape")))
    if diagnostics or not (layer.asserts or layer.modes) or "\n" in text:
        if diagnostics:
            raise UsageError(diagnostics[0].message, help=diagnostics[0].help)
        raise UsageError(f"`--{word}` is not one line")
    return layer


def _render(options: Namespace, promises: Sequence[ProofResult], modes: Sequence[ModeResult], sources: Sequence[Source]) -> None:
    if options.format == "json":
        from agentowners.report.diff.json import prove_json

        emit([prove_json(promises, modes, sources, __version__)])
        return
    from agentowners.report.diff.text import prove_text
    from agentowners.report.shared.style import Style

    say(prove_text(promises, modes, Style(color=wants_color(sys.stdout))))
