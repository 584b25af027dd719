"""Schemas of our YAML files for editors, and the line that names them."""

from __future__ import annotations

from typing import Final

_SCHEMAS: Final = "https://raw.githubusercontent.com/agentowners/agentowners-action/v1/src/agentowners/schemas/"
_MARK: Final = "# yaml-language-server: $schema="
OF_POLICIES: Final = f"{_MARK}{_SCHEMAS}agentowners.schema.json"
"""First line of a policy in YAML."""
OF_CASES: Final = f"{_MARK}{_SCHEMAS}agentowners-tests.schema.json"
"""First line of a file of test cases."""
