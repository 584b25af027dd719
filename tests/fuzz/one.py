"""``python -m tests.fuzz.one TARGET [libFuzzer's arguments]``: one target under atheris."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Never returns: libFuzzer ends the process."""
    try:
        # by its name alone: it is installed only where somebody fuzzes
        fuzzer: Any = import_module("atheris")
    except ImportError:
        raise SystemExit("atheris is not installed: run `make fuzz`") from None
    with fuzzer.instrument_imports(include=["agentowners"], enable_loader_override=False):
        from tests.fuzz.targets import TARGETS
    name, *arguments = sys.argv[1:]
    fuzzer.Setup([sys.argv[0], *arguments], TARGETS[name])
    fuzzer.Fuzz()


if __name__ == "__main__":
    main()
