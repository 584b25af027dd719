"""Days on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from agentowners.cli.shell import UsageError


def seconds_of(option: str, given: str) -> int:
    """Seconds since 1970 at which a day, or a moment, begins; without a time zone in UTC.

    Raises:
        UsageError: it is neither.
    """
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError(f"`{option}` cannot be `{given}`", help="write a day, `2026-01-31`") from None
    return int((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp())
