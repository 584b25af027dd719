"""A small MCP server on standard streams, which notes every byte that reaches it: ``server.py LOG``."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

TOOLS = [
    {"name": "write_file", "inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
    {"name": "read_file", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}},
    {"name": "shred", "inputSchema": {"type": "object"}, "annotations": {"destructiveHint": True}},
    {"name": "large", "inputSchema": {"type": "object"}},
]


class Server:
    """Answers each line of its input."""

    def __init__(self, log: BinaryIO) -> None:
        self.log = log

    def send(self, message: dict[str, Any], end: bytes = b"\n") -> None:
        """Write a message in a form of its own: blanks where nobody needs them, and letters as they are."""
        whole = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False, separators=(" , ", " : "))
        sys.stdout.buffer.write(whole.encode() + end)
        sys.stdout.buffer.flush()

    def take(self, line: bytes) -> None:
        """Note a line, and answer it."""
        self.log.write(line)
        self.log.flush()
        message = json.loads(line)
        id, params = message.get("id"), message.get("params", {})
        match message.get("method"):
            case "initialize":
                version = params["protocolVersion"]
                self.send({"id": id, "result": {"protocolVersion": version, "capabilities": {}, "serverInfo": {"name": "é"}}})
            case "notifications/initialized":
                self.send({"id": "r", "method": "roots/list"})
            case "tools/list":
                self.send({"id": id, "result": {"tools": TOOLS}})
            case "tools/call":
                self.call(id, params["name"], params.get("arguments", {}))
            case None:
                self.send({"method": "notifications/message", "params": {"level": "info", "data": message["result"]}})
            case method if id is not None:
                self.send({"id": id, "result": {"method": method}})
            case _:
                pass

    def call(self, id: object, tool: str, arguments: dict[str, Any]) -> None:
        """Do what a tool does."""
        match tool:
            case "large":
                self.send({"id": id, "result": {"content": [{"type": "text", "text": "x" * int(arguments["size"])}]}})
            case "die":
                os._exit(int(arguments["code"]))
            case "kill":
                os.kill(os.getpid(), int(arguments["signal"]))
            case "half":
                sys.stdout.buffer.write(b'{"jsonrpc":"2.0",')
                sys.stdout.buffer.flush()
                self.half = str(id)
            case "rest":
                sys.stdout.buffer.write(f'"id":{self.half},"result":{{"half":true}}}}\n'.encode())
                self.send({"id": id, "result": {}})
            case "variables":
                with open("/proc/self/environ", "rb") as file:  # as it came: Python sets some itself
                    self.send({"id": id, "result": dict(each.split("=", 1) for each in file.read().decode().split("\0")[:-1])})
            case "complain":
                print("a word of the server", file=sys.stderr, flush=True)
                self.send({"id": id, "result": {"content": []}})
            case _:
                self.send({"id": id, "result": {"content": [{"type": "text", "text": tool}]}})


def main() -> None:
    """Serve until the input ends."""
    with open(sys.argv[1], "ab") as log:
        server = Server(log)
        for line in sys.stdin.buffer:
            server.take(line)
        log.write(b"END\n")


if __name__ == "__main__":
    main()
