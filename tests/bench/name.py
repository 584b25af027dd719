"""A change that names so many co-authors, judged in a process of its own: ``python -m tests.bench.name PEOPLE``.

Prints the seconds of processor time from the commits' messages to the verdict, or to its refusal.
"""

from __future__ import annotations

import sys
import time

from msgspec.structs import replace

from agentowners.cli.offline import answer
from agentowners.engine.settle import inquire
from agentowners.identity.commits import commit_evidence
from agentowners.identity.resolve import MAX_MAKERS, TooManyMakersError
from tests.bench.workload import AUTHOR, change, crowd, paths, policy


def main(people: int) -> None:
    """Judge fifty paths of so many people, the author among them."""
    subject = change(paths(50))
    inquire(policy(40), subject, answer)  # what is imported only then is not what is measured
    commits = crowd(people - 1)
    start = time.process_time()
    evidence = tuple(item for commit in commits for item in commit_evidence(commit, AUTHOR))
    try:
        named = len(inquire(policy(40), replace(subject, evidence=evidence, author=AUTHOR), answer).principals)
    except TooManyMakersError:
        named = 0
    print(time.process_time() - start)
    if named != (people if people <= MAX_MAKERS else 0):
        sys.exit(f"the verdict is not what it should be: {named} principals")


if __name__ == "__main__":
    main(int(sys.argv[1]))
