"""Prints action.yml with its image named by digest in place of the Dockerfile: what a release's tag holds.

usage: pin_image.py ACTION_YML IMAGE@sha256:DIGEST
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

SOURCE_LINE = "  image: Dockerfile\n"
REFERENCE = re.compile(r"[a-z0-9.-]+(?:/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}")


def pin(action: str, reference: str) -> str:
    """The text of action.yml with the image pinned.

    Raises ValueError where the reference has no digest, or the text does not say `image: Dockerfile` exactly once.
    """
    if not REFERENCE.fullmatch(reference):
        raise ValueError(f"`{reference}` is not an image with a sha256 digest")
    if action.count(SOURCE_LINE) != 1:
        raise ValueError(f"action.yml does not say `{SOURCE_LINE.strip()}` exactly once")
    return action.replace(SOURCE_LINE, f"  image: docker://{reference}\n")


def main(arguments: list[str]) -> int:
    """Prints the pinned text; 2 where it cannot be made."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        sys.stdout.write(pin(Path(arguments[0]).read_text(encoding="utf-8"), arguments[1]))
    except (OSError, ValueError) as error:
        print(f"pin_image: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
