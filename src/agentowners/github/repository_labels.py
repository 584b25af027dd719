"""The labels that a verdict may put on: those that a repository lacks, and the requests that create them."""

from __future__ import annotations

from collections.abc import Iterable

from agentowners.github.client import Api
from agentowners.github.protection import ProtectionChange
from agentowners.report.verdict.labels import label_style


def label_changes(api: Api, wanted: Iterable[str]) -> tuple[ProtectionChange, ...]:
    """The requests that create what is missing of some labels; like GitHub, this does not look at case.

    Source: https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository

    Raises:
        PlatformError: the labels cannot be listed.
    """
    present = {node["name"].text().casefold() for node in api.pages(f"{api.root}/labels")}
    return tuple(_creation(name) for name in wanted if name.casefold() not in present)


def _creation(name: str) -> ProtectionChange:
    color, description = label_style(name)
    body = {"name": name, "color": color, "description": description}
    return ProtectionChange(f"create the label `{name}`", "POST", "/labels", body)
