"""AGENTOWNERS: what AI agents may change in a repository, decided deterministically.

The public API is what the command line is made of; none of it does any I/O. Names are imported when they are first used, so
that a command which needs little starts quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentowners.change.model import Change
    from agentowners.diagnostics import AgentownersError, PolicyError, Source
    from agentowners.engine.settle import evaluate
    from agentowners.engine.verdict import Verdict
    from agentowners.policy.load import load_policy
    from agentowners.policy.model import Layer, Policy

__version__ = "1.0.0"
__all__ = [
    "AgentownersError",
    "Change",
    "Layer",
    "Policy",
    "PolicyError",
    "Source",
    "Verdict",
    "__version__",
    "evaluate",
    "load_policy",
]

_HOMES = {
    "AgentownersError": "agentowners.diagnostics",
    "Change": "agentowners.change.model",
    "Layer": "agentowners.policy.model",
    "Policy": "agentowners.policy.model",
    "PolicyError": "agentowners.diagnostics",
    "Source": "agentowners.diagnostics",
    "Verdict": "agentowners.engine.verdict",
    "evaluate": "agentowners.engine.settle",
    "load_policy": "agentowners.policy.load",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
