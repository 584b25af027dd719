"""Things that an agent of the same user can fake around proposals: one source of every text, each tried by a test."""

from __future__ import annotations

from typing import Final

SAME_USER: Final = "where the agent runs as you without a sandbox, it can fake"
"""Opens every list of them."""
FAKES: Final = {
    "a terminal": "`script` makes one, and variables can be unset: such an approval counts",
    "the store": "a grant that is edited or written by hand counts, up to eight hours",
    "who proposes": "a name, a session or a call of another is kept as it is given, and shown with `says`",
    "a newer proposal": "one in another's name supersedes a good one; the good one's token grants nothing of it",
    "a flood": "20 proposals a principal and 200 in all may wait: they keep others out, and nothing more",
    "the base": "whoever writes `.git` moves `origin/main`, and the hook goes by what stands there",
    "an object of git": "a replaced one is not looked at, so this does not work",
}
"""Each with what comes of it."""
