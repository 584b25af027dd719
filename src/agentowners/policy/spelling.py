"""Paths that are the same place on some machine: where case, characters that show as nothing, or a name's end are ignored."""

from __future__ import annotations

import unicodedata
from typing import Final

IGNORED: Final = ((0x200C, 0x200F), (0x202A, 0x202E), (0x206A, 0x206F), (0xFEFF, 0xFEFF))
"""Ranges of code points that HFS+ ignores, as git lists them (``next_hfs_char`` in its utf8.c)."""
_DELETED: Final = dict.fromkeys(code for first, last in IGNORED for code in range(first, last + 1))


def one_spelling(path: str) -> str:
    """Key that all spellings of a place share: NFC in folded case, without the code points that HFS+ ignores, and without
    dots and blanks at a segment's end, which Windows takes away. A path in ASCII lower case is mostly returned as it is."""
    if path.isascii():
        folded = path.lower()
    else:
        folded = unicodedata.normalize("NFC", path).translate(_DELETED).casefold()
        folded = unicodedata.normalize("NFC", folded)
    if "./" in folded or " /" in folded or folded[-1:] in ". ":
        folded = "/".join([segment.rstrip(". ") or segment for segment in folded.split("/")])
    return path if folded == path else folded
