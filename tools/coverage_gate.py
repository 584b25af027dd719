"""Fails unless each room of the table is covered, lines and branches together, to its floor.

usage: coverage_gate.py COVERAGE_JSON
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass  # noqa: TID251 (needs nothing installed)
from pathlib import Path

FLOORS = {
    "action": 93,
    "audit": 97,
    "backtest": 97,
    "cases": 96,
    "change": 98,
    "checkup": 98,
    "cli": 94,
    "convert": 86,
    "diagnostics.py": 96,
    "dispatch": 94,
    "documents.py": 100,
    "engine": 98,
    "explain": 98,
    "export": 88,
    "git": 97,
    "github": 96,
    "identity": 99,
    "issuers": 98,
    "lint": 98,
    "map": 97,
    "mcp": 98,
    "policy": 98,
    "proof": 96,
    "proposals": 95,
    "report": 96,
    "server": 94,
    "sinks": 94,
    "starter": 97,
    "store": 88,
    "text": 100,
    "tokens": 96,
    "values.py": 100,
    "yamltext": 98,
}
"""Percent of each room. What runs in processes of its own is not seen."""


@dataclass(slots=True)
class Tally:
    """Statements and branches of a room, and those that were covered."""

    wanted: int = 0
    covered: int = 0

    def add(self, summary: dict[str, int]) -> None:
        """Adds one file's summary as coverage's JSON report has it."""
        self.wanted += summary["num_statements"] + summary["num_branches"]
        self.covered += summary["covered_lines"] + summary["covered_branches"]

    @property
    def percent(self) -> float:
        """The share covered; a room without code covers nothing."""
        return 100 * self.covered / self.wanted if self.wanted else 0.0


def tally(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> dict[str, Tally]:
    """Sums the files of coverage's JSON report by room."""
    rooms = {room: Tally() for room in FLOORS}
    for path, file in report["files"].items():
        parts = Path(path).parts
        room = parts[parts.index("agentowners") + 1]
        if room in rooms:
            rooms[room].add(file["summary"])
    return rooms


def main(arguments: list[str]) -> int:
    """Prints the table and returns 1 where a room is below its floor, 2 where the report cannot be read."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        rooms = tally(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        print(f"coverage: cannot read `{arguments[0]}`: {error}", file=sys.stderr)
        return 2
    low = [room for room, floor in FLOORS.items() if rooms[room].percent < floor]
    for room, counted in rooms.items():
        mark = f"below {FLOORS[room]:g}%" if room in low else ""
        print(f"coverage  {room:<14} {counted.percent:6.2f}%  {mark}".rstrip())
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
