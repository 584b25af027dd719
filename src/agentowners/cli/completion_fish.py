"""Completion for fish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from agentowners.cli.completion_grammar import HELP, VERSION, Grammar, Option, Value, ValueKind

_HEAD: Final = """\
# fish completion for agentowners; `agentowners completion fish` prints it

function __agentowners_at
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if not string match -q -- '-*' $word
            test "$word" = "$argv[1]"
            return
        end
    end
    test -z "$argv[1]"
end

function __agentowners_revisions
    echo HEAD
    git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null
end

function __agentowners_refs
    git for-each-ref --format='%(refname)' refs/heads refs/tags 2>/dev/null
end

complete -c agentowners -e
complete -c agentowners -f
"""


def script(grammars: Iterable[Grammar], principals: Iterable[str]) -> str:
    """The script that makes fish complete these commands."""
    known = tuple(grammars)
    who = " ".join(principals)
    lines = [_option("", option, who) for option in (HELP, VERSION)]
    lines += [_line("", f"-a {grammar.command}", grammar.purpose) for grammar in known]
    for grammar in known:
        lines += _command(grammar, who)
    return _HEAD + "".join(f"{line}\n" for line in lines)


def _command(grammar: Grammar, principals: str) -> Iterator[str]:
    for option in grammar.options:
        yield _option(grammar.command, option, principals)
    if grammar.operand is not None:
        yield _line(grammar.command, _offer(grammar.operand, principals).removeprefix("-r ").removeprefix("-x "), None)


def _option(command: str, option: Option, principals: str) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    value = "" if option.value is None else f" {_offer(option.value, principals)}"
    return _line(command, names + value, option.purpose)


def _line(command: str, what: str, purpose: str | None) -> str:
    described = "" if purpose is None else f" -d {_quoted(purpose)}"
    return f"complete -c agentowners -n {_quoted(f'__agentowners_at {command}'.rstrip())} {what}{described}"


def _offer(value: Value, principals: str) -> str:
    match value.kind:
        case ValueKind.FILE:
            return "-r -F"
        case ValueKind.REVISION:
            return "-x -a '(__agentowners_revisions)'"
        case ValueKind.REF:
            return "-x -a '(__agentowners_refs)'"
        case ValueKind.PRINCIPAL:
            return f"-x -a {_quoted(principals)}"
        case ValueKind.WORD:
            return f"-x -a {_quoted(' '.join(value.words))}"
        case ValueKind.OTHER:
            return "-x"
        case _:
            assert_never(value.kind)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
