"""The YAML syntax: ``.agentowners.yml`` becomes a layer (section 3 of the policy reference)."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from agentowners.diagnostics import Diagnostic, Source
from agentowners.policy.draft import Draft
from agentowners.policy.model import Layer
from agentowners.policy.yaml_dispatch import read_dispatch
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.policy.yaml_rules import read_asserts, read_defaults, read_rules
from agentowners.policy.yaml_sections import read_agents, read_approvals, read_modes, read_unprotect
from agentowners.text.problems import TooManyErrors
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Node, Scalar, Sequence, compose
from agentowners.yamltext.nodes import Field
from agentowners.yamltext.tree import YamlTree


def parse_yaml(source: Source) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """Read a whole file.

    Returns the layer and every error, or YAML's own first one; where there is an error the layer is not the policy that was
    meant, and must not be used.
    """
    text = read_source(source, YAML_REFUSES)
    draft = Draft(source, text)
    root = None
    if not text.diagnostics:
        with suppress(TooManyErrors):
            root = compose(draft)
            is_nothing = isinstance(root, Scalar) and root.plain and root.text == ""
            if root is not None and not is_nothing:
                _read_policy(PolicyNodes(draft), root)
    return draft.finish(YamlTree(source, text.lines, root))


def _read_version(nodes: PolicyNodes, field: Field) -> None:
    number = nodes.number(field.value, "`version`")
    if number not in (None, "1"):
        nodes.error("invalid-version", f"version `{number}` is not known", field.value, "write `version: 1`")


_SECTIONS: Final = {
    "version": _read_version,
    "defaults": read_defaults,
    "agents": read_agents,
    "modes": read_modes,
    "approvals": read_approvals,
    "dispatch": read_dispatch,
    "unprotect": read_unprotect,
    "asserts": read_asserts,
    "rules": read_rules,
}


def _read_policy(nodes: PolicyNodes, root: Node) -> None:
    if isinstance(root, Sequence):
        nodes.error("wrong-type", "a policy must be a mapping, not a list", nodes.first(root), "put the rules under `rules:`")
        return
    if isinstance(root, Scalar) and " @" in root.text:
        help = "these are lines, which are read from a file without `.yml`, as `.github/AGENTOWNERS`"
        nodes.error("wrong-type", "a policy in YAML must be a mapping, not lines", root, help)
        return
    for key, field in (nodes.mapping(root, "a policy", _SECTIONS) or {}).items():
        _SECTIONS[key](nodes, field)
