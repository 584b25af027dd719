"""Shows a log to people: verdicts that are looked for, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from agentowners.audit.canonical import Json, JsonValue
from agentowners.audit.chain import CheckedLog
from agentowners.audit.events import path_digest


class Wanted(Struct, frozen=True):
    """Which verdicts."""

    since: int = 0
    """In seconds since 1970."""
    agent: str | None = None
    path: str | None = None
    would: bool = False
    """Only those that were told and not enforced."""


def events(logs: Iterable[CheckedLog], wanted: Wanted) -> list[Json]:
    """The events of good entries, oldest first."""
    matches = [event for log in logs for _, entry in log.entries for event in entry.events if _fits(event, entry.at, wanted)]
    return sorted(matches, key=lambda event: int(str(event.get("time", 0))))


def counted(matches: Sequence[Json], by: str) -> list[tuple[str, str, int]]:
    """Number of verdicts of each name and conclusion, most first."""
    counts: Counter[tuple[str, str]] = Counter()
    for event in matches:
        if "conclusion" not in details(event):  # an act, and no verdict
            continue
        conclusion = str(details(event)["conclusion"])
        counts.update((name, conclusion) for name in dict.fromkeys(_values_of(event, by)))
    return sorted(((name, conclusion, count) for (name, conclusion), count in counts.items()), key=lambda row: (-row[2], row[:2]))


def check_runs_of(log: CheckedLog) -> list[tuple[str, str]]:
    """The commits and names of the check runs that the entries of a log are about, each once."""
    runs: dict[tuple[str, str], None] = {}
    for _, entry in log.entries:
        for event in entry.events:
            head = next((str(resource["uid"]) for resource in resources(event) if resource.get("type") == "commit"), "")
            compliance: Any = event.get("compliance")
            name = str(compliance.get("control", "") if isinstance(compliance, dict) else details(event).get("check", ""))
            if len(head) >= 40 and name:
                runs[head, name] = None
    return list(runs)


def repository_of(event: Json) -> str:
    """``owner/name`` of the repository that an event is about."""
    return next((str(resource.get("name", "")) for resource in resources(event) if resource.get("type") == "repository"), "")


def details(event: Json) -> Json:
    """Part of an event in this tool's own words."""
    unmapped: Any = event.get("unmapped")
    inner = unmapped.get("agentowners") if isinstance(unmapped, dict) else None
    return inner if isinstance(inner, dict) else {}


def resources(event: Json) -> list[Json]:
    """Subject of an event."""
    return _objects(event.get("resources"))


def principals(event: Json) -> list[str]:
    """Names of the contributors."""
    return [str(entry.get("name", "")) for entry in _objects(details(event).get("principals"))]


def _objects(value: JsonValue) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _fits(event: Json, at: int, wanted: Wanted) -> bool:
    if at < wanted.since:
        return False
    if wanted.agent is not None and f"@{wanted.agent.removeprefix('@')}".lower() not in map(str.lower, principals(event)):
        return False
    if wanted.path is not None and path_digest(wanted.path) not in [resource.get("uid") for resource in resources(event)]:
        return False
    policy: Any = event.get("policy")
    return not wanted.would or (isinstance(policy, dict) and policy.get("is_applied") is False)


def _values_of(event: Json, by: str) -> Iterator[str]:
    if by == "repository":
        yield repository_of(event)
    elif by == "agent":
        yield from principals(event)
    else:
        compliance: Any = event.get("compliance")
        rules = compliance.get("requirements", []) if isinstance(compliance, dict) else []
        yield from (str(rule) for rule in rules)
