"""The protocol's own client for Python: does what a JSON document asks of a server, and prints what it gets.

Runs in an environment of its own (``build/servers/venv``): ``client.py DOCUMENT``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import mcp.types as types

from mcp import Client, MCPError, StdioServerParameters


class Driver:
    """One connection, with what the server asked of its client."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.asked: list[str] = []
        self.progress: list[float] = []

    async def roots(self, _context: object) -> types.ListRootsResult:
        """Answers what roots there are."""
        self.asked.append("roots")
        return types.ListRootsResult(roots=[types.Root(uri=uri) for uri in self.document["roots"]])

    async def sample(self, _context: object, _params: object) -> types.CreateMessageResult:
        """Answers in a model's place."""
        self.asked.append("sampling")
        content = types.TextContent(type="text", text="SAMPLED")
        return types.CreateMessageResult(role="assistant", content=content, model="none")

    async def elicit(self, _context: object, _params: object) -> types.ElicitResult:
        """Answers in a person's place."""
        self.asked.append("elicitation")
        return types.ElicitResult(action="decline")

    async def count(self, progress: float, _total: float | None, _message: str | None) -> None:
        """Notes progress."""
        self.progress.append(progress)

    async def run(self) -> dict[str, Any]:
        """Connect, do everything, and disconnect."""
        command, *arguments = self.document["command"]
        client = Client(
            StdioServerParameters(command=command, args=arguments, cwd=self.document["cwd"], env=self.document["env"]),
            client_info=types.Implementation(name="claude-code", version="1"),
            mode=self.document["mode"],
            list_roots_callback=self.roots,
            sampling_callback=self.sample,
            elicitation_callback=self.elicit,
        )
        async with client:
            tools = (await client.list_tools()).tools
            results = [await self.result(client, *step) for step in self.document["steps"]]
            return {
                "version": client.protocol_version,
                "tools": [plain(tool) for tool in tools],
                "results": results,
                "asked": self.asked,
                "progress": self.progress,
            }

    async def result(self, client: Client, kind: str, name: str, arguments: Any = None) -> Any:
        """The result of one step, or its error."""
        try:
            match kind:
                case "call":
                    return plain(await client.call_tool(name, arguments or {}, progress_callback=self.count))
                case "until":
                    for _ in range(500):
                        result = await client.call_tool(name, {})
                        if arguments["text"] in str(result):
                            return plain(result)
                        await asyncio.sleep(0.01)
                    raise TimeoutError(name)
                case "read":
                    return plain(await client.read_resource(name))
                case "prompt":
                    return plain(await client.get_prompt(name, arguments))
                case "list":
                    return plain(await getattr(client, name)())
                case _:
                    raise ValueError(kind)
        except MCPError as error:
            return {"error": {"code": error.error.code, "message": error.error.message, "data": error.error.data}}


def plain(value: Any) -> Any:
    """The value as JSON."""
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Driver(json.loads(sys.argv[1])).run())))
