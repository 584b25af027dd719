"""``python -m agentowners``."""

from __future__ import annotations

import sys

from agentowners.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
