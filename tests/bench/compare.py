"""One comparison of two policies, measured in a process of its own: ``python -m tests.bench.compare RULES EDIT [FILES]``."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Final

from agentowners.diagnostics import Source
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from agentowners.proof.compare import Terms, compare
from tests.bench.workload import lines, paths

_MORE: Final = ["/new/ @agents block", "*.sql @agents block", "/docs/api/ @bots require_approval(2)"]
EDITS: Final[dict[str, Callable[[list[str]], list[str]]]] = {
    "five": lambda old: [*old[1:100], *old[101:], *_MORE],
    "every": lambda old: [line.replace("@agents", "@agents @bots", 1) for line in old],
}


def main() -> None:
    """Print the processor time of parsing both and of comparing them, and the largest memory, in seconds and megabytes."""
    rules, edit, files = int(sys.argv[1]), EDITS[sys.argv[2]], int(sys.argv[3]) if len(sys.argv) > 3 else 0
    old = lines(rules)
    began = time.process_time()
    before, after = _policy(old), _policy(edit(old))
    parsed = time.process_time()
    compare(before, after, Terms(files=paths(files) if files else None))
    done = time.process_time()
    print(parsed - began, done - parsed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _policy(text: list[str]) -> Policy:
    return load_policy([Source("AGENTOWNERS", "\n".join(text).encode())])


if __name__ == "__main__":
    main()
