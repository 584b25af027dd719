"""``agentowners lint --explain``: a kind of mistake, in words and with an example."""

from __future__ import annotations

import shutil
import textwrap
from importlib.resources import files

import msgspec

from agentowners.cli.shell import UsageError, suggestion
from agentowners.lint.registry import CHECKS
from agentowners.report.lint.findings import DOCUMENTATION
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import Style

_WIDEST = 100


class KindOfMistake(msgspec.Struct, frozen=True):
    """A kind of mistake, as ``explained.toml`` has it."""

    text: str
    example: str | None = None
    """The shortest policy that has it and no other; None where there is none that could be shown."""
    yaml: bool = False
    """True if the example is in the other syntax."""


def kinds_of_mistakes() -> dict[str, KindOfMistake]:
    """All there are, by id: first those that checks find, then those for which a policy does not parse."""
    data = files("agentowners.cli").joinpath("explained.toml").read_bytes()
    return msgspec.toml.decode(data, type=dict[str, KindOfMistake])


def explained(id: str, style: Style) -> str:
    """The explanation for people, ending in a newline."""
    kinds = kinds_of_mistakes()
    kind = kinds.get(id)
    if kind is None:
        raise UsageError(f"no finding is called `{id}`", help=suggestion(id, kinds))
    check = next((check for check in CHECKS if check.id == id), None)
    level, summary = ("error", "the policy does not parse") if check is None else (check.severity.value, check.summary)
    width = min(_WIDEST, shutil.get_terminal_size().columns - 2)
    blocks = [f"{style.strong(f'{level}[{id}]')}: {summary}", textwrap.fill(kind.text, width, break_on_hyphens=False)]
    if kind.example is not None:
        example = "\n".join(f"  {for_terminal(line)}" for line in kind.example.splitlines())
        blocks.append(f"For example{', in YAML' if kind.yaml else ''}:\n\n{example}")
    if check is not None:
        blocks += [f"To leave it out: {for_terminal(f'# lint: ignore={id}')} above the statement.", f"{DOCUMENTATION}#{id}"]
    return "\n\n".join(blocks) + "\n"
