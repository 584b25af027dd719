"""Modes in words, as rules, and where they hold: for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated, Literal, TypedDict

from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.matrix import matrix
from agentowners.documents import one_of, says
from agentowners.policy.model import Mode
from agentowners.policy.statement_text import rule_text
from agentowners.proof.mode_guide import WORDS, rules_of
from agentowners.report.shared.json_text import json_document
from agentowners.report.shared.matrix import EnforcedJson, matrix_json, matrix_text
from agentowners.report.shared.style import PLAIN, Style


class DescribedModeJson(TypedDict):
    """A mode, and how much of it holds."""

    mode: Annotated[str, one_of(Mode)]
    may: Annotated[str, says("What it lets an agent do, in words.")]
    rules: Annotated[list[str], says("What it compiles to for `@agents`, in the line syntax.")]
    enforced: Annotated[list[EnforcedJson], says("How much of it holds at each place that may enforce it.")]


class UnseenJson(TypedDict):
    """Accesses that a client's hooks never see."""

    client: Annotated[str, says("The client's name, for people.")]
    never_sees: list[str]


class ModesJson(TypedDict):
    """Printed by `agentowners mode --format json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    modes: list[DescribedModeJson]
    hooks: list[UnseenJson]


def mode_list(modes: Iterable[Mode]) -> str:
    """Each mode with what whoever it is declared for may do."""
    return "".join(f"{mode.value:16}  {WORDS[mode]}\n" for mode in modes)


def mode_rules(modes: Iterable[Mode]) -> str:
    """The rules that each mode compiles to, for every agent and without patterns."""
    return "\n".join(f"# mode {mode.value} @agents\n" + "".join(f"{line}\n" for line in _rules(mode)) for mode in modes)


def mode_explanation(modes: Iterable[Mode], commands: Collection[str], style: Style = PLAIN) -> str:
    """Everything about each mode; ``commands`` as for ``matrix``."""
    return "\n".join("".join(f"{line}\n" for line in _explained(mode, commands, style)) for mode in modes)


def _rules(mode: Mode) -> list[str]:
    return [rule_text(rule) for rule in rules_of(mode)] or ["# no rule: nothing of the file that says so is enforced for them"]


def _explained(mode: Mode, commands: Collection[str], style: Style) -> Iterator[str]:
    yield f"{style.strong(mode.value)}: {WORDS[mode]}"
    yield ""
    yield from (f"  {line}" for line in _rules(mode))
    yield from matrix_text(matrix(commands, mode))
    yield ""
    yield "  no mode says anything about reading: what holds there holds for a rule"


def mode_json(modes: Iterable[Mode], commands: Collection[str]) -> str:
    """Everything about each mode, as ASCII text that ends in a newline; ``commands`` as for ``matrix``."""
    entries: list[DescribedModeJson] = [
        {
            "mode": mode.value,
            "may": WORDS[mode],
            "rules": [rule_text(rule) for rule in rules_of(mode)],
            "enforced": matrix_json(matrix(commands, mode)),
        }
        for mode in modes
    ]
    hooks: list[UnseenJson] = [{"client": facts.name, "never_sees": list(facts.unseen)} for facts in CLIENTS.values()]
    document: ModesJson = {"schema": 1, "modes": entries, "hooks": hooks}
    return json_document(document)
