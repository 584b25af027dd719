"""How help is laid out: alike on every Python, while argparse breaks its usage into lines otherwise from release to release."""

from __future__ import annotations

import argparse
from collections.abc import Iterable


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """argparse's help, whose usage keeps options that exclude each other on one line."""

    def _format_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None,
    ) -> str:
        given = list(actions)
        options = self._options([action for action in given if action.option_strings], list(groups))
        operands = [self._format_args(action, action.dest) for action in given if not action.option_strings]
        start = f"usage: {self._prog} "
        whole = start + " ".join([*options, *operands])
        if len(whole) <= self._width:
            return f"{whole}\n\n"
        indent = "\n" + " " * len(start)
        return start + indent.join([*self._lines(options, len(start)), *self._lines(operands, len(start))]) + "\n\n"

    def _options(self, options: list[argparse.Action], groups: list[argparse._MutuallyExclusiveGroup]) -> list[str]:
        """Each option as it is typed, with those of a group together, where the first of them stands."""
        grouped = {id(action): group for group in groups for action in group._group_actions}
        parts = []
        for action in options:
            group = grouped.get(id(action))
            if group is None:
                parts.append(self._typed(action) if action.required else f"[{self._typed(action)}]")
            elif action is group._group_actions[0]:
                choice = " | ".join(map(self._typed, group._group_actions))
                parts.append(f"({choice})" if group.required else f"[{choice}]")
        return parts

    def _typed(self, action: argparse.Action) -> str:
        name = action.option_strings[0]
        return name if action.nargs == 0 else f"{name} {self._format_args(action, action.dest.upper())}"

    def _lines(self, parts: list[str], indent: int) -> list[str]:
        """The parts, as many on a line as fit behind the indent; none is broken."""
        lines: list[str] = []
        for part in parts:
            if lines and indent + len(lines[-1]) + 1 + len(part) <= self._width:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
        return lines
