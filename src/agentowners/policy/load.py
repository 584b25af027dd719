"""Policy files become one policy: each a layer, the built-in layer last."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from agentowners.diagnostics import Diagnostic, PolicyError, Severity, Source
from agentowners.policy.builtin import POLICY_NAMES, builtin, is_meant_as_policy
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.model import Layer, Policy
from agentowners.policy.warnings import layer_warnings, pattern_warnings

__all__ = ["POLICY_NAMES", "is_meant_as_policy", "is_yaml", "load_policy", "parse_source"]


def load_policy(sources: Sequence[Source], *, named: Sequence[str] = ()) -> Policy:
    """Parse every source and put the layers together.

    Args:
        sources: the policy files, in the order in which their layers are reported.
        named: the names by which policy files were asked for; they are protected too, whether or not they are among the sources.

    Raises:
        PolicyError: any source has an error; it carries the diagnostics of all sources.
    """
    layers: list[Layer] = []
    diagnostics: list[Diagnostic] = []
    for source in sources:
        layer, problems = parse_source(source)
        layers.append(layer)
        diagnostics += problems or (*layer_warnings(layer), *pattern_warnings(layer))
    diagnostics.sort(key=lambda diagnostic: diagnostic.severity is not Severity.ERROR)
    if diagnostics and diagnostics[0].severity is Severity.ERROR:
        raise PolicyError(tuple(diagnostics))
    keys = (token.keys for layer in layers for agent in layer.agents for token in agent.oidc if token.keys is not None)
    layers.append(builtin([*(source.path for source in sources), *named, *keys]))
    return Policy(tuple(layers), tuple(diagnostics))


class Syntax(Enum):
    """The two ways to write a policy."""

    LINE = "line"
    YAML = "yaml"


def syntax_of(source: Source) -> Syntax:
    """The syntax that a file's name tells."""
    return Syntax.YAML if is_yaml(source) else Syntax.LINE


def parse_source(source: Source) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """Parse one source: YAML if its name ends in ``.yml`` or ``.yaml``, else lines. Errors are returned, not raised."""
    return parse(source, syntax_of(source))


def parse(source: Source, syntax: Syntax) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """Parse a source in a syntax, whatever its name tells. Errors are returned, not raised."""
    if syntax is Syntax.LINE:
        return parse_lines(source)
    # Only here, so that a policy in lines does not pay for importing a YAML parser.
    from agentowners.policy.yaml_syntax import parse_yaml

    return parse_yaml(source)


def is_yaml(source: Source) -> bool:
    """True if a source is read as YAML; its name tells."""
    return source.path.endswith((".yml", ".yaml"))
