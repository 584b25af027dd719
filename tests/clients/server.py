"""An MCP server on standard input and output with one tool, which writes a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_TOOL = {
    "name": "write_file",
    "description": "write a file",
    "inputSchema": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "content": {"type": "string"}},
        "required": ["path", "content"],
    },
}


def answer(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    match method:
        case "initialize":
            version = params.get("protocolVersion", "2025-06-18")
            return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "fs", "version": "1"}}
        case "tools/list":
            return {"tools": [_TOOL]}
        case "tools/call":
            path = Path(params["arguments"]["path"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(params["arguments"]["content"])
            return {"content": [{"type": "text", "text": "written"}]}
        case "ping":
            return {}
        case _:
            return None


for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        result = answer(asked["method"], asked.get("params") or {})
        error = {"code": -32601, "message": "no such method"}
        end = {"error": error} if result is None else {"result": result}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **end}), flush=True)
