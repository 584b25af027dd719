"""Opens the pages in a real browser, and looks at them as people do; ``--pictures`` takes those of the documentation."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.browser.chromium import installed, tab
from tests.browser.looks import LOOKS, Pages
from tests.gallery.pictures import take


def main() -> int:
    """Run everything there is to see; 1 where something looks wrong, and 0 with a line of its own where there is no browser."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", action="store_true", help="take the pictures of the documentation instead")
    parser.add_argument("looks", nargs="*", help="some of them; all without")
    parser.add_argument("--required", action="store_true", help="fail where there is no browser")
    options = parser.parse_args()
    program = installed()
    if program is None:
        print("SKIPPED  the pages in a browser: there is no Chromium here (Debian: apt-get install chromium)", file=sys.stderr)
        return 1 if options.required or options.pictures else 0
    if options.pictures:
        take(program)
        return 0
    with tempfile.TemporaryDirectory() as place:
        pages = Pages(Path(place))
        looks = [look for look in LOOKS if not options.looks or look.__name__ in options.looks]
        wrong = sum(_wrong(program, look, pages) for look in looks)
    print(f"{len(looks) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


def _wrong(program: str, look: Callable[..., None], pages: Pages) -> bool:
    try:
        with tab(program) as page:
            look(page, pages)
    except AssertionError as error:
        print(f"WRONG  {look.__name__}: {error}", flush=True)
        if os.environ.get("AGENTOWNERS_DEBUG") == "1":
            raise
        return True
    print(f"ok     {look.__name__}", flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
