"""Completion for zsh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from agentowners.cli.completion_grammar import HELP, VERSION, Grammar, Option, Value, ValueKind

_SCRIPT: Final = """\
#compdef agentowners
# zsh completion for agentowners; `agentowners completion zsh` prints it

_agentowners_revisions() {
    local -a revisions
    revisions=(HEAD ${(f)"$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"})
    compadd -a revisions
}

_agentowners_refs() {
    local -a refs
    refs=(${(f)"$(git for-each-ref --format='%(refname)' refs/heads refs/tags 2>/dev/null)"})
    compadd -a refs
}

_agentowners_principals() {
    compadd -- <<principals>>
}

_agentowners_commands() {
    local -a commands
    commands=(
<<commands>>
    )
    _describe -t commands command commands
}

_agentowners() {
    local curcontext="$curcontext" state line
    _arguments -C \\
<<options>> \\
        '1: :_agentowners_commands' \\
        '*:: :->rest' && return
    [[ $state == rest ]] || return 1
    case $words[1] in
<<cases>>
    esac
}

if [[ $funcstack[1] == _agentowners ]]; then
    _agentowners "$@"
else
    compdef _agentowners agentowners
fi
"""


def script(grammars: Iterable[Grammar], principals: Iterable[str]) -> str:
    """The script that makes zsh complete these commands, from its ``fpath`` or read by ``source``."""
    known = tuple(grammars)
    parts = {
        "principals": " ".join(f"'{name}'" for name in principals),
        "commands": "\n".join(f"        {_quoted(f'{grammar.command}:{_plain(grammar.purpose)}')}" for grammar in known),
        "options": " \\\n".join(f"        {_option(option)}" for option in (HELP, VERSION)),
        "cases": "\n".join(line for grammar in known for line in _case(grammar)),
    }
    made = _SCRIPT
    for name, part in parts.items():
        made = made.replace(f"<<{name}>>", part)
    return made


def _case(grammar: Grammar) -> Iterator[str]:
    specs = [_option(option) for option in grammar.options]
    if grammar.operand is not None:
        specs.append(_quoted(f"*:{grammar.operand.kind.value}:{_offer(grammar.operand)}"))
    yield f"        {grammar.command})"
    yield "            _arguments \\"
    yield from (f"                {spec} \\" for spec in specs[:-1])
    yield f"                {specs[-1]}"
    yield "            ;;"


def _option(option: Option) -> str:
    purpose = f"[{_plain(option.purpose)}]"
    value = "" if option.value is None else f":{option.value.kind.value}:{_offer(option.value)}"
    before = "*" if option.repeats else f"({' '.join(option.names)})" if len(option.names) > 1 else ""
    specs = []
    for name in option.names:
        joined = "" if option.value is None else "=" if name.startswith("--") else "+"
        specs.append(_quoted(f"{before}{name}{joined}{purpose}{value}"))
    return " ".join(specs)


def _offer(value: Value) -> str:
    match value.kind:
        case ValueKind.FILE:
            return "_files"
        case ValueKind.REVISION:
            return "_agentowners_revisions"
        case ValueKind.REF:
            return "_agentowners_refs"
        case ValueKind.PRINCIPAL:
            return "_agentowners_principals"
        case ValueKind.WORD:
            return f"({' '.join(value.words)})"
        case ValueKind.OTHER:
            return " "
        case _:
            assert_never(value.kind)


def _plain(text: str) -> str:
    """A text in which nothing means anything to ``_arguments`` and ``_describe``."""
    return "".join(f"\\{char}" if char in "[]:\\" else char for char in text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
