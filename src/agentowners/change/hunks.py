"""Reading a patch as far as a verdict needs it."""

from __future__ import annotations

import re
from typing import Final

_HEADER: Final = re.compile(r"@@ -[0-9]{1,9}(?:,[0-9]{1,9})? \+(?P<start>[0-9]{1,9})(?:,(?P<length>[0-9]{1,9}))? @@")


def first_line(patch: str | None) -> int | None:
    """The first changed line, counted from 1 in the new file.

    Where lines were only taken out it is the line that now stands in their place, or the last one before it.

    Args:
        patch: hunks in unified form, as GitHub gives them (without the file's own header); None where there are none.

    Returns:
        None where the patch shows no changed line of the new file: a binary file, a change of mode, a file that is gone.
    """
    if not patch:
        return None
    header, _, rest = patch.partition("\n")
    match = _HEADER.match(header)
    if match is None:
        return None
    start = int(match["start"])
    length = 1 if match["length"] is None else int(match["length"])
    if length == 0:
        # the new side is empty here: `start` is the line before, 0 where there is none
        return start or None
    # split only at the line feeds that git ends lines with: a changed line may hold any other line separator
    for line, text in enumerate(rest.split("\n"), start):
        if not text.startswith(" ") and text != "":
            return max(1, min(line, start + length - 1))
    return None


_SUBMODULE: Final = re.compile(r"[-+]Subproject commit (?P<sha>[0-9a-f]{40}(?:[0-9a-f]{24})?)(?:-dirty)?")


def submodule_commits(patch: str | None) -> tuple[str | None, str | None]:
    """The commits that a submodule's patch takes out and puts in; None for each that it does not have.

    A file's patch can look the same: only who knows the entry's object id can tell.
    """
    old = new = None
    for text in (patch or "").split("\n")[1:]:
        match = _SUBMODULE.fullmatch(text)
        if match is None:
            return None, None
        if text.startswith("-"):
            old = match["sha"]
        else:
            new = match["sha"]
    return old, new
