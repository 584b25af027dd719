"""What real clients sent to their hook, recorded; ``/r`` is the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).with_name("recorded.jsonl")


class Recorded(NamedTuple):
    """One payload."""

    client: str
    payload: dict[str, Any]

    def at(self, root: Path) -> bytes:
        """The bytes, for a repository that lies elsewhere."""
        return json.dumps(json.loads(json.dumps(self.payload).replace('"/r', f'"{root}').replace("/r/", f"{root}/"))).encode()

    def cut(self, length: int) -> bytes:
        """The first bytes of it."""
        return json.dumps(self.payload).encode()[:length]

    @property
    def tool(self) -> str:
        found = self.payload.get("tool_name") or self.payload.get("toolName")
        return str(found or self.payload.get("tool_call", {}).get("name") or self.payload.get("input", {}).get("tool"))


RECORDED = [Recorded(entry["client"], entry["stdin"]) for entry in map(json.loads, _FILE.read_text().splitlines())]
"""All of them."""
CALLS = [each for each in RECORDED if each.client != "opencode" or each.payload.get("ev") == "tool.execute.before"]
"""Those that ask about a call; OpenCode's other events never reach a hook."""
