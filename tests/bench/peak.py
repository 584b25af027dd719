"""The most memory that a command ever held: ``python -m tests.bench.peak ARGUMENTS`` runs ``agentowners`` and prints bytes."""

from __future__ import annotations

import resource
import subprocess
import sys

if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "agentowners", *sys.argv[1:]], stdout=subprocess.DEVNULL, check=False)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
