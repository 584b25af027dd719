"""One judgement, timed in a process of its own: ``python -m tests.bench.judge RULES PATHS``.

Prints the seconds of processor time for the first judgement, patterns compiled on the way, and for the next one.
"""

from __future__ import annotations

import gc
import sys
import time

from agentowners.cli.offline import answer
from agentowners.engine.settle import inquire
from tests.bench.workload import change, paths, policy


def main(rules: int, count: int) -> None:
    """Judge so many paths under so many rules, twice."""
    inquire(policy(40), change(paths(5)), answer)  # what is imported only then is not what is measured
    gc.disable()  # as the command line does
    judged_by, judged = policy(rules), change(paths(count))
    taken = []
    for _ in range(2):
        start = time.process_time()
        verdict = inquire(judged_by, judged, answer)
        taken.append(time.process_time() - start)
        if len(verdict.files) != count or not all(file.judgement.rules or not file.judgement.matched for file in verdict.files):
            sys.exit("the verdict is not what it should be")
    print(*taken)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
