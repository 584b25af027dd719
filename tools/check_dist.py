"""Fails unless a folder holds one wheel and one source distribution, with complete metadata and everything that is run.

usage: check_dist.py FOLDER
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.metadata import Metadata

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Prints each fault and returns 1, or 0 where there is none."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    faults = list(faults_of(Path(arguments[0])))
    print("\n".join(faults) or "dist: complete")
    return 1 if faults else 0


def faults_of(folder: Path) -> Iterator[str]:
    """Yields what is missing in the wheel and the source distribution of a folder."""
    wheels, sources = sorted(folder.glob("*.whl")), sorted(folder.glob("*.tar.gz"))
    if len(wheels) != 1 or len(sources) != 1:
        yield f"one wheel and one source distribution are expected, not {len(wheels)} and {len(sources)}"
        return
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = set(wheel.namelist())
        text = wheel.read(next(name for name in names if name.endswith(".dist-info/METADATA")))
    metadata = Metadata.from_email(text, validate=True)
    for field in ("summary", "description", "keywords", "project_urls", "classifiers", "license_expression", "requires_python"):
        if not getattr(metadata, field):
            yield f"the metadata has no {field}"
    packaged = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src/agentowners").rglob("*")
        if path.suffix in {".py", ".json", ".typed", ".css", ".js", ".toml"}
    }
    yield from (f"`{name}` is not in the wheel" for name in sorted(packaged - names))
    with tarfile.open(sources[0]) as source:
        held = {name.partition("/")[2] for name in source.getnames()}
    yield from (
        f"`{name}` is not in the source distribution" for name in ("pyproject.toml", "README.md", "LICENSE") if name not in held
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
