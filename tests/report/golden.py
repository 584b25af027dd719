"""Expected reports kept as files to be read: ``AGENTOWNERS_UPDATE_GOLDEN=1 pytest tests/report`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    """Compare a report with its file."""
    path = FOLDER / name
    if os.environ.get("AGENTOWNERS_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{name} differs; AGENTOWNERS_UPDATE_GOLDEN=1 writes it anew"
