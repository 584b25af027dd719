"""Strip GitHub's public GraphQL schema of its prose.

It is published as the npm package `@octokit/graphql-schema` (MIT). To refresh the test data:

    npm pack @octokit/graphql-schema && tar xzf octokit-graphql-schema-*.tgz
    python -m tests.github_server.extract_graphql package tests/data/graphql

Every type and field stays, so that a query is judged by all of it.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from pathlib import Path

from graphql import parse, print_ast

_PROSE = re.compile(r'^ *"""(?:\\"""|.)*?"""\n', re.MULTILINE | re.DOTALL)


def main(package: Path, target: Path) -> None:
    """Write `schema.graphql.gz` and its licence into the target directory."""
    document = parse(_PROSE.sub("", (package / "schema.graphql").read_text("utf-8")), no_location=True)
    # no time in the header: the same schema makes the same file
    (target / "schema.graphql.gz").write_bytes(gzip.compress(print_ast(document).encode(), mtime=0))
    shutil.copyfile(package / "LICENSE.md", target / "LICENSE")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
