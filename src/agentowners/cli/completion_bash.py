"""Completion for bash, version 3.2 and newer (macOS has no other)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from agentowners.cli.completion_grammar import HELP, VERSION, Grammar, Value, ValueKind, takes

_SCRIPT: Final = """\
# bash completion for agentowners; `agentowners completion bash` prints it

_agentowners_revisions() {
    echo HEAD
    git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null
}

_agentowners_refs() {
    git for-each-ref --format='%(refname)' refs/heads refs/tags 2>/dev/null
}

_agentowners() {
    # Words end at blanks here: bash splits them at `=`, `:` and `@` too.
    local typed="${COMP_LINE:0:COMP_POINT}" command= previous= offered= files= word
    local current="${typed##*[[:space:]]}"
    local -a words
    read -r -a words <<< "${typed%"$current"}"
    for word in "${words[@]:1}"; do
        previous="$word"
        if [[ -z $command && $word != -* ]]; then
            command="$word"
        fi
    done
    local value="$current"
    if [[ $current == --*=* ]]; then
        previous="${current%%=*}"
        value="${current#*=}"
    elif [[ $current == -* ]]; then
        previous=
    fi

    case "$command $previous" in
<<values>>
        *)
            if [[ $current == --*=* ]]; then
                return 0
            fi
            case "$command" in
<<commands>>
            esac
            ;;
    esac

    # What bash replaces begins behind the last character at which it splits. `compgen -W` would run what a branch's name
    # may hold, $(...) say, and so would the line itself: names with such characters are not offered.
    local kept="${current%"$2"}" begun="${current%"$value"}" newline=$'\\n' reply
    # Only where bash puts names of files into quotes itself (from 4.0 on) may they hold anything.
    local quoted=
    if [[ -n $files ]] && compopt -o filenames 2>/dev/null; then
        quoted=1
    fi
    COMPREPLY=()
    while IFS= read -r reply; do
        if [[ -n $quoted || ( -n $reply && $reply == "$value"* && $reply != *[![:alnum:]._/@+=-]* ) ]]; then
            reply="$begun$reply"
            COMPREPLY+=("${reply#"$kept"}")
        fi
    done < <(
        if [[ -n $files ]]; then
            compgen -f -- "$value"
        else
            printf '%s\\n' "${offered// /$newline}"
        fi
    )
    return 0
}

complete -F _agentowners agentowners
"""


def script(grammars: Iterable[Grammar], principals: Iterable[str]) -> str:
    """The script that makes bash complete these commands."""
    known = tuple(grammars)
    who = " ".join(principals)
    values = [line for grammar in known for line in _values(grammar, who)]
    commands = [line for grammar in known for line in _command(grammar, who)]
    first = " ".join([*(grammar.command for grammar in known), *HELP.names, *VERSION.names])
    commands += _case('""', f"offered='{first}'")
    return _SCRIPT.replace("<<values>>", _indented(values, 2)).replace("<<commands>>", _indented(commands, 4))


def _values(grammar: Grammar, principals: str) -> Iterator[str]:
    for names, value in takes(grammar):
        pattern = " | ".join(f"'{grammar.command} {name}'" for name in names)
        yield from _case(pattern, _offer(value, principals))


def _command(grammar: Grammar, principals: str) -> Iterator[str]:
    names = " ".join(name for option in grammar.options for name in option.names)
    if grammar.operand is None:
        yield from _case(grammar.command, f"offered='{names}'")
        return
    yield f"{grammar.command})"
    yield "    if [[ $current == -* ]]; then"
    yield f"        offered='{names}'"
    yield "    else"
    yield f"        {_offer(grammar.operand, principals)}"
    yield "    fi"
    yield "    ;;"


def _offer(value: Value, principals: str) -> str:
    match value.kind:
        case ValueKind.FILE:
            return "files=1"
        case ValueKind.REVISION:
            return 'offered="$(_agentowners_revisions)"'
        case ValueKind.REF:
            return 'offered="$(_agentowners_refs)"'
        case ValueKind.PRINCIPAL:
            return f"offered='{principals}'"
        case ValueKind.WORD:
            return f"offered='{' '.join(value.words)}'"
        case ValueKind.OTHER:
            return ":"
        case _:
            assert_never(value.kind)


def _case(pattern: str, *commands: str) -> list[str]:
    return [f"{pattern})", *(f"    {command}" for command in commands), "    ;;"]


def _indented(lines: Iterable[str], levels: int) -> str:
    return "\n".join(f"{'    ' * levels}{line}" for line in lines)
