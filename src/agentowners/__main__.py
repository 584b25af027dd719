"""``python -m agentowners``."""

from __future__ import annotations

import sys

try:
    from agentowners.cli.main import main
except BaseException as error:
    if sys.argv[1:2] != ["hook"]:
        raise
    # a client takes any other end for a yes
    sys.stderr.write(f"agentowners: refused: agentowners is not whole here ({type(error).__name__}): install it again\n")
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(main())
