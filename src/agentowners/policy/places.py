"""Places in a layer's file, whichever syntax it is written in."""

from __future__ import annotations

from agentowners.policy.line_places import LinePlaces
from agentowners.policy.line_tree import LineTree
from agentowners.policy.model import Layer
from agentowners.policy.statement_places import Places, Statement, StatementPlaces

__all__ = ["Places", "Statement", "StatementPlaces", "places_of"]


def places_of(layer: Layer) -> Places:
    """The places of a layer that was read without errors.

    Raises:
        ValueError: it was not read from a source.
    """
    tree = layer.tree
    if isinstance(tree, LineTree):
        return LinePlaces(tree)
    # imported here: a policy in lines needs no YAML
    from agentowners.policy.yaml_places import YamlPlaces
    from agentowners.yamltext.tree import YamlTree

    if isinstance(tree, YamlTree):
        return YamlPlaces(tree)
    raise ValueError(f"layer {layer.name!r} was not read from a source")
