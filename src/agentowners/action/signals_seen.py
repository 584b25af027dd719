"""Signals of an agent that earlier verdicts of a pull request saw and that can be taken away without a commit: footers, labels.

It stands in the text of each check run, where nobody sees it, and goes on from run to run and from head to head.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

from agentowners.engine.verdict import Outcome, Verdict
from agentowners.report.shared.cut import listed
from agentowners.report.shared.escape import quoted

_MARK: Final = re.compile(r"<!-- agentowners saw ([A-Za-z0-9%_.~-]{0,4000}) -->")
_REMOVABLE: Final = ("footer in the description", "label ")
"""Beginning of the evidence of such a signal."""
_MOST: Final = 20
_LONGEST: Final = 4000


def signals(outcome: Outcome) -> frozenset[str]:
    """The signals that a verdict saw, for people."""
    if not isinstance(outcome, Verdict):
        return frozenset()
    found = {f"{who.name}: {each}" for who in outcome.principals for each in who.evidence if each.startswith(_REMOVABLE)}
    return frozenset(sorted(found)[:_MOST])


def mark(seen: Iterable[str]) -> str:
    """End of a check run's text, so that later ones know; empty where there is nothing to be known."""
    known = sorted(seen)[:_MOST]
    written = quote(json.dumps(known), safe="")
    return f"\n\n<!-- agentowners saw {written} -->" if known and len(written) <= _LONGEST else ""


def marked(text: str) -> frozenset[str]:
    """The signals that a check run's text says were seen; whatever is not ours says nothing."""
    match = _MARK.search(text)
    try:
        found = json.loads(unquote(match[1])) if match is not None else []
    except ValueError:
        return frozenset()
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()


def gone(earlier: frozenset[str], now: frozenset[str]) -> str | None:
    """A note on signals that are not there any more; None where all of them are."""
    left = sorted(earlier - now)
    if not left:
        return None
    return f"an earlier verdict of this pull request saw what is not there any more: {listed([quoted(each) for each in left])}"
