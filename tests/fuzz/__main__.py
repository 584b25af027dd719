"""``python -m tests.fuzz [--seconds N] [TARGET...]``: each target under coverage-guided fuzzing, for a time.

What comes out new and interesting stays in ``build/fuzz``; an input that breaks a target is shown, and belongs, once it is
understood and small, into ``tests/fuzz/corpus/<target>/``, where every run of the tests takes it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT / "tests/fuzz/corpus"
FOUND = ROOT / "build/fuzz"
SLOW = 20
"""Seconds for one input."""


def main() -> int:
    """Fuzz; 1 if something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--seconds", type=int, default=30, help="for each target (default: %(default)s)")
    options = parser.parse_args()
    unknown = set(options.targets) - TARGETS.keys()
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    broken = [name for name in options.targets or TARGETS if not fuzz(name, options.seconds)]
    print(f"broken: {', '.join(broken)}" if broken else "nothing broke")
    return bool(broken)


def fuzz(name: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own; whether it held."""
    new = FOUND / name
    new.mkdir(parents=True, exist_ok=True)
    kept = CORPUS / name
    arguments = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOW}",
        "-rss_limit_mb=4096",
        "-max_len=4096",
        "-print_final_stats=1",
        f"-dict={CORPUS.parent / 'words.dict'}",
        f"-artifact_prefix={new}/broken-",
        str(new),
        *([str(kept)] if kept.is_dir() else []),
    ]
    print(f"{name}, {seconds} seconds", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.one", name, *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    said = done.stderr.splitlines()
    if done.returncode:
        print(done.stdout + done.stderr)
    else:
        print("\n".join(f"  {line}" for line in said if "number_of_executed_units" in line or "new_units_added" in line))
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
