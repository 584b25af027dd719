"""Processes that stand between agents and what they use: before an MCP server, and the API ``policy.local``."""
